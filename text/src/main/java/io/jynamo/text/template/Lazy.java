package io.jynamo.text.template;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** What Python computes as it is asked for and gives only once: a generator or another iterator. */
record Lazy(String typeName, Iterator<? extends @Nullable Object> elements) {
    static Lazy generator(Iterator<? extends @Nullable Object> elements) {
        return new Lazy("generator", elements);
    }
}

package io.jynamo.text.template;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/** Python's tuple; with field names, a named one as groupby gives. */
final class Tuple extends AbstractList<@Nullable Object> implements RandomAccess {
    private final @Nullable Object[] elements;
    private final List<String> fields;

    private Tuple(@Nullable Object[] elements, List<String> fields) {
        this.elements = elements;
        this.fields = fields;
    }

    static Tuple of(@Nullable Object... elements) {
        return new Tuple(elements, List.of());
    }

    static Tuple copyOf(List<?> elements) {
        return new Tuple(elements.toArray(), List.of());
    }

    Tuple named(String... names) {
        return new Tuple(elements, Arrays.asList(names));
    }

    int field(String name) {
        return fields.indexOf(name);
    }

    @Override
    public @Nullable Object get(int index) {
        return elements[index];
    }

    @Override
    public int size() {
        return elements.length;
    }
}

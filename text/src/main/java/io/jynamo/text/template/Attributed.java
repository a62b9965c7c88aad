package io.jynamo.text.template;

import org.jspecify.annotations.Nullable;

/** A value of ours with attributes of its own. */
interface Attributed {
    /** The attribute's value, or {@link Arguments#ABSENT}. */
    @Nullable
    Object attribute(String name);
}

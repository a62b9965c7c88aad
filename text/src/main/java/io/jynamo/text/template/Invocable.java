package io.jynamo.text.template;

import org.jspecify.annotations.Nullable;

/** A value that a template can call. */
@FunctionalInterface
interface Invocable {
    @Nullable
    Object call(Rendering rendering, Arguments arguments);
}

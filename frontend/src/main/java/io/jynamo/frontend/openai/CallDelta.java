package io.jynamo.frontend.openai;

import org.jspecify.annotations.Nullable;

/**
 * News of one call of a tool.
 *
 * @param index of the call in its choice
 * @param id null but where the call begins
 * @param name of the function; null but where the call begins
 * @param arguments further JSON of its arguments, or all of it where the answer is sent whole
 */
public record CallDelta(
        int index, @Nullable String id, @Nullable String name, String arguments) {}

package io.jynamo.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Names of the parsers that read a model's replies; {@code docs/parsers.md} lists them.
 *
 * @param calls that of tool calls, {@code none} for no calls, or null for what the model's chat template shows
 * @param reasoning likewise of reasoning
 */
public record ReplyParsers(@Nullable String calls, @Nullable String reasoning) {
    /** As the model's chat template shows. */
    public static final ReplyParsers UNTOLD = new ReplyParsers(null, null);
}

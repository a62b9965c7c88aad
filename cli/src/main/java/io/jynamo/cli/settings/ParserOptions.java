package io.jynamo.cli.settings;

import io.jynamo.text.reply.ReplyFormat;
import java.util.Optional;

/**
 * Which parsers read answers.
 *
 * @param calls name of the one of tool calls, {@code none}, or empty for the one that the model's template shows
 * @param reasoning likewise of reasoning
 */
public record ParserOptions(Optional<String> calls, Optional<String> reasoning) {
    /** As models' templates show. */
    public static final ParserOptions GUESSED = new ParserOptions(Optional.empty(), Optional.empty());

    static final String NONE = "none";

    /** What was told, in place of what was guessed of a model. */
    public ReplyFormat over(ReplyFormat guessed) {
        String calling = calls.orElse(guessed.calls());
        String thinking = reasoning.orElse(guessed.reasoning());
        ReplyFormat format = isAny(calling) ? ReplyFormat.PLAIN.withCalls(calling) : ReplyFormat.PLAIN;
        return isAny(thinking) ? format.withReasoning(thinking) : format;
    }

    private static boolean isAny(String name) {
        return !name.isEmpty() && !name.equals(NONE);
    }
}

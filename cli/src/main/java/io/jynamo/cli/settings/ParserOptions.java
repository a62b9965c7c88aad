package io.jynamo.cli.settings;

import io.jynamo.protocol.ReplyParsers;
import io.jynamo.text.reply.ReplyFormat;
import java.util.Optional;

/**
 * Which parsers read answers.
 *
 * @param calls name of the one of tool calls, {@code none}, or empty where others say
 * @param reasoning likewise of reasoning
 */
public record ParserOptions(Optional<String> calls, Optional<String> reasoning) {
    static final String NONE = "none";

    /** What is told to whoever reads the answers. */
    public ReplyParsers told() {
        return new ReplyParsers(calls.orElse(null), reasoning.orElse(null));
    }

    /** These and, where they say nothing, those that a model's card names. */
    public ParserOptions or(ReplyParsers card) {
        return new ParserOptions(
                calls.or(() -> Optional.ofNullable(card.calls())),
                reasoning.or(() -> Optional.ofNullable(card.reasoning())));
    }

    /**
     * What was told, in place of what was guessed of a model.
     *
     * @throws io.jynamo.protocol.JynamoException INVALID_CONFIGURATION for a name that no parser has
     */
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

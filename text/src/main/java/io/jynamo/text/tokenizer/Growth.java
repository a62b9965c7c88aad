package io.jynamo.text.tokenizer;

import io.jynamo.protocol.JynamoException;

/**
 * How long the stages of a tokenizer file may make a text, far beyond what those of real files do: a file with a row of
 * stages that each double it would fill the memory.
 */
final class Growth {
    private static final long BASE = 1 << 20;
    private static final long FACTOR = 64;

    private Growth() {}

    /** @throws JynamoException TOKENIZER_UNSUPPORTED where {@code length} is too much to have been made of {@code original} characters */
    static void check(long length, int original) {
        if (length > BASE + FACTOR * original) {
            throw Refusal.unsupported("its stages make more than " + (BASE + FACTOR * original) + " characters of "
                    + original + "; no such file is supported");
        }
    }

    /** {@code text} with one string replaced by another, within the limit. */
    static String replace(String text, String target, String replacement) {
        long most = text.length() + (long) text.length() / target.length() * replacement.length();
        if (most > BASE + FACTOR * text.length()) {
            long length = text.length();
            for (int at = text.indexOf(target); at >= 0; at = text.indexOf(target, at + target.length())) {
                length += replacement.length() - target.length();
            }
            check(length, text.length());
        }
        return text.replace(target, replacement);
    }
}

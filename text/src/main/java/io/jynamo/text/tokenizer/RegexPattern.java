package io.jynamo.text.tokenizer;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression of a tokenizer file, written in the dialect the Hugging Face library reads (Oniguruma's) and run by {@link Pattern}.
 * Its work on one text is bounded, so a pattern that backtracks without end is a named error.
 */
final class RegexPattern {
    private static final int MAX_LENGTH = 16 * 1024;
    private static final int FLAGS =
            Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNICODE_CASE | Pattern.MULTILINE | Pattern.UNIX_LINES;

    private final String source;
    private final Pattern pattern;

    private RegexPattern(String source, Pattern pattern) {
        this.source = source;
        this.pattern = pattern;
    }

    /** @throws JynamoException TOKENIZER_UNSUPPORTED where the pattern is not understood */
    static RegexPattern compile(String source) {
        if (source.length() > MAX_LENGTH) {
            throw new JynamoException(
                    ErrorCode.TOKENIZER_UNSUPPORTED, "a pattern of " + source.length() + " characters is too long");
        }
        try {
            return new RegexPattern(source, Pattern.compile(translate(source), FLAGS));
        } catch (PatternSyntaxException | StackOverflowError e) {
            throw new JynamoException(
                    ErrorCode.TOKENIZER_UNSUPPORTED, "the pattern " + shown(source) + " is not understood", e);
        }
    }

    static RegexPattern literal(String text) {
        return new RegexPattern(text, Pattern.compile(text, Pattern.LITERAL));
    }

    /** Calls {@code sink} with the start and end of each match in turn, while it answers true. */
    void forEachMatch(CharSequence text, MatchSink sink) {
        var bounded = new BoundedText(text, 4_000_000L + 2_000L * text.length());
        try {
            Matcher matcher = pattern.matcher(bounded);
            while (matcher.find()) {
                sink.match(matcher.start(), matcher.end());
            }
        } catch (StackOverflowError | StepsExhausted e) {
            throw new JynamoException(
                    ErrorCode.TOKENIZER_UNSUPPORTED,
                    "the tokenizer's pattern " + shown(source) + " takes too long on a text of " + text.length()
                            + " characters",
                    e);
        }
    }

    String replaceAll(String text, String replacement) {
        var result = new StringBuilder(text.length());
        int[] end = {0};
        forEachMatch(text, (from, to) -> {
            Growth.check((long) result.length() + replacement.length(), text.length());
            result.append(text, end[0], from).append(replacement);
            end[0] = to;
        });
        return result.append(text, end[0], text.length()).toString();
    }

    private static String shown(String source) {
        return source.length() <= 200 ? source : source.substring(0, 200) + "…";
    }

    /** Script names in property classes need Java's prefix; a bracket inside a class needs an escape. */
    private static String translate(String source) {
        var out = new StringBuilder(source.length() + 16);
        for (int i = 0; i < source.length(); i++) {
            char c = source.charAt(i);
            if (c != '\\' || i + 1 == source.length()) {
                out.append(c);
                continue;
            }
            char kind = source.charAt(i + 1);
            int close = source.indexOf('}', i);
            if ((kind == 'p' || kind == 'P') && i + 2 < source.length() && source.charAt(i + 2) == '{' && close > 0) {
                out.append('\\')
                        .append(kind)
                        .append('{')
                        .append(property(source.substring(i + 3, close)))
                        .append('}');
                i = close;
            } else if (kind == 'h') {
                out.append("[0-9a-fA-F]");
                i++;
            } else {
                out.append(c).append(kind);
                i++;
            }
        }
        return out.toString();
    }

    private static String property(String name) {
        if (name.length() <= 2) {
            return name;
        }
        try {
            Character.UnicodeScript.forName(name);
            return "Is" + name;
        } catch (IllegalArgumentException notAScript) {
            return name;
        }
    }

    /** Receives matches as half-open ranges. */
    @FunctionalInterface
    interface MatchSink {
        void match(int from, int to);
    }

    /** Thrown inside a match that has read too many characters. */
    private static final class StepsExhausted extends RuntimeException {
        StepsExhausted() {
            super(null, null, false, false);
        }
    }

    /** Text that may be read so many times and no more. */
    private static final class BoundedText implements CharSequence {
        private final CharSequence text;
        private long left;

        BoundedText(CharSequence text, long steps) {
            this.text = text;
            this.left = steps;
        }

        @Override
        public char charAt(int index) {
            if (--left < 0) {
                throw new StepsExhausted();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int from, int to) {
            return text.subSequence(from, to);
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}

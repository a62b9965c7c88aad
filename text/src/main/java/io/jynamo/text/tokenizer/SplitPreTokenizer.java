package io.jynamo.text.tokenizer;

import java.util.Arrays;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Cuts at what a pattern or a class of characters matches. */
final class SplitPreTokenizer implements PreTokenizer {
    private final @Nullable RegexPattern regex;
    private final IntPredicate delimiter;
    private final SplitBehavior behavior;
    private final boolean invert;

    private SplitPreTokenizer(
            @Nullable RegexPattern regex, IntPredicate delimiter, SplitBehavior behavior, boolean invert) {
        this.regex = regex;
        this.delimiter = delimiter;
        this.behavior = behavior;
        this.invert = invert;
    }

    static SplitPreTokenizer byPattern(RegexPattern regex, SplitBehavior behavior, boolean invert) {
        return new SplitPreTokenizer(regex, c -> false, behavior, invert);
    }

    /** Each matching character is a delimiter of its own. */
    static SplitPreTokenizer byCharacter(IntPredicate delimiter, SplitBehavior behavior) {
        return new SplitPreTokenizer(null, delimiter, behavior, false);
    }

    /** Whether this stage sets a character apart by its class alone. */
    boolean isolates(char c) {
        return regex == null && behavior == SplitBehavior.ISOLATED && delimiter.test(c);
    }

    @Override
    public boolean keepsText() {
        return behavior != SplitBehavior.REMOVED;
    }

    @Override
    public void apply(Pieces in, Pieces out) {
        out.sameText(in);
        var segments = new Segments();
        for (int i = 0; i < in.count; i++) {
            int start = in.starts[i];
            int end = in.ends[i];
            segments.count = 0;
            if (regex != null) {
                byRegex(regex, out.text, start, end, segments);
            } else {
                byClass(out.text, start, end, segments);
            }
            behavior.emit(start, segments.ends, segments.matches, segments.count, out);
        }
    }

    private void byClass(byte[] text, int start, int end, Segments segments) {
        int gap = start;
        for (int p = start; p < end; ) {
            int after = p + Utf8.width(text[p]);
            if (delimiter.test(Utf8.codePoint(text, p))) {
                if (p > gap) {
                    segments.add(p, invert);
                }
                segments.add(after, !invert);
                gap = after;
            }
            p = after;
        }
        if (gap < end) {
            segments.add(end, invert);
        }
    }

    private void byRegex(RegexPattern pattern, byte[] text, int start, int end, Segments segments) {
        String piece = Utf8.string(text, start, end);
        var at = new ByteOffset(piece, start);
        int[] gap = {start};
        pattern.forEachMatch(piece, (from, to) -> {
            int matchStart = at.of(from);
            int matchEnd = at.of(to);
            if (matchStart > gap[0]) {
                segments.add(matchStart, invert);
            }
            segments.add(matchEnd, !invert);
            gap[0] = matchEnd;
        });
        if (gap[0] < end) {
            segments.add(end, invert);
        }
    }

    /** Delimiters and gaps in order. */
    private static final class Segments {
        int[] ends = new int[64];
        boolean[] matches = new boolean[64];
        int count;

        void add(int end, boolean match) {
            if (count == ends.length) {
                ends = Arrays.copyOf(ends, count * 2);
                matches = Arrays.copyOf(matches, count * 2);
            }
            ends[count] = end;
            matches[count++] = match;
        }
    }

    /** Turns ascending character indexes into byte indexes. */
    private static final class ByteOffset {
        private final String text;
        private int index;
        private int bytes;

        ByteOffset(String text, int start) {
            this.text = text;
            this.bytes = start;
        }

        int of(int target) {
            while (index < target) {
                char c = text.charAt(index++);
                // A surrogate pair is four bytes, two for each half.
                bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
            }
            return bytes;
        }
    }
}

package io.jynamo.text.tokenizer;

import static io.jynamo.text.tokenizer.CharClass.LETTER;
import static io.jynamo.text.tokenizer.CharClass.LOWERISH;
import static io.jynamo.text.tokenizer.CharClass.NEWLINE;
import static io.jynamo.text.tokenizer.CharClass.NUMBER;
import static io.jynamo.text.tokenizer.CharClass.SPACE;
import static io.jynamo.text.tokenizer.CharClass.UPPERISH;

/** The pattern of o200k and tekken: words cut where lower case turns to upper, contractions (if any) after the word. */
final class O200kScanner extends Scanner {
    private static final int WORD_OR_SPACE = LETTER | NUMBER | SPACE;

    private final int maxDigits;
    private final boolean contractions;

    O200kScanner(int maxDigits, boolean contractions) {
        this.maxDigits = maxDigits;
        this.contractions = contractions;
    }

    @Override
    void scan(byte[] s, int from, int to, Pieces out) {
        for (int p = from; p < to; ) {
            int end = next(s, p, to);
            out.add(p, end);
            p = end;
        }
    }

    /** The end of the piece that starts at {@code p}. */
    private int next(byte[] s, int p, int to) {
        int mask = classAt(s, p);
        int after = p + Utf8.width(s[p]);
        boolean mayLead = (mask & (LETTER | NUMBER | NEWLINE)) == 0;
        int following = after < to ? classAt(s, after) : 0;
        int wordStart = -1;
        if (mayLead && (following & (UPPERISH | LOWERISH)) != 0) {
            wordStart = after;
        } else if ((mask & (UPPERISH | LOWERISH)) != 0) {
            wordStart = p;
        }
        if (wordStart >= 0) {
            int end = word(s, p, wordStart, to);
            return contractions ? contraction(s, end, to) : end;
        }
        if ((mask & NUMBER) != 0) {
            return upTo(s, p, to, NUMBER, maxDigits);
        }
        if ((mask & SPACE) == 0) {
            return tail(s, runOutside(s, after, to, WORD_OR_SPACE), to);
        }
        if (s[p] == ' ' && after < to && (following & WORD_OR_SPACE) == 0) {
            return tail(s, runOutside(s, after, to, WORD_OR_SPACE), to);
        }
        return whitespaceByLine(s, p, to, 0);
    }

    /**
     * The two alternatives {@code U*W+|U+W*} with an optional leading character, U being upper, title, modifier, other letters and marks, W
     * the same with lower case. The leading character may itself be a mark, so the first alternative is tried without it, too, before the
     * second is tried at all.
     */
    private static int word(byte[] s, int p, int wordStart, int to) {
        int end = upperThenLower(s, wordStart, to);
        if (end > wordStart) {
            return end;
        }
        if (wordStart > p) {
            int bare = upperThenLower(s, p, to);
            if (bare > p) {
                return bare;
            }
        }
        return run(s, wordStart, to, UPPERISH);
    }

    /** {@code U*W+}, or {@code p} where it does not match. */
    private static int upperThenLower(byte[] s, int p, int to) {
        int upperEnd = run(s, p, to, UPPERISH);
        int end = run(s, upperEnd, to, LOWERISH);
        if (end > upperEnd) {
            return end;
        }
        // Give back capitals until a character that is both ends the run.
        while (end > p) {
            int last = Utf8.before(s, end);
            if ((classAt(s, last) & LOWERISH) != 0) {
                return end;
            }
            end = last;
        }
        return p;
    }

    private static int tail(byte[] s, int p, int to) {
        while (p < to && (s[p] == '\n' || s[p] == '\r' || s[p] == '/')) {
            p++;
        }
        return p;
    }
}

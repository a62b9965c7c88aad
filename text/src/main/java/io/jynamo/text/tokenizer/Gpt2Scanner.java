package io.jynamo.text.tokenizer;

import static io.jynamo.text.tokenizer.CharClass.LETTER;
import static io.jynamo.text.tokenizer.CharClass.NUMBER;
import static io.jynamo.text.tokenizer.CharClass.SPACE;

/** GPT-2's pattern: lower-case contractions, and letters, digits or the rest with one leading space. */
final class Gpt2Scanner extends Scanner {
    private static final int WORD_OR_SPACE = LETTER | NUMBER | SPACE;

    private final boolean digitsApart;

    /** With {@code digitsApart} each digit stands alone, cut before the pattern is applied to what is between. */
    Gpt2Scanner(boolean digitsApart) {
        this.digitsApart = digitsApart;
    }

    @Override
    boolean cutsAfterNewline() {
        return false;
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
        byte b = s[p];
        int start = p;
        int mask = classAt(s, p);
        if (b == ' ' && p + 1 < to) {
            int following = classAt(s, p + 1);
            if ((following & SPACE) == 0 && !(digitsApart && (following & NUMBER) != 0)) {
                start = p + 1;
                mask = following;
            }
        } else if (b == '\'') {
            int end = lowerContraction(s, p, to);
            if (end > p) {
                return end;
            }
        }
        if ((mask & LETTER) != 0) {
            return letters(s, start, to, LETTER);
        }
        if ((mask & NUMBER) != 0) {
            return digitsApart ? start + Utf8.width(s[start]) : run(s, start, to, NUMBER);
        }
        if ((mask & SPACE) == 0) {
            return runOutside(s, start, to, WORD_OR_SPACE);
        }
        return whitespace(s, p, to, digitsApart ? NUMBER : 0);
    }
}

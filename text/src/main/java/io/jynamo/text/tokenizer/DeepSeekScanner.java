package io.jynamo.text.tokenizer;

import static io.jynamo.text.tokenizer.CharClass.ASCII_LETTER;
import static io.jynamo.text.tokenizer.CharClass.ASCII_PUNCTUATION;
import static io.jynamo.text.tokenizer.CharClass.CJK;
import static io.jynamo.text.tokenizer.CharClass.LETTER;
import static io.jynamo.text.tokenizer.CharClass.MARK;
import static io.jynamo.text.tokenizer.CharClass.NEWLINE;
import static io.jynamo.text.tokenizer.CharClass.NUMBER;
import static io.jynamo.text.tokenizer.CharClass.PUNCTUATION;
import static io.jynamo.text.tokenizer.CharClass.SPACE;
import static io.jynamo.text.tokenizer.CharClass.SYMBOL;

/** DeepSeek V3's three patterns in a row: digits in threes, runs of Han and kana, then the rest, each seeing only what is left between. */
final class DeepSeekScanner extends Scanner {
    private static final int CUT = NUMBER | CJK;

    @Override
    void scan(byte[] s, int from, int to, Pieces out) {
        for (int p = from; p < to; ) {
            int end = next(s, p, to);
            out.add(p, end);
            p = end;
        }
    }

    @Override
    int next(byte[] s, int p, int to) {
        int mask = classAt(s, p);
        if ((mask & NUMBER) != 0) {
            return upTo(s, p, to, NUMBER, 3);
        }
        if ((mask & CJK) != 0) {
            return run(s, p, to, CJK);
        }
        int after = p + Utf8.width(s[p]);
        int following = after < to ? classAt(s, after) : 0;
        if ((mask & ASCII_PUNCTUATION) != 0 && (following & ASCII_LETTER) != 0) {
            return run(s, after, to, ASCII_LETTER);
        }
        int end = word(s, p, to, mask, after, following);
        if (end > p) {
            return end;
        }
        if ((mask & (PUNCTUATION | SYMBOL)) != 0) {
            return newlines(s, signs(s, after, to), to);
        }
        if (s[p] == ' ' && (following & (PUNCTUATION | SYMBOL)) != 0 && (following & CJK) == 0) {
            return newlines(s, signs(s, after, to), to);
        }
        if ((mask & SPACE) != 0) {
            return whitespaceByLine(s, p, to, CUT);
        }
        return unmatched(s, after, to);
    }

    private static int word(byte[] s, int p, int to, int mask, int after, int following) {
        if ((mask & (LETTER | MARK)) != 0) {
            return letters(s, p, to);
        }
        boolean mayLead = (mask & (NEWLINE | PUNCTUATION | SYMBOL)) == 0;
        if (mayLead && (following & (LETTER | MARK)) != 0 && (following & CUT) == 0) {
            return letters(s, after, to);
        }
        return p;
    }

    private static int letters(byte[] s, int p, int to) {
        while (p < to) {
            int mask = classAt(s, p);
            if ((mask & (LETTER | MARK)) == 0 || (mask & CUT) != 0) {
                return p;
            }
            p += Utf8.width(s[p]);
        }
        return p;
    }

    private static int signs(byte[] s, int p, int to) {
        while (p < to) {
            int mask = classAt(s, p);
            if ((mask & (PUNCTUATION | SYMBOL)) == 0 || (mask & CUT) != 0) {
                return p;
            }
            p += Utf8.width(s[p]);
        }
        return p;
    }

    /** Control and unassigned characters match nothing: they form a piece up to where something matches again. */
    private static int unmatched(byte[] s, int p, int to) {
        int anything = SPACE | LETTER | MARK | NUMBER | PUNCTUATION | SYMBOL | CJK;
        while (p < to) {
            int mask = classAt(s, p);
            int after = p + Utf8.width(s[p]);
            int following = after < to ? classAt(s, after) : 0;
            if ((mask & anything) != 0 || ((following & (LETTER | MARK)) != 0 && (following & CUT) == 0)) {
                return p;
            }
            p = after;
        }
        return p;
    }
}

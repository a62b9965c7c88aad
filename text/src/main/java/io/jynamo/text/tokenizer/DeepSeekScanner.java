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
            int mask = classAt(s, p);
            if ((mask & NUMBER) != 0) {
                int end = upTo(s, p, to, NUMBER, 3);
                out.add(p, end);
                p = end;
            } else if ((mask & CJK) != 0) {
                // The last pattern sees this run, too, and sets its punctuation apart.
                int runEnd = run(s, p, to, CJK);
                while (p < runEnd) {
                    int end = rest(s, p, runEnd, 0);
                    out.add(p, end);
                    p = end;
                }
            } else {
                int end = rest(s, p, to, CUT);
                out.add(p, end);
                p = end;
            }
        }
    }

    /** The last pattern at {@code p}; the text counts as ended at a character of a class in {@code cut}. */
    private static int rest(byte[] s, int p, int to, int cut) {
        int mask = classAt(s, p);
        int after = p + Utf8.width(s[p]);
        int following = after < to ? classAt(s, after) : 0;
        if ((following & cut) != 0) {
            following = 0;
        }
        if ((mask & ASCII_PUNCTUATION) != 0 && (following & ASCII_LETTER) != 0) {
            return run(s, after, to, ASCII_LETTER);
        }
        boolean mayLead = (mask & (NEWLINE | PUNCTUATION | SYMBOL)) == 0;
        if ((mask & (LETTER | MARK)) != 0 || (mayLead && (following & (LETTER | MARK)) != 0)) {
            return runUpTo(s, after, to, LETTER | MARK, cut);
        }
        if ((mask & (PUNCTUATION | SYMBOL)) != 0 || (s[p] == ' ' && (following & (PUNCTUATION | SYMBOL)) != 0)) {
            return newlines(s, runUpTo(s, after, to, PUNCTUATION | SYMBOL, cut), to);
        }
        return (mask & SPACE) != 0 ? whitespaceByLine(s, p, to, cut) : unmatched(s, after, to, cut);
    }

    /** The run of characters of a class in {@code mask} and none in {@code cut}. */
    private static int runUpTo(byte[] s, int p, int to, int mask, int cut) {
        while (p < to) {
            int found = classAt(s, p);
            if ((found & mask) == 0 || (found & cut) != 0) {
                return p;
            }
            p += Utf8.width(s[p]);
        }
        return p;
    }

    /** Control and unassigned characters match nothing: they form a piece up to where something matches again. */
    private static int unmatched(byte[] s, int p, int to, int cut) {
        int anything = SPACE | LETTER | MARK | NUMBER | PUNCTUATION | SYMBOL | cut;
        while (p < to) {
            int mask = classAt(s, p);
            int after = p + Utf8.width(s[p]);
            int following = after < to ? classAt(s, after) : 0;
            if ((mask & anything) != 0 || ((following & (LETTER | MARK)) != 0 && (following & cut) == 0)) {
                return p;
            }
            p = after;
        }
        return p;
    }
}

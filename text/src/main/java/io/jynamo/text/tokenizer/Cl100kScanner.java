package io.jynamo.text.tokenizer;

import static io.jynamo.text.tokenizer.CharClass.LETTER;
import static io.jynamo.text.tokenizer.CharClass.MARK;
import static io.jynamo.text.tokenizer.CharClass.NEWLINE;
import static io.jynamo.text.tokenizer.CharClass.NUMBER;
import static io.jynamo.text.tokenizer.CharClass.SPACE;

/**
 * The pattern of cl100k, Llama 3 and Qwen: contractions in any case, words with one leading character that is neither letter, digit nor line
 * end, digits in groups, the rest with its line ends.
 */
final class Cl100kScanner extends Scanner {
    private final int maxDigits;
    private final int letter;
    private final int wordOrSpace;
    private final boolean contractions;

    /** Qwen 3.5 keeps marks with letters; {@code maxDigits} is the size of a group of digits. */
    Cl100kScanner(int maxDigits, boolean marksAreLetters, boolean contractions) {
        this.maxDigits = maxDigits;
        this.letter = marksAreLetters ? LETTER | MARK : LETTER;
        this.wordOrSpace = SPACE | NUMBER | letter;
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
        byte b = s[p];
        if (b == ' ' && p + 1 < to) {
            byte d = s[p + 1];
            if (d >= 0) {
                int mask = CLASS[d];
                if ((mask & LETTER) != 0) {
                    return letters(s, p + 2, to, letter);
                }
                if ((mask & (SPACE | NUMBER)) == 0) {
                    return newlines(s, runOutside(s, p + 2, to, wordOrSpace), to);
                }
                return (mask & NUMBER) != 0 ? p + 1 : whitespaceByLine(s, p, to, 0);
            }
        }
        int mask = classAt(s, p);
        int after = p + Utf8.width(b);
        if ((mask & letter) != 0) {
            return letters(s, after, to, letter);
        }
        if ((mask & NUMBER) != 0) {
            return upTo(s, p, to, NUMBER, maxDigits);
        }
        if (b == '\'' && contractions) {
            int end = contraction(s, p, to);
            if (end > p) {
                return end;
            }
        }
        int following = after < to ? classAt(s, after) : 0;
        if ((following & letter) != 0 && (mask & NEWLINE) == 0) {
            return letters(s, after, to, letter);
        }
        if ((mask & SPACE) == 0) {
            return newlines(s, runOutside(s, after, to, wordOrSpace), to);
        }
        if (b == ' ' && after < to && (following & wordOrSpace) == 0) {
            return newlines(s, runOutside(s, after, to, wordOrSpace), to);
        }
        return whitespaceByLine(s, p, to, 0);
    }
}

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
        var block = new AsciiBlock();
        for (int p = from; p < to; ) {
            if (mayBlock(s, p, to)) {
                block.load(s, p, to);
                int known = out.addStarts(p, starts(s, p, block));
                if (known > p) {
                    p = known;
                    continue;
                }
            }
            int end = next(s, p, to);
            out.add(p, end);
            p = end;
        }
    }

    /**
     * Where pieces surely begin, as bits of the bytes from {@code p}, where one begins. What is not yet known because the block ends is left
     * out, and all after it.
     */
    private long starts(byte[] s, int p, AsciiBlock b) {
        long newlines = b.newlines;
        // Line ends that a piece of other characters takes along.
        long taken = AsciiBlock.upFrom((b.others << 1) & newlines, newlines);
        long white = b.spaces & ~taken;
        long whiteFirst = white & ~(white << 1);
        long whiteLast = white & ~(white >>> 1) & ~newlines;
        // The white space after the last line end of its run, up to the next character.
        long tail = AsciiBlock.downFrom(whiteLast, white & ~newlines);
        long tailFirst = tail & ~(tail << 1);

        long others = b.others & ~(b.others << 1) & ~(b.blanks << 1);
        long words = b.letters & ~(b.letters << 1) & ~((b.spaces & ~newlines) << 1) & ~(others << 1);
        long starts = whiteFirst | whiteLast | tailFirst | others | words | digitGroups(b.digits) | 1;

        int length = b.length;
        long known = length == AsciiBlock.SIZE ? -1L : (1L << length) - 1;
        if (white >>> (length - 1) != 0) {
            // The white space goes on, as far as can be seen: only where it begins is known.
            long whole = AsciiBlock.downFrom(1L << (length - 1), white);
            known &= ~(whole & (whole << 1));
        }
        long quotes = contractions ? others & b.apostrophes & (b.letters >>> 1) : 0;
        for (; quotes != 0; quotes &= quotes - 1) {
            int at = Long.numberOfTrailingZeros(quotes);
            if (at + 4 > length) {
                known &= (2L << at) - 1;
            } else {
                int end = contraction(s, p + at, p + length) - p;
                starts |= (1L << end) & b.letters & (end == at ? 0 : -1L);
            }
        }
        return starts & known;
    }

    /** The first digit of each group. */
    private long digitGroups(long digits) {
        if (maxDigits == 1) {
            return digits;
        }
        long first = digits & ~(digits << 1);
        // Digits with so many before them in their run.
        long after = digits;
        for (int i = 1; i <= maxDigits; i++) {
            after &= digits << i;
        }
        long groups = first;
        for (long next = (first << maxDigits) & after; next != 0; next = (next << maxDigits) & after) {
            groups |= next;
        }
        return groups;
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

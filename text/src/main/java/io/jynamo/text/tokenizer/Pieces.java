package io.jynamo.text.tokenizer;

import java.util.Arrays;

/**
 * A text cut into pieces: UTF-8 bytes and, per piece, where it starts and ends. Pre-tokenizer stages take one and leave the next; a
 * stage that changes text writes all of it anew. {@code textStart} is the byte where the encoded text begins, or -1 where this is a later
 * part of it.
 */
final class Pieces {
    byte[] text = new byte[8192 + Utf8.SLACK];
    int length;
    int[] starts = new int[1024];
    int[] ends = new int[1024];
    int count;
    int textStart;

    void clear() {
        length = 0;
        count = 0;
        textStart = -1;
    }

    void ensureText(int size) {
        if (text.length < size + Utf8.SLACK) {
            text = Arrays.copyOf(text, size + (size >> 1) + Utf8.SLACK);
        }
    }

    void add(int start, int end) {
        if (count == ends.length) {
            starts = Arrays.copyOf(starts, count * 2);
            ends = Arrays.copyOf(ends, count * 2);
        }
        starts[count] = start;
        ends[count++] = end;
    }

    /** Adds the pieces from {@code p} to the last of {@code bits}, which are where pieces begin counted from {@code p}; returns where that is. */
    int addStarts(int p, long bits) {
        if (ends.length - count < AsciiBlock.SIZE) {
            starts = Arrays.copyOf(starts, ends.length * 2);
            ends = Arrays.copyOf(ends, ends.length * 2);
        }
        int[] from = starts;
        int[] to = ends;
        int n = count;
        int start = p;
        for (long rest = bits & ~1L; rest != 0; rest &= rest - 1) {
            int end = p + Long.numberOfTrailingZeros(rest);
            from[n] = start;
            to[n++] = end;
            start = end;
        }
        count = n;
        return start;
    }

    void append(byte[] source, int from, int to) {
        ensureText(length + to - from);
        System.arraycopy(source, from, text, length, to - from);
        length += to - from;
    }

    void appendCodePoint(int c) {
        ensureText(length + 4);
        length = Utf8.put(text, length, c);
    }

    /** Shares the text of {@code from}, with no pieces yet. */
    void sameText(Pieces from) {
        byte[] spare = text;
        text = from.text;
        from.text = spare;
        length = from.length;
        textStart = from.textStart;
        count = 0;
    }
}

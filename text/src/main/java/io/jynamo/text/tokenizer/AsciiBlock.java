package io.jynamo.text.tokenizer;

/**
 * Which of up to 64 ASCII bytes are of which class, one bit a byte, the first byte lowest. Scanners find where pieces begin from these bits,
 * many at once and without a branch a byte.
 *
 * <p>How it works: a table gives each byte's classes as bits of eight bytes, a byte a class; those of eight bytes are put together, and the
 * bytes of one class of eight such longs. Classes are right up to {@link #length}, and nothing is set beyond. Scratch of one thread.
 */
final class AsciiBlock {
    static final int SIZE = 64;

    private static final long QUARTERS = 0x0000FFFF0000FFFFL;
    private static final long BYTES = 0x00FF00FF00FF00FFL;

    /** By place in eight and byte: the classes, each a bit of a byte of its own, moved to the place. */
    private static final long[] CLASSES = classes();

    long letters;
    long upper;
    long digits;
    /** White space, line ends included. */
    long spaces;
    /** The space character alone. */
    long blanks;

    long newlines;
    long apostrophes;
    /** All that is neither letter, digit nor white space. */
    long others;
    /** How many bytes from the first were ASCII and within the text. */
    int length;

    /** Looks at the bytes from {@code p}, up to {@code to} or the first that is not ASCII; {@code s} holds 64 bytes from {@code p}. */
    void load(byte[] s, int p, int to) {
        long a = eight(s, p);
        long b = eight(s, p + 8);
        long c = eight(s, p + 16);
        long d = eight(s, p + 24);
        long e = eight(s, p + 32);
        long f = eight(s, p + 40);
        long g = eight(s, p + 48);
        long h = eight(s, p + 56);
        // Eight bytes of eight longs change rows and columns: halves, then quarters, then bytes.
        long t = ((a >>> 32) ^ e) & 0xFFFFFFFFL;
        e ^= t;
        a ^= t << 32;
        t = ((b >>> 32) ^ f) & 0xFFFFFFFFL;
        f ^= t;
        b ^= t << 32;
        t = ((c >>> 32) ^ g) & 0xFFFFFFFFL;
        g ^= t;
        c ^= t << 32;
        t = ((d >>> 32) ^ h) & 0xFFFFFFFFL;
        h ^= t;
        d ^= t << 32;
        t = ((a >>> 16) ^ c) & QUARTERS;
        c ^= t;
        a ^= t << 16;
        t = ((b >>> 16) ^ d) & QUARTERS;
        d ^= t;
        b ^= t << 16;
        t = ((e >>> 16) ^ g) & QUARTERS;
        g ^= t;
        e ^= t << 16;
        t = ((f >>> 16) ^ h) & QUARTERS;
        h ^= t;
        f ^= t << 16;
        long l = (a & BYTES) | ((b & BYTES) << 8);
        long u = ((a >>> 8) & BYTES) | (b & ~BYTES);
        long n = (c & BYTES) | ((d & BYTES) << 8);
        long w = ((c >>> 8) & BYTES) | (d & ~BYTES);
        long k = (e & BYTES) | ((f & BYTES) << 8);
        long m = ((e >>> 8) & BYTES) | (f & ~BYTES);
        long q = (g & BYTES) | ((h & BYTES) << 8);
        long high = ((g >>> 8) & BYTES) | (h & ~BYTES);

        int ascii = Math.min(Long.numberOfTrailingZeros(high), to - p);
        long valid = ascii >= SIZE ? -1L : (1L << ascii) - 1;
        length = Math.min(ascii, SIZE);
        letters = l & valid;
        upper = u & valid;
        digits = n & valid;
        spaces = w & valid;
        blanks = k & valid;
        newlines = m & valid;
        apostrophes = q & valid;
        others = ~(l | n | w) & valid;
    }

    /** The classes of eight bytes: eight bits a class, one for each byte. */
    private static long eight(byte[] s, int p) {
        return CLASSES[s[p] & 0xFF]
                | CLASSES[0x100 | (s[p + 1] & 0xFF)]
                | CLASSES[0x200 | (s[p + 2] & 0xFF)]
                | CLASSES[0x300 | (s[p + 3] & 0xFF)]
                | CLASSES[0x400 | (s[p + 4] & 0xFF)]
                | CLASSES[0x500 | (s[p + 5] & 0xFF)]
                | CLASSES[0x600 | (s[p + 6] & 0xFF)]
                | CLASSES[0x700 | (s[p + 7] & 0xFF)];
    }

    private static long[] classes() {
        var table = new long[8 << 8];
        for (int i = 0; i < table.length; i++) {
            table[i] = classes((byte) i) << (i >>> 8);
        }
        return table;
    }

    /** The lowest bit of each class's byte, where a byte is of it. */
    private static long classes(byte b) {
        long bits = bit((b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z'), 0);
        bits |= bit(b >= 'A' && b <= 'Z', 1);
        bits |= bit(b >= '0' && b <= '9', 2);
        bits |= bit(b == ' ' || (b >= '\t' && b <= '\r'), 3);
        bits |= bit(b == ' ', 4);
        bits |= bit(b == '\n' || b == '\r', 5);
        bits |= bit(b == '\'', 6);
        return bits | bit(b < 0, 7);
    }

    private static long bit(boolean is, int number) {
        return is ? 1L << (8 * number) : 0;
    }

    /** The bits of {@code runs} that are reached from {@code seeds}, each within a run, going up. */
    static long upFrom(long seeds, long runs) {
        return (runs & ~(runs + seeds)) | seeds;
    }

    /** The same, going down. */
    static long downFrom(long seeds, long runs) {
        return Long.reverse(upFrom(Long.reverse(seeds), Long.reverse(runs)));
    }
}

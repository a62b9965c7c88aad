package io.jynamo.text.tokenizer;

/**
 * Which of up to 64 ASCII bytes are of which class, one bit a byte, the first byte lowest. Scanners find where pieces begin from these bits,
 * many at once and without a branch a byte.
 *
 * <p>How it works: eight bytes at a time, a class is an addition that carries into each byte's high bit; a multiplication gathers the eight
 * high bits. Classes are right up to {@link #length}, and nothing is set beyond. Scratch of one thread.
 */
final class AsciiBlock {
    static final int SIZE = 64;

    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long GATHER = 0x0102040810204080L;

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
        long l = 0;
        long u = 0;
        long d = 0;
        long w = 0;
        long b = 0;
        long n = 0;
        long a = 0;
        long high = 0;
        for (int i = 0; i < SIZE; i += 8) {
            long bytes = Utf8.longAt(s, p + i);
            high |= gather(bytes & HIGH_BITS) << i;
            long x = bytes & ~HIGH_BITS;
            long letter = between(x | ONES * 0x20, 'a', 'z');
            long blank = equal(x, ' ');
            l |= gather(letter) << i;
            u |= gather(letter & ~(x << 2)) << i;
            d |= gather(between(x, '0', '9')) << i;
            w |= gather(between(x, '\t', '\r') | blank) << i;
            b |= gather(blank) << i;
            n |= gather(equal(x, '\n') | equal(x, '\r')) << i;
            a |= gather(equal(x, '\'')) << i;
        }
        int ascii = Math.min(Long.numberOfTrailingZeros(high), to - p);
        long valid = ascii >= SIZE ? -1L : (1L << ascii) - 1;
        length = Math.min(ascii, SIZE);
        letters = l & valid;
        upper = u & valid;
        digits = d & valid;
        spaces = w & valid;
        blanks = b & valid;
        newlines = n & valid;
        apostrophes = a & valid;
        others = ~(l | d | w) & valid;
    }

    /** The high bit of each byte, none above 0x7F, that lies in a range. */
    private static long between(long x, int least, int most) {
        return (x + ONES * (0x80 - least)) & ~(x + ONES * (0x7F - most)) & HIGH_BITS;
    }

    private static long equal(long x, int value) {
        return ~((x ^ ONES * value) + ONES * 0x7F) & HIGH_BITS;
    }

    /** The high bits of eight bytes as the lowest eight bits. */
    private static long gather(long highBits) {
        return ((highBits >>> 7) * GATHER) >>> 56;
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

package io.jynamo.protocol;

/**
 * XXH3-64 over token ids as little-endian u32, for blocks of 5 to 32 tokens and of 61 and more: those of every engine. It
 * is what a routing decision does most, and twice as fast as the general hash, which serves all other lengths and is what
 * this one is held against.
 *
 * <p>The algorithm is Yann Collet's, as specified in the xxHash repository; only how ids are read is our own. Ids are
 * taken two at a time, and what the seed does to the secret is done once.
 */
final class TokenHash {
    private static final int LANES = 8;
    private static final int STRIPES = 16;
    private static final int SHORT_BYTES = 128;
    private static final int MIDDLE_BYTES = 240;

    private static final long PRIME32_1 = 0x9E3779B1L;
    private static final long PRIME32_2 = 0x85EBCA77L;
    private static final long PRIME32_3 = 0xC2B2AE3DL;
    private static final long PRIME64_1 = 0x9E3779B185EBCA87L;
    private static final long PRIME64_2 = 0xC2B2AE3D27D4EB4FL;
    private static final long PRIME64_3 = 0x165667B19E3779F9L;
    private static final long PRIME64_4 = 0x85EBCA77C2B2AE63L;
    private static final long PRIME64_5 = 0x27D4EB2F165667C5L;
    private static final long PRIME_MX1 = 0x165667919E3779F9L;

    /** The 192 bytes of XXH3's default secret, as little-endian longs. */
    private static final long[] SECRET = {
        0xbe4ba423396cfeb8L, 0x1cad21f72c81017cL, 0xdb979083e96dd4deL, 0x1f67b3b7a4a44072L,
        0x78e5c0cc4ee679cbL, 0x2172ffcc7dd05a82L, 0x8e2443f7744608b8L, 0x4c263a81e69035e0L,
        0xcb00c391bb52283cL, 0xa32e531b8b65d088L, 0x4ef90da297486471L, 0xd8acdea946ef1938L,
        0x3f349ce33f76faa8L, 0x1d4f0bc7c7bbdcf9L, 0x3159b4cd4be0518aL, 0x647378d9c97e9fc8L,
        0xc3ebd33483acc5eaL, 0xeb6313faffa081c5L, 0x49daf0b751dd0d17L, 0x9e68d429265516d3L,
        0xfca1477d58be162bL, 0xce31d07ad1b8f88fL, 0x280416958f3acb45L, 0x7e404bbbcafbd7afL
    };

    private final int tokens;
    private final long start;
    /** Of a short block: what each pair of longs is mixed with, from both ends inwards. */
    private final long[] mixers;
    /** Of a long one: the seeded secret at every eighth byte, then where the last stripe and the merge begin. */
    private final long[] keys;

    private final long[] lastKeys;
    private final long[] mergeKeys;

    /** For blocks of {@code tokens} ids, a length that is {@link #served}. */
    TokenHash(int tokens, long seed) {
        this.tokens = tokens;
        this.start = 4L * tokens * PRIME64_1;
        this.mixers = new long[SHORT_BYTES / 8];
        this.keys = new long[SECRET.length];
        for (int i = 0; i < SECRET.length; i++) {
            long plain = SECRET[i];
            keys[i] = (i & 1) == 0 ? plain + seed : plain - seed;
            if (i < mixers.length) {
                mixers[i] = keys[i];
            }
        }
        this.lastKeys = keysFrom(8 * SECRET.length - 8 * LANES - 7);
        this.mergeKeys = keysFrom(11);
    }

    /** Whether blocks of so many tokens are hashed here. */
    static boolean served(int tokens) {
        long bytes = 4L * tokens;
        return bytes > 16 && (bytes <= SHORT_BYTES || bytes > MIDDLE_BYTES);
    }

    /** Eight longs of the seeded secret from a byte on that is no multiple of eight. */
    private long[] keysFrom(int at) {
        long[] from = new long[LANES];
        int shift = 8 * (at & 7);
        for (int i = 0; i < LANES; i++) {
            int word = (at >>> 3) + i;
            from[i] = (keys[word] >>> shift) | (keys[word + 1] << (64 - shift));
        }
        return from;
    }

    /** The hash of the block that begins at {@code from}. */
    long hash(int[] ids, int from) {
        return tokens * 4 <= SHORT_BYTES ? shortHash(ids, from) : longHash(ids, from);
    }

    private long shortHash(int[] ids, int from) {
        long[] mix = mixers;
        long sum = start;
        int end = from + tokens;
        if (tokens > 8) {
            if (tokens > 16) {
                if (tokens > 24) {
                    sum += mix(ids, from + 12, mix[12], mix[13]) + mix(ids, end - 16, mix[14], mix[15]);
                }
                sum += mix(ids, from + 8, mix[8], mix[9]) + mix(ids, end - 12, mix[10], mix[11]);
            }
            sum += mix(ids, from + 4, mix[4], mix[5]) + mix(ids, end - 8, mix[6], mix[7]);
        }
        sum += mix(ids, from, mix[0], mix[1]) + mix(ids, end - 4, mix[2], mix[3]);
        return avalanche(sum);
    }

    private static long mix(int[] ids, int at, long low, long high) {
        return fold(pair(ids, at) ^ low, pair(ids, at + 2) ^ high);
    }

    /** Eight lanes, each a variable, so that they stay in registers. */
    private long longHash(int[] ids, int from) {
        long a = PRIME32_3;
        long b = PRIME64_1;
        long c = PRIME64_2;
        long d = PRIME64_3;
        long e = PRIME64_4;
        long f = PRIME32_2;
        long g = PRIME64_5;
        long h = PRIME32_1;
        int stripes = (tokens * 4 - 1) / (8 * LANES);
        for (int stripe = 0; stripe <= stripes; stripe++) {
            boolean last = stripe == stripes;
            int at = last ? from + tokens - 2 * LANES : from + 2 * LANES * stripe;
            int key = last ? 0 : stripe % STRIPES;
            long[] k = last ? lastKeys : keys;
            long even = pair(ids, at);
            long odd = pair(ids, at + 2);
            a += odd + product(even ^ k[key]);
            b += even + product(odd ^ k[key + 1]);
            even = pair(ids, at + 4);
            odd = pair(ids, at + 6);
            c += odd + product(even ^ k[key + 2]);
            d += even + product(odd ^ k[key + 3]);
            even = pair(ids, at + 8);
            odd = pair(ids, at + 10);
            e += odd + product(even ^ k[key + 4]);
            f += even + product(odd ^ k[key + 5]);
            even = pair(ids, at + 12);
            odd = pair(ids, at + 14);
            g += odd + product(even ^ k[key + 6]);
            h += even + product(odd ^ k[key + 7]);
            if (!last && key == STRIPES - 1) {
                a = scramble(a, keys[STRIPES]);
                b = scramble(b, keys[STRIPES + 1]);
                c = scramble(c, keys[STRIPES + 2]);
                d = scramble(d, keys[STRIPES + 3]);
                e = scramble(e, keys[STRIPES + 4]);
                f = scramble(f, keys[STRIPES + 5]);
                g = scramble(g, keys[STRIPES + 6]);
                h = scramble(h, keys[STRIPES + 7]);
            }
        }
        long[] m = mergeKeys;
        return avalanche(start
                + fold(a ^ m[0], b ^ m[1])
                + fold(c ^ m[2], d ^ m[3])
                + fold(e ^ m[4], f ^ m[5])
                + fold(g ^ m[6], h ^ m[7]));
    }

    private static long scramble(long lane, long key) {
        return (lane ^ (lane >>> 47) ^ key) * PRIME32_1;
    }

    private static long pair(int[] ids, int at) {
        return (ids[at] & 0xFFFF_FFFFL) | ((long) ids[at + 1] << 32);
    }

    private static long product(long key) {
        return (key & 0xFFFF_FFFFL) * (key >>> 32);
    }

    private static long fold(long a, long b) {
        return (a * b) ^ Math.unsignedMultiplyHigh(a, b);
    }

    private static long avalanche(long sum) {
        long hash = (sum ^ (sum >>> 37)) * PRIME_MX1;
        return hash ^ (hash >>> 32);
    }
}

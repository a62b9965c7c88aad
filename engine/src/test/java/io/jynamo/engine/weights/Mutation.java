package io.jynamo.engine.weights;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Damages bytes the way disks, networks and enemies do: flipped bits, cuts, moved pieces, numbers at their extremes. */
final class Mutation {
    private static final long[] EXTREMES = {
        0,
        1,
        -1,
        Byte.MAX_VALUE,
        1 << 16,
        Integer.MAX_VALUE,
        1L << 31,
        1L << 32,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        1L << 61
    };

    private Mutation() {}

    /** A damaged copy; damage falls on the first {@code head} bytes most of the time. */
    static byte[] apply(byte[] whole, int head, RandomGenerator random) {
        byte[] bytes = whole.clone();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            bytes = once(bytes, Math.min(head, bytes.length), random);
        }
        return bytes;
    }

    private static byte[] once(byte[] bytes, int head, RandomGenerator random) {
        if (bytes.length < 16 || head < 16) {
            return bytes;
        }
        int at = random.nextInt(random.nextInt(8) == 0 ? bytes.length : head);
        int length = Math.min(random.nextInt(1, 64), bytes.length - at);
        switch (random.nextInt(6)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) random.nextInt();
            case 2 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 3 -> System.arraycopy(bytes, random.nextInt(bytes.length - length + 1), bytes, at, length);
            case 4 -> {
                byte[] shorter = Arrays.copyOf(bytes, bytes.length - length);
                System.arraycopy(bytes, at + length, shorter, at, bytes.length - at - length);
                return shorter;
            }
            default -> {
                long extreme = EXTREMES[random.nextInt(EXTREMES.length)];
                for (int i = 0; i < (random.nextBoolean() ? 4 : 8) && at + i < bytes.length; i++) {
                    bytes[at + i] = (byte) (extreme >>> (8 * i));
                }
            }
        }
        return bytes;
    }
}

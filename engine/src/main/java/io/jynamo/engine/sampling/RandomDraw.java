package io.jynamo.engine.sampling;

/**
 * A random number that is a function of a request's seed, the choice and the position alone: SplitMix64's output function
 * (Steele, Lea, Flood 2014) over a counter. So what else is in the batch, and in which order rows are drawn, changes
 * nothing.
 */
final class RandomDraw {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private RandomDraw() {}

    /** A number in [0, 1), a multiple of 2^-53. */
    static double uniform(long seed, int choice, int position) {
        long stream = mix(seed + GOLDEN * (choice + 1L));
        return (mix(stream + GOLDEN * (position + 1L)) >>> 11) * 0x1.0p-53;
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}

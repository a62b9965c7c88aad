package io.jynamo.frontend.metrics;

/**
 * The buckets that live latencies are counted in: eight to each doubling, from a microsecond to two minutes, so that a
 * percentile read from them is at most an eighth off.
 */
final class LatencyScale {
    /** Buckets there are. */
    static final int COUNT = 208;

    private static final int STEP_BITS = 3;
    private static final int STEPS = 1 << STEP_BITS;
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double MICROS_PER_MILLI = 1e3;

    private LatencyScale() {}

    /** The bucket of a latency. */
    static int bucket(long nanos) {
        long micros = (long) (Math.max(0, nanos) / NANOS_PER_MICRO);
        if (micros < STEPS) {
            return (int) micros;
        }
        int octave = 63 - Long.numberOfLeadingZeros(micros);
        int step = (int) (micros >>> (octave - STEP_BITS)) & (STEPS - 1);
        return Math.min(COUNT - 1, (octave - STEP_BITS + 1) * STEPS + step);
    }

    /** The middle of a bucket, in milliseconds. */
    static double millis(int bucket) {
        if (bucket < STEPS) {
            return (bucket + 0.5) / MICROS_PER_MILLI;
        }
        int octave = bucket / STEPS + STEP_BITS - 1;
        double width = Math.pow(2, octave - STEP_BITS);
        return (STEPS + bucket % STEPS + 0.5) * width / MICROS_PER_MILLI;
    }

    /**
     * The latency that a share of those counted did not exceed, in milliseconds; not a number where none was counted.
     *
     * @param counts holds one count per bucket from {@code offset} on
     * @param share from 0 to 1
     */
    static double percentile(long[] counts, int offset, double share) {
        long all = 0;
        for (int i = 0; i < COUNT; i++) {
            all += counts[offset + i];
        }
        if (all <= 0) {
            return Double.NaN;
        }
        long wanted = Math.max(1, (long) Math.ceil(all * share));
        int at = 0;
        for (long seen = counts[offset]; seen < wanted; seen += counts[offset + at]) {
            at++;
        }
        return millis(at);
    }
}

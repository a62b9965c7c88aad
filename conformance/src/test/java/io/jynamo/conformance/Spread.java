package io.jynamo.conformance;

import java.util.Collection;

/** Median, 99th percentile and most of some times, in milliseconds. */
record Spread(int count, double p50, double p99, double most) {
    /** Of times in nanoseconds; zeros where there are none. */
    static Spread ofNanos(Collection<Long> nanos) {
        long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        if (sorted.length == 0) {
            return new Spread(0, 0, 0, 0);
        }
        return new Spread(
                sorted.length,
                millis(sorted, 0.5),
                millis(sorted, 0.99),
                Math.round(sorted[sorted.length - 1] / 1e5) / 10.0);
    }

    /** The least value that so large a share is not above. */
    private static double millis(long[] sorted, double share) {
        int index = (int) Math.ceil(share * sorted.length) - 1;
        return Math.round(sorted[Math.clamp(index, 0, sorted.length - 1)] / 1e5) / 10.0;
    }

    @Override
    public String toString() {
        return count == 0 ? "-" : "%.0f / %.0f / %.0f".formatted(p50, p99, most);
    }
}

package io.jynamo.router;

import io.jynamo.router.DecisionFigures.Histogram;
import java.util.Arrays;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** Counts a router's decisions. Any thread. */
final class DecisionMeter {
    private static final double NANOS_PER_MILLI = 1e6;
    /** Dynamo's: 0.0001 ms, doubling. */
    private static final double[] MILLIS = doubling(0.0001, 20);

    private static final double[] SHARES = steps(20);

    private final Counts hashing = new Counts(MILLIS);
    private final Counts finding = new Counts(MILLIS);
    private final Counts scheduling = new Counts(MILLIS);
    private final Counts total = new Counts(MILLIS);
    private final Counts hitRate = new Counts(SHARES);
    private final LongAdder nonMaxOverlap = new LongAdder();
    private final LongAdder overlapBlocksLost = new LongAdder();

    private static double[] doubling(double first, int count) {
        double[] bounds = new double[count];
        for (int i = 0; i < count; i++) {
            bounds[i] = first * (1 << i);
        }
        return bounds;
    }

    private static double[] steps(int count) {
        double[] bounds = new double[count];
        for (int i = 0; i < count; i++) {
            bounds[i] = (double) i / count;
        }
        return bounds;
    }

    private static final class Counts {
        private final double[] bounds;
        private final LongAdder[] counts;
        private final DoubleAdder sum = new DoubleAdder();

        Counts(double[] bounds) {
            this.bounds = bounds;
            counts = new LongAdder[bounds.length + 1];
            Arrays.setAll(counts, i -> new LongAdder());
        }

        void see(double value) {
            int at = Arrays.binarySearch(bounds, value);
            counts[at >= 0 ? at : -at - 1].increment();
            sum.add(value);
        }

        Histogram histogram() {
            return new Histogram(
                    bounds, Arrays.stream(counts).mapToLong(LongAdder::sum).toArray(), sum.sum());
        }
    }

    /** A decision, by when it began, was hashed, was looked up and was booked. */
    void onTimes(long begun, long hashed, long found, long booked) {
        hashing.see((hashed - begun) / NANOS_PER_MILLI);
        finding.see((found - hashed) / NANOS_PER_MILLI);
        scheduling.see((booked - found) / NANOS_PER_MILLI);
        total.see((booked - begun) / NANOS_PER_MILLI);
    }

    /**
     * What a decision's worker has of the prompt.
     *
     * @param deepest of all workers, whether or not they could have been chosen
     */
    void onHits(int promptBlocks, int cachedBlocks, int deepest) {
        hitRate.see(promptBlocks == 0 ? 0 : (double) cachedBlocks / promptBlocks);
        if (deepest > cachedBlocks) {
            nonMaxOverlap.increment();
            overlapBlocksLost.add(deepest - cachedBlocks);
        }
    }

    DecisionFigures figures() {
        return new DecisionFigures(
                hashing.histogram(),
                finding.histogram(),
                scheduling.histogram(),
                total.histogram(),
                hitRate.histogram(),
                nonMaxOverlap.sum(),
                overlapBlocksLost.sum());
    }
}

package io.jynamo.frontend.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/**
 * A histogram with fixed buckets that takes many observations at once.
 *
 * <p>The library's own histogram takes them one by one, which at one observation per output token was the most expensive
 * metric there is. A stream counts into a {@link Local} of its own and pours it in now and then.
 */
final class BucketHistogram implements Collector {
    private final String name;
    private final String help;
    private final double[] bounds;
    private final ConcurrentHashMap<Labels, Series> series = new ConcurrentHashMap<>();

    /** @param bounds upper bounds, rising, without infinity */
    BucketHistogram(String name, String help, double... bounds) {
        this.name = name;
        this.help = help;
        this.bounds = bounds.clone();
    }

    Series series(Labels labels) {
        return series.computeIfAbsent(labels, made -> new Series(bounds));
    }

    @Override
    public MetricSnapshot collect() {
        HistogramSnapshot.Builder snapshot =
                HistogramSnapshot.builder().name(name).help(help);
        series.forEach((labels, one) -> snapshot.dataPoint(one.snapshot(labels)));
        return snapshot.build();
    }

    /** The counts of one set of labels. Safe for any number of threads. */
    static final class Series {
        private final double[] bounds;
        private final LongAdder[] counts;
        private final DoubleAdder sum = new DoubleAdder();

        private Series(double[] bounds) {
            this.bounds = bounds;
            this.counts = new LongAdder[bounds.length + 1];
            Arrays.setAll(counts, i -> new LongAdder());
        }

        void observe(double value) {
            counts[bucket(value)].increment();
            sum.add(value);
        }

        Local local() {
            return new Local(this);
        }

        private int bucket(double value) {
            int at = 0;
            while (at < bounds.length && value > bounds[at]) {
                at++;
            }
            return at;
        }

        private HistogramDataPointSnapshot snapshot(Labels labels) {
            ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
            for (int i = 0; i < counts.length; i++) {
                buckets.bucket(i < bounds.length ? bounds[i] : Double.POSITIVE_INFINITY, counts[i].sum());
            }
            return HistogramDataPointSnapshot.builder()
                    .classicHistogramBuckets(buckets.build())
                    .sum(sum.sum())
                    .labels(labels)
                    .build();
        }
    }

    /** Observations of one stream that are not poured in yet. One thread. */
    static final class Local {
        private final Series target;
        private final long[] counts;
        private double sum;
        private int pending;

        private Local(Series target) {
            this.target = target;
            this.counts = new long[target.counts.length];
        }

        /** Counts {@code value} {@code times} times. */
        void observe(double value, int times) {
            counts[target.bucket(value)] += times;
            sum += value * times;
            pending += times;
        }

        int pending() {
            return pending;
        }

        void pour() {
            for (int i = 0; i < counts.length; i++) {
                if (counts[i] > 0) {
                    target.counts[i].add(counts[i]);
                    counts[i] = 0;
                }
            }
            target.sum.add(sum);
            sum = 0;
            pending = 0;
        }
    }
}

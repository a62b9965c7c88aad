package io.jynamo.frontend.metrics;

import io.jynamo.router.DecisionFigures;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** What routers count of their decisions, under the names that Dynamo's router has; by the first name of each model. */
final class RouterMeters {
    private final PrometheusRegistry registry;
    private final Supplier<Map<String, DecisionFigures>> routers;

    private RouterMeters(PrometheusRegistry registry, Supplier<Map<String, DecisionFigures>> routers) {
        this.registry = registry;
        this.routers = routers;
    }

    /** Registers them; {@code routers} is read when metrics are. */
    static void show(PrometheusRegistry registry, Supplier<Map<String, DecisionFigures>> routers) {
        RouterMeters meters = new RouterMeters(registry, routers);
        meters.histogram(
                "dynamo_router_overhead_block_hashing_ms", "Time to hash a prompt's blocks.", DecisionFigures::hashing);
        meters.histogram(
                "dynamo_router_overhead_indexer_find_matches_ms",
                "Time to look a prompt's blocks up in the index.",
                DecisionFigures::finding);
        meters.histogram(
                "dynamo_router_overhead_scheduling_ms",
                "Time to choose a worker and book it.",
                DecisionFigures::scheduling);
        meters.histogram("dynamo_router_overhead_total_ms", "Time of a routing decision.", DecisionFigures::total);
        meters.histogram(
                "dynamo_component_router_kv_hit_rate",
                "Share of a prompt's blocks that its worker is expected to have cached.",
                DecisionFigures::hitRate);
        meters.counter(
                "dynamo_component_router_non_max_overlap_selections",
                "Decisions for a worker that has fewer of the prompt's blocks than another.",
                DecisionFigures::nonMaxOverlap);
        meters.counter(
                "dynamo_component_router_overlap_blocks_lost",
                "Blocks that other workers had more, of all such decisions.",
                DecisionFigures::overlapBlocksLost);
    }

    private void counter(String name, String help, ToLongFunction<DecisionFigures> figure) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames("model")
                .callback(data -> routers.get()
                        .forEach((model, figures) -> data.call((double) figure.applyAsLong(figures), model)))
                .register(registry);
    }

    private void histogram(String name, String help, Function<DecisionFigures, DecisionFigures.Histogram> figure) {
        registry.register(new Collector() {
            @Override
            public MetricSnapshot collect() {
                HistogramSnapshot.Builder snapshot =
                        HistogramSnapshot.builder().name(name).help(help);
                routers.get().forEach((model, figures) -> snapshot.dataPoint(point(figure.apply(figures), model)));
                return snapshot.build();
            }
        });
    }

    private static HistogramDataPointSnapshot point(DecisionFigures.Histogram seen, String model) {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        for (int i = 0; i < seen.counts().length; i++) {
            double bound = i < seen.bounds().length ? seen.bounds()[i] : Double.POSITIVE_INFINITY;
            buckets.bucket(bound, seen.counts()[i]);
        }
        return HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(buckets.build())
                .sum(seen.sum())
                .labels(Labels.of("model", model))
                .build();
    }
}

package io.jynamo.frontend.metrics;

import io.jynamo.protocol.WorkerId;
import io.jynamo.router.FeedStatus;
import io.jynamo.router.RouterStatus;
import io.jynamo.router.RouterStatus.WorkerStatus;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** What the routers know of their workers' KV caches and load, and how far they are behind. Read when metrics are. */
public final class IndexMeters {
    private static final String WORKER_TYPE = "decode";

    /** Dynamo's, whatever the prefix of the other names. */
    private static final String APPLIED = "dynamo_component_kv_cache_events_applied";

    private final String prefix;
    private final PrometheusRegistry registry;
    private volatile Supplier<Map<String, RouterStatus>> routers = Map::of;

    IndexMeters(String prefix, PrometheusRegistry registry) {
        this.prefix = prefix + "router_kv_";
        this.registry = registry;
    }

    /** Shows routers, each by the first name of its models. */
    public void show(Supplier<Map<String, RouterStatus>> statuses) {
        routers = statuses;
        gauge("index_blocks", "Distinct KV blocks in the prefix index.", RouterStatus::indexBlocks);
        gauge("index_bytes", "Memory of the prefix index.", RouterStatus::indexBytes);
        counter(
                "index_reclaimed_blocks",
                "Blocks the prefix index gave up since nobody held them any more.",
                RouterStatus::indexReclaimed);
        workerGauge(
                "event_lag_events",
                "KV events a worker says it has told that are not in the index.",
                worker -> worker.feed().behind());
        workerGauge(
                "event_lag_seconds",
                "What a worker told so long ago is in the index; 0 where events are told as they happen.",
                worker -> worker.feed().ageNanos() / 1e9);
        workerCounter(
                "event_gaps", "Gaps in a worker's KV events; each time it was read anew.", WorkerStatus::eventGaps);
        workerCounter(
                "event_drifts",
                "Times a worker's digest showed other blocks than its KV events; each time it was read anew.",
                worker -> worker.feed().drifts());
        workerGauge(
                "load_divergence_requests",
                "Requests by which a worker's own count differs from what all frontends have booked, as this one hears of it.",
                WorkerStatus::divergence);
    }

    /** The series whose name the library would change: it ends every counter's name with _total. */
    String applied() {
        long stored = 0;
        long removed = 0;
        long cleared = 0;
        for (RouterStatus router : routers.get().values()) {
            for (WorkerStatus worker : router.workers()) {
                FeedStatus feed = worker.feed();
                stored += feed.stored();
                removed += feed.removed();
                cleared += feed.cleared();
            }
        }
        return "# HELP " + APPLIED + " KV events of the workers there are that were taken into the index.\n"
                + "# TYPE " + APPLIED + " counter\n"
                + APPLIED + "{event_type=\"stored\",status=\"ok\"} " + stored + "\n"
                + APPLIED + "{event_type=\"removed\",status=\"ok\"} " + removed + "\n"
                + APPLIED + "{event_type=\"cleared\",status=\"ok\"} " + cleared + "\n";
    }

    private void gauge(String name, String help, ToLongFunction<RouterStatus> figure) {
        GaugeWithCallback.builder()
                .name(prefix + name)
                .help(help)
                .labelNames("model")
                .callback(data ->
                        routers.get().forEach((model, router) -> data.call((double) figure.applyAsLong(router), model)))
                .register(registry);
    }

    private void counter(String name, String help, ToLongFunction<RouterStatus> figure) {
        CounterWithCallback.builder()
                .name(prefix + name)
                .help(help)
                .labelNames("model")
                .callback(data ->
                        routers.get().forEach((model, router) -> data.call((double) figure.applyAsLong(router), model)))
                .register(registry);
    }

    private void workerGauge(String name, String help, ToDoubleFunction<WorkerStatus> figure) {
        GaugeWithCallback.builder()
                .name(prefix + name)
                .help(help)
                .labelNames("worker_id", "dp_rank", "worker_type")
                .callback(
                        data -> workers((id, worker) -> data.call(figure.applyAsDouble(worker), id, "0", WORKER_TYPE)))
                .register(registry);
    }

    private void workerCounter(String name, String help, ToLongFunction<WorkerStatus> figure) {
        CounterWithCallback.builder()
                .name(prefix + name)
                .help(help)
                .labelNames("worker_id", "dp_rank", "worker_type")
                .callback(data ->
                        workers((id, worker) -> data.call((double) figure.applyAsLong(worker), id, "0", WORKER_TYPE)))
                .register(registry);
    }

    private void workers(Shown shown) {
        for (RouterStatus router : routers.get().values()) {
            for (WorkerStatus worker : router.workers()) {
                shown.on(label(worker.worker()), worker);
            }
        }
    }

    private static String label(WorkerId id) {
        return Long.toUnsignedString(id.value());
    }

    /** Takes a worker's series. */
    @FunctionalInterface
    private interface Shown {
        void on(String id, WorkerStatus worker);
    }
}

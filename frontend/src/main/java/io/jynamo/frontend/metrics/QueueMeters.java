package io.jynamo.frontend.metrics;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.router.Router;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** Requests that wait for a worker: how many, how long, and what becomes of them. Any thread. */
public final class QueueMeters {
    private static final String[] LABELS = {"model", "worker_type", "policy_class"};
    private static final String WORKER_TYPE = "decode";
    private static final String CLASS = "default";

    private final String prefix;
    private final PrometheusRegistry registry;
    private final Counter backpressure;
    private final Counter refusals;
    private final Counter preemptions;
    private final Counter hedges;
    private final BucketHistogram.Series wait;

    QueueMeters(String prefix, PrometheusRegistry registry) {
        this.prefix = prefix;
        this.registry = registry;
        backpressure = counter(
                "router_queue_backpressure",
                "Requests that had to wait for a worker.",
                "model",
                "worker_type",
                "policy_class",
                "reason");
        refusals = counter(
                "router_queue_refusals", "Requests that waited or would have, by why they were refused.", "reason");
        preemptions = counter("preemptions", "Requests taken from their worker for the sake of others.");
        hedges = counter(
                "hedged_requests", "Requests given to a second worker, by which of the two was first.", "winner");
        refusals.initLabelValues(ErrorCode.OVERLOADED.id());
        refusals.initLabelValues(ErrorCode.DEADLINE_UNREACHABLE.id());
        hedges.initLabelValues("first");
        hedges.initLabelValues("second");
        BucketHistogram seconds = new BucketHistogram(
                prefix + "router_queue_wait_seconds",
                "Time that requests waited for a worker, however it ended.",
                .001,
                .005,
                .01,
                .05,
                .1,
                .5,
                1,
                5,
                10,
                60);
        registry.register(seconds);
        wait = seconds.series(Labels.EMPTY);
    }

    private Counter counter(String name, String help, String... labels) {
        return Counter.builder()
                .name(prefix + name)
                .help(help)
                .labelNames(labels)
                .register(registry);
    }

    /**
     * Shows who waits.
     *
     * @param queues by the first name of each model and by policy class, read when metrics are
     */
    public void show(Supplier<Map<String, Map<String, Router.Queue>>> queues) {
        gauge("pending_requests", "Requests that wait for a worker.", queues, Router.Queue::requests);
        gauge("pending_isl_tokens", "Prompt tokens of requests that wait.", queues, Router.Queue::promptTokens);
        gauge("pending_cached_tokens", "Of these, in the cache of some worker.", queues, Router.Queue::cachedTokens);
    }

    private void gauge(
            String name,
            String help,
            Supplier<Map<String, Map<String, Router.Queue>>> queues,
            ToLongFunction<Router.Queue> figure) {
        GaugeWithCallback.builder()
                .name(prefix + "router_queue_" + name)
                .help(help)
                .labelNames(LABELS)
                .callback(data -> queues.get()
                        .forEach((model, classes) -> classes.forEach((policyClass, queue) ->
                                data.call((double) figure.applyAsLong(queue), model, WORKER_TYPE, policyClass))))
                .register(registry);
    }

    /** No worker has room for a request of that model. */
    public void onBackpressure(String model) {
        backpressure.labelValues(model, WORKER_TYPE, CLASS, "workers_full").inc();
    }

    /** A request waits no longer. */
    public void onWaited(long nanos) {
        wait.observe(nanos / 1e9);
    }

    /** A request was not placed. */
    public void onRefused(ErrorCode why) {
        refusals.labelValues(why.id()).inc();
    }

    /** A request gave its place to others. */
    public void onPreempted() {
        preemptions.inc();
    }

    /** One of two workers was first. */
    public void onHedged(boolean secondWon) {
        hedges.labelValues(secondWon ? "second" : "first").inc();
    }
}

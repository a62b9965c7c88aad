package io.jynamo.frontend.metrics;

import io.jynamo.protocol.WorkerId;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.Consumer;
import java.util.function.ObjDoubleConsumer;

/** Makes metrics under one prefix and registers them. */
record MetricNames(String prefix, PrometheusRegistry registry) {
    /** What Dynamo calls a worker that does both. */
    private static final String WORKER_TYPE = "decode";

    Counter counter(String name, String help, String... labels) {
        return Counter.builder()
                .name(prefix + name)
                .help(help)
                .labelNames(labels)
                .register(registry);
    }

    Gauge gauge(String name, String help, String... labels) {
        return Gauge.builder().name(prefix + name).help(help).labelNames(labels).register(registry);
    }

    BucketHistogram histogram(String name, String help, double... bounds) {
        BucketHistogram made = new BucketHistogram(prefix + name, help, bounds);
        registry.register(made);
        return made;
    }

    /** @param values says each worker's when metrics are read */
    void workerGauge(String name, String help, Consumer<ObjDoubleConsumer<WorkerId>> values) {
        GaugeWithCallback.builder()
                .name(prefix + name)
                .help(help)
                .labelNames("worker_id", "dp_rank", "worker_type")
                .callback(data -> values.accept(
                        (id, value) -> data.call(value, Long.toUnsignedString(id.value()), "0", WORKER_TYPE)))
                .register(registry);
    }
}

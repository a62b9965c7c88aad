package io.jynamo.frontend.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Files and batches: how many there are, what they take, and what becomes of lines. Any thread. */
public final class BatchMeters {
    private final String prefix;
    private final PrometheusRegistry registry;
    private final Counter lines;

    BatchMeters(String prefix, PrometheusRegistry registry) {
        this.prefix = prefix;
        this.registry = registry;
        lines = Counter.builder()
                .name(prefix + "batch_lines")
                .help("Lines of batches, by what became of them; one that is tried again counts each time.")
                .labelNames("outcome")
                .register(registry);
        for (String outcome : new String[] {"completed", "failed", "retried"}) {
            lines.initLabelValues(outcome);
        }
    }

    /**
     * A line was answered.
     *
     * @param outcome completed, failed or retried
     */
    public void onLine(String outcome) {
        lines.labelValues(outcome).inc();
    }

    /**
     * Shows what there is, read when metrics are.
     *
     * @param batches how many, by status
     * @param underWay lines
     */
    public void show(
            Supplier<Map<String, Integer>> batches, IntSupplier underWay, IntSupplier files, LongSupplier bytes) {
        GaugeWithCallback.builder()
                .name(prefix + "batches")
                .help("Batches that are kept, by status.")
                .labelNames("status")
                .callback(data -> batches.get().forEach((status, count) -> data.call(count, status)))
                .register(registry);
        gauge("batch_lines_under_way", "Lines of batches that run.", underWay::getAsInt);
        gauge("stored_files", "Files that are kept.", files::getAsInt);
        gauge("stored_file_bytes", "What they take, with what batches under way have written.", bytes);
    }

    private void gauge(String name, String help, LongSupplier value) {
        GaugeWithCallback.builder()
                .name(prefix + name)
                .help(help)
                .callback(data -> data.call((double) value.getAsLong()))
                .register(registry);
    }
}

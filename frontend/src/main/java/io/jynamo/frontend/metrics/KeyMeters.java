package io.jynamo.frontend.metrics;

import io.jynamo.frontend.keys.AuditLog;
import io.jynamo.frontend.keys.KeyCounts;
import io.jynamo.frontend.keys.KeyFileWatch;
import io.jynamo.frontend.keys.Keys;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.ToLongFunction;

/** What each API key did and was kept from, by its name, and what became of the audit log's rows; read when metrics are. */
record KeyMeters(String prefix, PrometheusRegistry registry, Keys keys) {
    void show() {
        byKey("api_key_requests", "Requests that a key's limits let in.", KeyCounts::requests);
        GaugeWithCallback.builder()
                .name(prefix + "api_key_active_requests")
                .help("Requests of a key that run.")
                .labelNames("key")
                .callback(data ->
                        keys.ring().counts().forEach((key, count) -> data.call((double) count.running(), key)))
                .register(registry);
        counter("api_key_denials", "Requests that a key's limits kept out.", "key", "limit")
                .callback(data -> keys.ring()
                        .counts()
                        .forEach((key, counts) ->
                                counts.denials().forEach((limit, count) -> data.call((double) count, key, limit))))
                .register(registry);
        counter("api_key_tokens", "Tokens of a key's requests that a worker had.", "key", "type")
                .callback(data -> keys.ring().counts().forEach((key, count) -> {
                    data.call((double) count.promptTokens(), key, "prompt");
                    data.call((double) count.cachedTokens(), key, "cached");
                    data.call((double) count.completionTokens(), key, "completion");
                }))
                .register(registry);
        counter("api_key_unauthorized_requests", "Requests without a key that is taken.")
                .callback(data -> data.call((double) keys.ring().refused()))
                .register(registry);
        outcomes();
    }

    private void outcomes() {
        counter("api_key_file_reloads", "Times that a changed key file was read.", "outcome")
                .callback(data -> {
                    KeyFileWatch watch = keys.watch();
                    data.call(watch == null ? 0 : (double) watch.reloads(), "taken");
                    data.call(watch == null ? 0 : (double) watch.failures(), "failed");
                })
                .register(registry);
        counter("audit_rows", "Rows of the audit log.", "outcome")
                .callback(data -> {
                    AuditLog audit = keys.audit();
                    data.call(audit == null ? 0 : (double) audit.written(), "written");
                    data.call(audit == null ? 0 : (double) audit.dropped(), "dropped");
                    data.call((double) keys.ring().unwritten(), "left_out");
                })
                .register(registry);
    }

    private void byKey(String name, String help, ToLongFunction<KeyCounts> figure) {
        counter(name, help, "key")
                .callback(data -> keys.ring()
                        .counts()
                        .forEach((key, count) -> data.call((double) figure.applyAsLong(count), key)))
                .register(registry);
    }

    private CounterWithCallback.Builder counter(String name, String help, String... labels) {
        return CounterWithCallback.builder().name(prefix + name).help(help).labelNames(labels);
    }
}

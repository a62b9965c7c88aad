package io.jynamo.frontend.routing;

import io.jynamo.frontend.http.Answer;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** What the indexer service measures, under the names of Dynamo's. */
final class IndexMetrics implements RouteTable.Watch {
    private static final double FIRST_BUCKET_SECONDS = 0.0001;
    private static final int BUCKETS = 20;

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final IndexerService service;
    private final Supplier<Replicas.Figures> replicas;
    private final Counter requests = Counter.builder()
            .name("dynamo_kvindexer_requests")
            .help("HTTP requests.")
            .labelNames("endpoint", "method")
            .register(registry);
    private final Counter errors = Counter.builder()
            .name("dynamo_kvindexer_errors")
            .help("HTTP answers with an error status.")
            .labelNames("endpoint", "status_class")
            .register(registry);
    private final Histogram duration = Histogram.builder()
            .name("dynamo_kvindexer_request_duration_seconds")
            .help("Arrival of a request to its answer.")
            .labelNames("endpoint")
            .classicOnly()
            .classicExponentialUpperBounds(FIRST_BUCKET_SECONDS, 2, BUCKETS)
            .register(registry);

    IndexMetrics(IndexerService service, Supplier<Replicas.Figures> replicas) {
        this.service = service;
        this.replicas = replicas;
        gauge("models", "Models and routing groups with an index.", IndexerService.Census::models);
        gauge("workers", "Registered instances.", IndexerService.Census::workers);
        GaugeWithCallback.builder()
                .name("dynamo_kvindexer_listeners")
                .help("Ranks that are heard, by how that goes.")
                .labelNames("status")
                .callback(data -> {
                    IndexerService.Census census = service.census();
                    data.call((double) census.active(), "active");
                    data.call((double) census.failed(), "failed");
                    data.call(0, "paused");
                    data.call(0, "pending");
                })
                .register(registry);
    }

    private void gauge(String name, String help, ToDoubleFunction<IndexerService.Census> figure) {
        GaugeWithCallback.builder()
                .name("dynamo_kvindexer_" + name)
                .help(help)
                .callback(data -> data.call(figure.applyAsDouble(service.census())))
                .register(registry);
    }

    @Override
    public void on(String endpoint, String method, int status, Duration took) {
        requests.labelValues(endpoint, method).inc();
        duration.labelValues(endpoint).observe(took.toNanos() / 1e9);
        if (status >= 400) {
            errors.labelValues(endpoint, status >= 500 ? "5xx" : "4xx").inc();
        }
    }

    Answer page() {
        var out = new ByteArrayOutputStream(16_384);
        try {
            PrometheusTextFormatWriter.create().write(out, registry.scrape());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        // By hand: the library ends every counter's name with _total, and these names end otherwise.
        out.writeBytes(events().getBytes(StandardCharsets.UTF_8));
        return new Answer(200, PrometheusTextFormatWriter.CONTENT_TYPE, List.of(), out.toByteArray());
    }

    private String events() {
        EventCounts counts = service.events();
        Replicas.Figures shared = replicas.get();
        String synced = "jynamo_router_replica_events_total";
        IndexerService.Census census = service.census();
        String applied = "dynamo_kvrouter_kv_cache_events_applied";
        String warnings = "dynamo_kvrouter_kv_cache_event_warnings";
        return "# HELP " + applied + " KV events taken into an index.\n# TYPE " + applied + " counter\n"
                + applied + "{event_type=\"stored\",status=\"ok\"} " + counts.stored() + "\n"
                + applied + "{event_type=\"removed\",status=\"ok\"} " + counts.removed() + "\n"
                + applied + "{event_type=\"cleared\",status=\"ok\"} " + counts.cleared() + "\n"
                + applied + "{event_type=\"stored\",status=\"parent_block_not_found\"} " + census.orphans() + "\n"
                + "# HELP " + warnings + " KV events that say what was known.\n# TYPE " + warnings + " counter\n"
                + warnings + "{warning_kind=\"duplicate_store\"} " + census.duplicates() + "\n"
                + "# HELP " + synced + " What replicas tell each other of requests and sessions.\n# TYPE " + synced
                + " counter\n"
                + synced + "{outcome=\"told\"} " + shared.told() + "\n"
                + synced + "{outcome=\"dropped\"} " + shared.dropped() + "\n"
                + synced + "{outcome=\"applied\"} " + shared.applied() + "\n"
                + synced + "{outcome=\"unknown\"} " + shared.unknown() + "\n"
                + synced + "{outcome=\"malformed\"} " + shared.malformed() + "\n";
    }
}

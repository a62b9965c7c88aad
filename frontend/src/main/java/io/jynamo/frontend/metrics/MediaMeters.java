package io.jynamo.frontend.metrics;

import io.jynamo.frontend.media.FetchWatch;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.function.LongSupplier;

/** Images, sounds and films: what came of those that were to be fetched, and what they take. Any thread. */
public final class MediaMeters implements FetchWatch {
    private final MetricNames names;
    private final Counter fetches;
    private final Counter bytes;
    private final BucketHistogram.Series seconds;

    MediaMeters(MetricNames names) {
        this.names = names;
        fetches = names.counter("media_fetches", "Media that were to be fetched, by what became of them.", "outcome");
        for (Outcome outcome : Outcome.values()) {
            fetches.initLabelValues(outcome.id());
        }
        bytes = names.counter("media_fetched_bytes", "Bytes of media that were fetched.");
        seconds = names.histogram(
                        "media_fetch_seconds",
                        "Fetches of media that were not cached, waits for a place included.",
                        0.01,
                        0.05,
                        0.1,
                        0.5,
                        1,
                        2.5,
                        5,
                        10)
                .series(Labels.EMPTY);
    }

    @Override
    public void onFetch(Outcome outcome, long fetched, long nanos) {
        fetches.labelValues(outcome.id()).inc();
        bytes.inc(fetched);
        if (outcome != Outcome.CACHED) {
            seconds.observe(nanos / 1e9);
        }
    }

    /** Shows what there is, read when metrics are. */
    public void show(LongSupplier held, LongSupplier kept) {
        gauge("held_media_bytes", "Media of requests that run.", held);
        gauge("kept_media_bytes", "Fetched media that are kept for others.", kept);
    }

    private void gauge(String name, String help, LongSupplier value) {
        GaugeWithCallback.builder()
                .name(names.prefix() + name)
                .help(help)
                .callback(data -> data.call((double) value.getAsLong()))
                .register(names.registry());
    }
}

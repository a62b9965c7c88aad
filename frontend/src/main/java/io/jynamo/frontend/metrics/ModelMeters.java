package io.jynamo.frontend.metrics;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.GaugeDataPoint;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.concurrent.ConcurrentHashMap;

/** The series of one model, looked up once. */
public final class ModelMeters {
    final FrontendMetrics all;
    final String model;
    final CounterDataPoint outputTokens;
    final GaugeDataPoint inflight;
    final GaugeDataPoint active;
    final GaugeDataPoint queued;
    final BucketHistogram.Series duration;
    final BucketHistogram.Series inputTokens;
    final BucketHistogram.Series cachedTokens;
    final BucketHistogram.Series outputLength;
    final BucketHistogram.Series timeToFirstToken;
    final BucketHistogram.Series interTokenLatency;
    private final ConcurrentHashMap<Kind, CounterDataPoint> started = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Kind, CounterDataPoint> succeeded = new ConcurrentHashMap<>();

    ModelMeters(FrontendMetrics all, String model) {
        Labels labels = Labels.of("model", model);
        this.all = all;
        this.model = model;
        outputTokens = all.outputTokens.labelValues(model);
        inflight = all.inflight.labelValues(model);
        active = all.active.labelValues(model);
        queued = all.queued.labelValues(model);
        duration = all.duration.series(labels);
        inputTokens = all.inputTokens.series(labels);
        cachedTokens = all.cachedTokens.series(labels);
        outputLength = all.outputLength.series(labels);
        timeToFirstToken = all.timeToFirstToken.series(labels);
        interTokenLatency = all.interTokenLatency.series(labels);
    }

    /** Begins to measure a request. */
    public RequestMeter begin(Kind kind, long arrivedNanos) {
        started.computeIfAbsent(kind, one -> all.started.labelValues(model, one.endpoint(), one.requestType()))
                .inc();
        all.live().onRequest();
        return new RequestMeter(this, kind, arrivedNanos);
    }

    /** Counts a request that was refused before anything was known of it. */
    public void refused(String endpoint) {
        all.rejections.labelValues(model, endpoint).inc();
    }

    void onEnd(Kind kind, ErrorClass error) {
        if (error == ErrorClass.NONE) {
            succeeded
                    .computeIfAbsent(
                            kind,
                            one -> all.requests.labelValues(model, one.endpoint(), one.requestType(), "success", ""))
                    .inc();
            return;
        }
        all.requests
                .labelValues(model, kind.endpoint(), kind.requestType(), "error", error.label())
                .inc();
        if (error == ErrorClass.CANCELLED) {
            all.cancellations
                    .labelValues(model, kind.endpoint(), kind.requestType())
                    .inc();
        } else if (error == ErrorClass.OVERLOAD) {
            all.rejections.labelValues(model, kind.endpoint()).inc();
        }
    }
}

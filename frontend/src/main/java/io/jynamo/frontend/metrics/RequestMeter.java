package io.jynamo.frontend.metrics;

import io.jynamo.frontend.metrics.BucketHistogram.Local;
import io.jynamo.protocol.WorkerId;
import org.jspecify.annotations.Nullable;

/**
 * The measurements of one running request. The thread that prepares it and the event loop that answers it may both speak;
 * a client that leaves makes them meet.
 *
 * <p>Inter-token latencies are kept apart and poured into the shared histogram every 64 observations and at the end, so
 * up to 63 of each running stream are not on the page yet.
 */
public final class RequestMeter {
    private static final int POUR_AT = 64;

    private final ModelMeters model;
    private final Kind kind;
    private final long arrivedNanos;
    private final Local gaps;
    private long lastTokenNanos;
    private boolean hasFirst;
    private boolean dispatched;
    private long dispatchedNanos;
    private int inputTokens;
    private int outputTokens;
    private @Nullable WorkerMeters worker;
    private double lastGap;
    private boolean ended;

    RequestMeter(ModelMeters model, Kind kind, long arrivedNanos) {
        this.model = model;
        this.kind = kind;
        this.arrivedNanos = arrivedNanos;
        this.gaps = model.interTokenLatency.local();
        model.inflight.inc();
        model.active.inc();
        model.queued.inc();
    }

    /** It is with a worker now; the first, where it has several. */
    public synchronized void onDispatch(WorkerId to, int promptTokens, long nowNanos) {
        if (ended) {
            return;
        }
        dispatched = true;
        dispatchedNanos = nowNanos;
        inputTokens = promptTokens;
        worker = model.all.worker(to);
        model.all.onDispatchBegin();
    }

    /**
     * It goes on with another worker.
     *
     * @param begun whether output had come
     */
    public void onMigration(boolean begun) {
        model.all
                .migrations
                .labelValues(model.model, begun ? "ongoing_request" : "new_request")
                .inc();
    }

    /** {@code count} more output tokens are here. */
    public synchronized void onTokens(int count, long nowNanos) {
        if (count == 0) {
            return;
        }
        outputTokens += count;
        if (!hasFirst) {
            hasFirst = true;
            model.all.live().onFirstTokens(count, nowNanos - arrivedNanos);
            leaveDispatch();
            model.queued.dec();
            double seconds = (nowNanos - arrivedNanos) / 1e9;
            model.timeToFirstToken.observe(seconds);
            model.all.onRoundtrip(nowNanos - dispatchedNanos);
            if (worker != null) {
                worker.onFirstToken(seconds, inputTokens);
            }
        } else {
            model.all.live().onTokens(count, (nowNanos - lastTokenNanos) / count);
            lastGap = (nowNanos - lastTokenNanos) / 1e9 / count;
            gaps.observe(lastGap, count);
            if (gaps.pending() >= POUR_AT) {
                pour();
            }
        }
        lastTokenNanos = nowNanos;
    }

    /** Output tokens so far. */
    public synchronized int outputTokens() {
        return outputTokens;
    }

    private void pour() {
        gaps.pour();
        if (worker != null) {
            worker.onTokens(lastGap);
        }
    }

    /** All its output became text. */
    public void onDetokenize(long nanos, int tokens) {
        if (tokens > 0) {
            model.all.onDetokenize(nanos, tokens);
        }
    }

    private void leaveDispatch() {
        if (dispatched) {
            dispatched = false;
            model.all.onDispatchEnd();
        }
    }

    /** It ended; only the first call counts. */
    public synchronized void onEnd(ErrorClass error, int prompt, int cached, int output, long nowNanos) {
        if (ended) {
            return;
        }
        ended = true;
        leaveDispatch();
        model.inflight.dec();
        model.active.dec();
        if (!hasFirst) {
            model.queued.dec();
        }
        if (gaps.pending() > 0) {
            pour();
        }
        if (prompt > 0) {
            model.inputTokens.observe(prompt);
            model.cachedTokens.observe(cached);
            model.outputLength.observe(output);
            model.outputTokens.inc(output);
            if (worker != null) {
                worker.onCached(cached);
            }
        }
        model.duration.observe((nowNanos - arrivedNanos) / 1e9);
        model.onEnd(kind, error);
    }
}

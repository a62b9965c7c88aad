package io.jynamo.frontend.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.snapshots.Labels;

/** How punctual event loops are. Any thread. */
final class LoopMeters {
    private static final double STALL_SECONDS = 0.005;

    private final Counter stalls;
    private final BucketHistogram.Series delay;

    LoopMeters(MetricNames names) {
        stalls = names.counter("event_loop_stall", "Event loop timers that were over 5 ms late.");
        delay = names.histogram(
                        "event_loop_delay_seconds",
                        "How late event loop timers were.",
                        0,
                        .001,
                        .005,
                        .01,
                        .025,
                        .05,
                        .1,
                        .25,
                        .5,
                        1)
                .series(Labels.EMPTY);
    }

    void onDelay(long nanos) {
        double seconds = nanos / 1e9;
        delay.observe(seconds);
        if (seconds > STALL_SECONDS) {
            stalls.inc();
        }
    }
}

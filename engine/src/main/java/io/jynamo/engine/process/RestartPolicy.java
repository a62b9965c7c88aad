package io.jynamo.engine.process;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** Decides when an engine that ended is started again, and when no more. Pure. */
public final class RestartPolicy {
    /**
     * The bounds of it.
     *
     * @param firstPause before the first restart; doubled with each further one
     * @param longestPause the most it grows to
     * @param well how long it must have run for the pause to be the first one again
     * @param most restarts within a window; one more failure is the last
     * @param window the time in which they are counted
     */
    public record Limits(Duration firstPause, Duration longestPause, Duration well, int most, Duration window) {
        public static final Limits USUAL = new Limits(
                Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofMinutes(5), 5, Duration.ofMinutes(30));
        public static final Limits NEVER =
                new Limits(Duration.ZERO, Duration.ZERO, Duration.ofDays(1), 0, Duration.ofDays(1));
    }

    /** What to do after an end. */
    public sealed interface Decision {
        record Restart(Duration pause) implements Decision {}

        /** It failed too often. */
        record GiveUp(int failures, Duration window) implements Decision {}
    }

    private final Limits limits;
    private final Deque<Long> failures = new ArrayDeque<>();
    private Duration pause;

    public RestartPolicy(Limits limits) {
        this.limits = limits;
        this.pause = limits.firstPause;
    }

    /**
     * It ended unasked.
     *
     * @param nanos when
     * @param ran how long it had been ready
     */
    public Decision onFailure(long nanos, Duration ran) {
        while (!failures.isEmpty() && nanos - failures.getFirst() > limits.window.toNanos()) {
            failures.removeFirst();
        }
        failures.addLast(nanos);
        if (failures.size() > limits.most) {
            return new Decision.GiveUp(failures.size(), limits.window);
        }
        if (ran.compareTo(limits.well) >= 0) {
            pause = limits.firstPause;
        }
        Duration now = pause;
        Duration doubled = pause.multipliedBy(2);
        pause = doubled.compareTo(limits.longestPause) > 0 ? limits.longestPause : doubled;
        return new Decision.Restart(now);
    }
}

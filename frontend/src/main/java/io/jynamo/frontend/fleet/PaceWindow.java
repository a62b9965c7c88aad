package io.jynamo.frontend.fleet;

import io.jynamo.frontend.metrics.LiveCount;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The pace of the last seconds, and of each second before, made of counts that only grow. Not safe for several threads. */
final class PaceWindow {
    /** What percentiles are of. */
    static final Duration WINDOW = Duration.ofSeconds(10);
    /** Seconds kept. */
    static final int HISTORY = 180;

    private static final long SECOND_NANOS = Duration.ofSeconds(1).toNanos();

    private final ArrayDeque<Mark> marks = new ArrayDeque<>();
    private final ArrayDeque<Pace> history = new ArrayDeque<>();

    private record Mark(long nanos, LiveCount count) {}

    /** The pace now; null at the first call, when there is nothing to compare with. */
    @Nullable
    Pace on(LiveCount count, long nowNanos, long timeMillis) {
        Mark newest = marks.peekLast();
        Mark oldest = marks.peekFirst();
        if (newest == null || oldest == null) {
            marks.addLast(new Mark(nowNanos, count));
            return null;
        }
        boolean full = nowNanos - newest.nanos() >= SECOND_NANOS;
        Mark second = full || marks.size() == 1 ? newest : beforeNewest();
        long nanos = Math.max(1, nowNanos - second.nanos());
        Pace pace = Pace.of(timeMillis, count.since(second.count()), nanos, count.since(oldest.count()));
        if (full) {
            marks.addLast(new Mark(nowNanos, count));
            while (marks.size() > 2 && nowNanos - marks.getFirst().nanos() > WINDOW.toNanos()) {
                marks.removeFirst();
            }
            history.addLast(pace);
            if (history.size() > HISTORY) {
                history.removeFirst();
            }
        }
        return pace;
    }

    private Mark beforeNewest() {
        var backwards = marks.descendingIterator();
        backwards.next();
        return backwards.next();
    }

    /** The seconds before, oldest first. */
    List<Pace> history() {
        return List.copyOf(history);
    }
}

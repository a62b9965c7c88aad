package io.jynamo.frontend.fleet;

import io.jynamo.protocol.WorkerId;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * What becomes of streams that lose their worker, added up by the worker they lost. Safe for use by several threads; a
 * stream that loses none costs it one read.
 */
public final class MoveLedger {
    /**
     * The streams of one lost worker.
     *
     * @param looking without a worker now
     * @param moved that went on with another
     * @param ended that ended before one was found
     * @param slowestNanos from the loss to the next worker, of the slowest that moved
     */
    record Moves(int looking, int moved, int ended, long slowestNanos) {
        static final Moves NONE = new Moves(0, 0, 0, 0);

        boolean isEmpty() {
            return looking == 0 && moved == 0 && ended == 0;
        }

        /** With what was added up later, which has the streams that look for a worker now. */
        Moves plus(Moves later) {
            return new Moves(
                    later.looking,
                    moved + later.moved,
                    ended + later.ended,
                    Math.max(slowestNanos, later.slowestNanos));
        }
    }

    private record Lost(Object stream, WorkerId from, long sinceNanos) {}

    private final Map<Object, Lost> looking = new HashMap<>();
    private final Map<WorkerId, Moves> settled = new HashMap<>();
    private volatile boolean anyLooking;

    /** A stream looks for another worker; told again with each attempt, only the first counts. */
    public synchronized void onLooking(Object move, Object stream, WorkerId from, long nowNanos) {
        looking.putIfAbsent(move, new Lost(stream, from, nowNanos));
        anyLooking = true;
    }

    /** It has found one. */
    public synchronized void onMoved(Object move, long nowNanos) {
        Lost lost = looking.remove(move);
        if (lost != null) {
            add(lost.from(), new Moves(0, 1, 0, nowNanos - lost.sinceNanos()));
        }
        anyLooking = !looking.isEmpty();
    }

    /** A stream ended, whether it had a worker or not. */
    public void onEnd(Object stream) {
        if (anyLooking) {
            end(stream);
        }
    }

    private synchronized void end(Object stream) {
        for (Iterator<Lost> each = looking.values().iterator(); each.hasNext(); ) {
            Lost lost = each.next();
            if (lost.stream().equals(stream)) {
                each.remove();
                add(lost.from(), new Moves(0, 0, 1, 0));
            }
        }
        anyLooking = !looking.isEmpty();
    }

    /** Whether a stream looks for a worker now. */
    public boolean isLooking(Object stream) {
        return anyLooking && isAmongLooking(stream);
    }

    private synchronized boolean isAmongLooking(Object stream) {
        return looking.values().stream().anyMatch(lost -> lost.stream().equals(stream));
    }

    private void add(WorkerId from, Moves more) {
        settled.merge(from, more, Moves::plus);
    }

    /** What was added up since the last call, and who looks now, by the worker that was lost. */
    synchronized Map<WorkerId, Moves> take() {
        Map<WorkerId, Moves> taken = new HashMap<>(settled);
        settled.clear();
        looking.values()
                .forEach(lost -> taken.merge(
                        lost.from(),
                        new Moves(1, 0, 0, 0),
                        (sum, one) -> new Moves(sum.looking() + 1, sum.moved(), sum.ended(), sum.slowestNanos())));
        return taken;
    }
}

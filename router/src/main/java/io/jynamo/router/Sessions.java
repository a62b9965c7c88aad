package io.jynamo.router;

import io.jynamo.protocol.SessionNews;
import io.jynamo.protocol.Worker;
import io.jynamo.protocol.WorkerId;
import io.jynamo.router.select.Candidates;
import io.jynamo.router.select.SelectionPolicy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Which worker each session was on last, as far as this router gave it or a worker said that another did
 * ({@link SessionNews#key}). Bounded: a session is forgotten when it was not heard of for the time to live, or, among more
 * than {@value #MOST}, when all others were heard of since. One thread at a time.
 *
 * <p>Of what routers say of a session the youngest holds, and what they say within a second counts as said at once: then
 * the worker of the least number has it, so that routers that gave it to two workers at one time agree, whoever is heard
 * first. The next best is kept too: it holds at once, on each router, when the first one's worker is lost.
 */
final class Sessions {
    static final int MOST = 65_536;

    private static final long AT_ONCE_NANOS = 1_000_000_000;

    private final Affinity affinity;
    private final Roster roster;
    private final Candidates candidates;
    private final long ttlNanos;
    /** The one bound longest ago first. */
    private final SequencedMap<Long, Bound> bound = new LinkedHashMap<>();

    /** That a worker was given the session. */
    private record Claim(WorkerId worker, long at) {
        boolean is(WorkerId other) {
            return worker.equals(other);
        }

        boolean isBefore(Claim told) {
            long later = told.at - at;
            if (Math.abs(later) < AT_ONCE_NANOS && !told.is(worker)) {
                return Long.compareUnsigned(told.worker.value(), worker.value()) < 0;
            }
            return later > 0;
        }
    }

    /** Who has a session, and who would if that one's worker were lost; never the same. */
    private record Bound(Claim first, @Nullable Claim second) {
        /** The first one, whatever was said before. */
        Bound under(Claim given) {
            return new Bound(given, given.is(first.worker) ? second : first);
        }

        /** With another one, which may be passed over. */
        Bound with(Claim told) {
            if (first.isBefore(told)) {
                return under(told);
            }
            boolean passed = told.is(first.worker) || (second != null && !second.isBefore(told));
            return passed ? this : new Bound(first, told);
        }

        @Nullable
        Bound without(WorkerId lost) {
            if (first.is(lost)) {
                return second == null ? null : new Bound(second, null);
            }
            return second != null && second.is(lost) ? new Bound(first, null) : this;
        }

        /** As far as it is not older. */
        @Nullable
        Bound since(long oldest) {
            Claim next = second == null || second.at - oldest < 0 ? null : second;
            if (first.at - oldest < 0) {
                return next == null ? null : new Bound(next, null);
            }
            return second != null && next == null ? new Bound(first, null) : this;
        }
    }

    Sessions(Affinity affinity, Roster roster, Candidates candidates) {
        this.affinity = affinity;
        this.roster = roster;
        this.candidates = candidates;
        this.ttlNanos = affinity.ttl().toNanos();
    }

    /** Whether sessions are kept at all. */
    boolean areKept() {
        return ttlNanos > 0;
    }

    /** Whether the request's is. */
    boolean keeps(Router.Request request) {
        return areKept() && request.wishes().session() != null;
    }

    /** The row of the worker of the request's session, where it stays there, or the best one. */
    int keep(SelectionPolicy by, Router.Request request, int best, long nowNanos) {
        WorkerId last = find(request, nowNanos);
        Slot slot = last == null ? null : roster.find(last);
        for (int row = 0; slot != null && row < candidates.count(); row++) {
            if (candidates.key(row) == slot.number()) {
                return affinity.hard() || by.affords(candidates, best, row) ? row : best;
            }
        }
        return best;
    }

    /** The worker of the request's session, or null where none is known. */
    @Nullable
    WorkerId find(Router.Request request, long nowNanos) {
        Bound known = keeps(request) ? known(key(request), nowNanos) : null;
        return known == null ? null : known.first.worker;
    }

    /** What still holds of a session. */
    private @Nullable Bound known(long session, long nowNanos) {
        Bound known = bound.get(session);
        return known == null ? null : known.since(nowNanos - ttlNanos);
    }

    /** The request's session is on a worker now: this router gave it. */
    void bind(Router.Request request, WorkerId worker, long nowNanos) {
        if (keeps(request)) {
            long session = key(request);
            Bound known = known(session, nowNanos);
            var given = new Claim(worker, nowNanos);
            bound.putLast(session, known == null ? new Bound(given, null) : known.under(given));
            prune(nowNanos);
        }
    }

    /** Has the worker tell other routers of it. Not under any lock. */
    void tell(Router.Request request, Worker worker) {
        if (keeps(request)) {
            worker.tellOthers(key(request));
        }
    }

    private static long key(Router.Request request) {
        return SessionNews.key(String.valueOf(request.wishes().session()));
    }

    /** A worker says that another router gave it the session. */
    void hear(SessionNews news, WorkerId worker, long nowNanos) {
        if (news.ageNanos() > ttlNanos) {
            return;
        }
        Bound known = known(news.session(), nowNanos);
        var told = new Claim(worker, nowNanos - news.ageNanos());
        bound.putLast(news.session(), known == null ? new Bound(told, null) : known.with(told));
        prune(nowNanos);
    }

    /** Forgets what is over or too much; what was put last is neither, so something is left. */
    private void prune(long nowNanos) {
        while (bound.size() > MOST || bound.firstEntry().getValue().since(nowNanos - ttlNanos) == null) {
            bound.pollFirstEntry();
        }
    }

    /** The worker is gone: its sessions go to who is next, or are free to go elsewhere. */
    void forget(WorkerId worker) {
        for (var each = bound.entrySet().iterator(); each.hasNext(); ) {
            Map.Entry<Long, Bound> session = each.next();
            Bound left = session.getValue().without(worker);
            if (left == null) {
                each.remove();
            } else {
                session.setValue(left);
            }
        }
    }

    int size() {
        return bound.size();
    }
}

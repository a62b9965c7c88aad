package io.jynamo.router;

import io.jynamo.protocol.SessionNews;
import io.jynamo.protocol.Worker;
import io.jynamo.protocol.WorkerId;
import io.jynamo.router.select.Candidates;
import io.jynamo.router.select.SelectionPolicy;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Which worker each session was on last, as far as this router gave it or a worker said that another did
 * ({@link SessionNews#key}). Bounded: a session is forgotten when it was not heard of for the time to live, or, among more
 * than {@value #MOST}, when all others were heard of since. One thread at a time.
 *
 * <p>Of what routers say of a session the youngest holds, and what they say within a second counts as said at once: then
 * the worker of the least number has it, so that routers that gave it to two workers at one time agree, whoever is heard
 * first.
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

    private record Bound(WorkerId worker, long at) {}

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
        Bound known = keeps(request) ? bound.get(key(request)) : null;
        return known == null || nowNanos - known.at > ttlNanos ? null : known.worker;
    }

    /** The request's session is on a worker now: this router gave it. */
    void bind(Router.Request request, WorkerId worker, long nowNanos) {
        if (keeps(request)) {
            bound.putLast(key(request), new Bound(worker, nowNanos));
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
        long at = nowNanos - news.ageNanos();
        Bound known = bound.get(news.session());
        if (news.ageNanos() <= ttlNanos && (known == null || isLater(new Bound(worker, at), known))) {
            bound.putLast(news.session(), new Bound(worker, at));
            prune(nowNanos);
        }
    }

    private static boolean isLater(Bound told, Bound known) {
        long later = told.at - known.at;
        if (Math.abs(later) < AT_ONCE_NANOS && !told.worker.equals(known.worker)) {
            return Long.compareUnsigned(told.worker.value(), known.worker.value()) < 0;
        }
        return later > 0;
    }

    private void prune(long nowNanos) {
        while (bound.size() > MOST || nowNanos - bound.firstEntry().getValue().at > ttlNanos) {
            bound.pollFirstEntry();
        }
    }

    /** The worker is gone: its sessions are free to go elsewhere. */
    void forget(WorkerId worker) {
        bound.values().removeIf(each -> each.worker.equals(worker));
    }

    int size() {
        return bound.size();
    }
}

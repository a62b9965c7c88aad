package io.jynamo.router;

import io.jynamo.protocol.WorkerId;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which worker each session was on last. Bounded: a session is forgotten when it was not heard of for the time to live,
 * or, among more than {@value #MOST}, when all others were heard of since. One thread at a time.
 */
final class Sessions {
    static final int MOST = 65_536;

    private final long ttlNanos;
    /** The one heard of longest ago first. */
    private final Map<String, Bound> bound = new LinkedHashMap<>();

    private record Bound(WorkerId worker, long at) {}

    Sessions(long ttlNanos) {
        this.ttlNanos = ttlNanos;
    }

    /** The worker of a session, or null where none is known. */
    @Nullable
    WorkerId find(String session, long nowNanos) {
        Bound known = bound.get(session);
        return known == null || nowNanos - known.at > ttlNanos ? null : known.worker;
    }

    /** The session is on a worker now. */
    void bind(String session, WorkerId worker, long nowNanos) {
        bound.remove(session);
        bound.put(session, new Bound(worker, nowNanos));
        Iterator<Bound> oldest = bound.values().iterator();
        while (oldest.hasNext()) {
            Bound first = oldest.next();
            if (bound.size() <= MOST && nowNanos - first.at <= ttlNanos) {
                return;
            }
            oldest.remove();
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

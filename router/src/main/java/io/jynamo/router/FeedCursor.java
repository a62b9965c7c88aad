package io.jynamo.router;

import io.jynamo.protocol.KvEvent;

/**
 * Where a reader of one worker's KV events stands. A snapshot comes first: blocks stored, all with one id, that of the
 * last event before it. Then each event has the id after the one before.
 */
final class FeedCursor {
    /** What to do with an event. */
    enum Verdict {
        APPLY,
        /** It came before. */
        SKIP,
        /** A digest of what was told so far. */
        COMPARE,
        /** Events are missing before it: only a new snapshot helps. */
        GAP
    }

    private boolean begun;
    private boolean live;
    private long last;

    Verdict on(KvEvent event) {
        if (event instanceof KvEvent.Lost) {
            return Verdict.GAP;
        }
        long id = event.id();
        if (event instanceof KvEvent.Digest) {
            return onDigest(id);
        }
        if (!begun) {
            begun = true;
            last = id;
            return Verdict.APPLY;
        }
        if (id == last + 1) {
            live = true;
            last = id;
            return Verdict.APPLY;
        }
        if (id == last && !live && event instanceof KvEvent.Stored) {
            return Verdict.APPLY;
        }
        return id <= last ? Verdict.SKIP : Verdict.GAP;
    }

    /** The id of the last event; 0 before the first. */
    long last() {
        return last;
    }

    /** Digests stand in line with the events: one of a later event says that events before it are missing. */
    private Verdict onDigest(long id) {
        if (!begun) {
            begun = true; // nothing was held
            last = id;
        }
        return id == last ? Verdict.COMPARE : id < last ? Verdict.SKIP : Verdict.GAP;
    }
}

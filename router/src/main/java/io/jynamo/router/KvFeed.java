package io.jynamo.router;

import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.BlockTally;
import io.jynamo.protocol.EventProgress;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.Worker;
import io.jynamo.router.index.PrefixIndex;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The stream of one worker's KV events, of all tiers, into the prefix index.
 *
 * <p>States: <i>reading</i> → (a gap, a drift, or room again for dropped blocks) → <i>stale</i>, where events are ignored
 * and the worker counts as having what it had → (the router subscribes anew) → <i>waiting</i> → (the snapshot begins, or
 * does not come) → what was known is forgotten → <i>reading</i>; any → <i>closed</i>. A subscription knows its number, so that
 * events of a former one are ignored however late they come.
 *
 * <p>What was told is tallied, also of blocks that found no room in the index, and compared with the worker's digests: a
 * drift is an event that was lost or spoilt without a trace in the ids. The tally takes a few words, not a set of blocks,
 * since a worker that tells digests tells changes only; one that does not keep to that is read anew ever less often.
 */
public final class KvFeed {
    private final Worker worker;
    private final int owner;
    private final PrefixIndex index;
    private final Consumer<KvFeed> onStale;

    private final BlockTally tally = new BlockTally();
    private final DriftGuard guard = new DriftGuard();
    private FeedCursor cursor = new FeedCursor();
    private int subscription;
    private boolean stale;
    private boolean waiting;
    private boolean closed;
    private long gaps;
    private long skipped;
    private long drifts;
    private long stored;
    private long removed;
    private long cleared;

    /** What the index had left out of this owner's blocks when the feed was made, and at the last subscription. */
    private final long leftOutBefore;

    private long leftOutSeen;
    private @Nullable AutoCloseable handle;

    /** @param onStale told, on the worker's thread, that {@link #subscribe} must be called; must not block */
    public KvFeed(Worker worker, int owner, PrefixIndex index, Consumer<KvFeed> onStale) {
        this.worker = worker;
        this.owner = owner;
        this.index = index;
        this.onStale = onStale;
        this.leftOutBefore = index.leftOut(owner);
    }

    /** What went wrong so far: gaps found, events skipped as repeated, blocks not indexed for want of room. */
    public record Faults(long gaps, long skipped, long droppedBlocks) {}

    /** The number that stands for the worker in the index. */
    public int owner() {
        return owner;
    }

    /** Reads the worker's blocks from a new snapshot. Not under any lock: the worker calls back. */
    public void subscribe() {
        int mine;
        synchronized (this) {
            if (closed) {
                return;
            }
            mine = ++subscription;
            stale = false;
            waiting = true;
            cursor = new FeedCursor();
        }
        AutoCloseable fresh = worker.subscribe(event -> on(mine, event));
        AutoCloseable outdated;
        synchronized (this) {
            if (closed || mine != subscription) {
                outdated = fresh;
            } else {
                outdated = handle;
                handle = fresh;
            }
        }
        end(outdated);
    }

    /** No snapshot has come for a while: the worker has nothing, or does not say so; what it had is not believed for longer. */
    public synchronized void settle() {
        if (!closed && waiting) {
            forget();
        }
    }

    private void forget() {
        waiting = false;
        tally.clear();
        index.clear(owner);
        leftOutSeen = index.leftOut(owner);
    }

    /** The worker was given a prompt and is expected to hold its blocks until then, by the index's clock. */
    synchronized void predict(BlockHashes blocks, long deadlineNanos) {
        if (!closed) {
            index.predict(owner, blocks, deadlineNanos);
        }
    }

    /** Ends the stream and forgets the worker's blocks. */
    public void close() {
        AutoCloseable outdated;
        synchronized (this) {
            closed = true;
            outdated = handle;
            handle = null;
            index.clear(owner);
        }
        end(outdated);
    }

    public synchronized Faults faults() {
        return new Faults(gaps, skipped, index.leftOut(owner) - leftOutBefore);
    }

    /** What has become of the events, at a time of the clock that the worker's progress is told by. */
    synchronized FeedStatus status(long nowNanos) {
        Optional<EventProgress> told = worker.eventProgress();
        return new FeedStatus(
                stored,
                removed,
                cleared,
                drifts,
                told.map(progress -> Math.max(0, progress.lastId() - cursor.last()))
                        .orElse(0L),
                told.map(progress -> Math.max(0, nowNanos - progress.askedNanos()))
                        .orElse(0L));
    }

    private void on(int from, KvEvent event) {
        boolean turnedStale;
        synchronized (this) {
            if (closed || stale || from != subscription) {
                return;
            }
            FeedCursor.Verdict verdict = cursor.on(event);
            if (waiting && verdict != FeedCursor.Verdict.GAP) {
                forget();
            }
            switch (verdict) {
                case APPLY -> apply(event);
                case COMPARE -> compare((KvEvent.Digest) event);
                case SKIP -> skipped++;
                case GAP -> {
                    gaps++;
                    stale = true;
                }
            }
            if (index.leftOut(owner) > leftOutSeen && index.hasRoom()) {
                stale = true;
            }
            turnedStale = stale;
        }
        if (turnedStale) {
            onStale.accept(this);
        }
    }

    private void apply(KvEvent event) {
        tally.on(event);
        switch (event) {
            case KvEvent.Stored some -> this.stored++;
            case KvEvent.Removed some -> this.removed++;
            case KvEvent.Cleared all -> this.cleared++;
            case KvEvent.Lost never -> {}
            case KvEvent.Digest never -> {}
        }
        index.on(owner, event);
    }

    private void compare(KvEvent.Digest digest) {
        if (!guard.isDue()) {
            return;
        }
        if (digest.tiers().equals(tally.digests())) {
            guard.onMatch();
            return;
        }
        drifts++;
        stale = true;
        guard.onDrift();
        if (guard.turnedDoubtful()) {
            System.getLogger(KvFeed.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "the KV events of worker {0} do not fit its digests time after time; it is read anew less"
                                    + " often from now on",
                            worker.id());
        }
    }

    private static void end(@Nullable AutoCloseable subscription) {
        if (subscription == null) {
            return;
        }
        try {
            subscription.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            System.getLogger(KvFeed.class.getName())
                    .log(System.Logger.Level.WARNING, "a KV event subscription did not close cleanly", e);
        }
    }
}

package io.jynamo.router.index;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The distinct owner sets in use, one object each, counted by the blocks that have them and forgotten with the last.
 * Used under the index's writer lock.
 */
final class OwnerSets {
    /** A set's object, its array's header, and its entry in the map. */
    private static final long SET_BYTES = 24 + 16 + 48;

    private final Map<OwnerSet, OwnerSet> interned = new HashMap<>();
    private final long maxBytes;
    private long bytes;

    // Runs of blocks make the same step; the last one is remembered.
    private @Nullable OwnerSet lastFrom;
    private int lastOwner;
    private boolean lastAdds;
    private @Nullable OwnerSet lastTo;

    OwnerSets(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * The set with {@code owner} in or out. Where a new set would exceed the memory limit: null when adding, and when
     * taking out the empty set, which forgets the block rather than say too much of it.
     */
    @Nullable
    OwnerSet step(OwnerSet from, int owner, boolean adds) {
        if (from.is(lastFrom) && owner == lastOwner && adds == lastAdds) {
            return lastTo;
        }
        OwnerSet wanted = adds ? from.with(owner) : from.without(owner);
        OwnerSet to = wanted.isEmpty() ? OwnerSet.NONE : interned.get(wanted);
        if (to == null) {
            if (bytes + bytesOf(wanted) > maxBytes) {
                return adds ? null : OwnerSet.NONE;
            }
            to = wanted;
            interned.put(to, to);
            bytes += bytesOf(to);
        }
        lastFrom = from;
        lastOwner = owner;
        lastAdds = adds;
        lastTo = to;
        return to;
    }

    /** A block's set changed. */
    void moved(OwnerSet from, OwnerSet to) {
        if (!to.isEmpty()) {
            to.blocks++;
        }
        if (!from.isEmpty() && --from.blocks == 0) {
            interned.remove(from);
            bytes -= bytesOf(from);
            lastFrom = null;
        }
    }

    long bytes() {
        return bytes;
    }

    long maxBytes() {
        return maxBytes;
    }

    int count() {
        return interned.size();
    }

    private static long bytesOf(OwnerSet set) {
        return SET_BYTES + 8L * set.words();
    }
}

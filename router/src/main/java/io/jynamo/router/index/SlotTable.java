package io.jynamo.router.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One open-addressing table from block hash to owner set, for one writer at a time and any number of readers that
 * neither lock nor wait.
 *
 * <p>A key, once in a slot, stays there for the table's life, and only its owner set changes: a block without owners
 * keeps its slot until the index makes a new table. So a reader that saw a key may trust whatever set it reads next to it.
 *
 * <table>
 * <caption>Fields and how they are accessed</caption>
 * <tr><td>{@code keys[i]}</td><td>writer: release, after {@code owners[i]}; reader: acquire</td></tr>
 * <tr><td>{@code owners[i]}</td><td>writer: release; reader: acquire</td></tr>
 * <tr><td>{@code used}</td><td>writer only</td></tr>
 * </table>
 */
final class SlotTable {
    /** Bytes of one slot: a hash and a reference, which has four bytes up to 32 GiB of heap. */
    static final int SLOT_BYTES = 8 + (Runtime.getRuntime().maxMemory() < 32L << 30 ? 4 : 8);

    private static final VarHandle KEYS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle OWNERS = MethodHandles.arrayElementVarHandle(OwnerSet[].class);
    private static final long FREE = 0;
    private static final long STAND_IN_FOR_ZERO = 0x9E3779B97F4A7C15L;

    private final long[] keys;
    private final @Nullable OwnerSet[] owners;
    private int used;

    /** @param capacity a power of two */
    SlotTable(int capacity) {
        keys = new long[capacity];
        owners = new OwnerSet[capacity];
    }

    int capacity() {
        return keys.length;
    }

    /** Slots taken, those of blocks without owners included. */
    int used() {
        return used;
    }

    /** For readers: the owners of a block, none where it is not known. */
    OwnerSet owners(long hash) {
        long key = key(hash);
        int mask = keys.length - 1;
        for (int i = start(key, mask); ; i = (i + 1) & mask) {
            long found = (long) KEYS.getAcquire(keys, i);
            if (found == key) {
                return orNone((OwnerSet) OWNERS.getAcquire(owners, i));
            }
            if (found == FREE) {
                return OwnerSet.NONE;
            }
        }
    }

    /** For the writer: the slot of a block, or the complement of the free slot where it would go. */
    int slot(long hash) {
        long key = key(hash);
        int mask = keys.length - 1;
        for (int i = start(key, mask); ; i = (i + 1) & mask) {
            if (keys[i] == key) {
                return i;
            }
            if (keys[i] == FREE) {
                return ~i;
            }
        }
    }

    OwnerSet at(int slot) {
        return orNone(owners[slot]);
    }

    void replace(int slot, OwnerSet set) {
        OWNERS.setRelease(owners, slot, set);
    }

    /** Takes a free slot; at least one must stay free. */
    void take(int slot, long hash, OwnerSet set) {
        OWNERS.setRelease(owners, slot, set);
        KEYS.setRelease(keys, slot, key(hash));
        used++;
    }

    /** Fills an empty table, not yet seen by readers, with this one's blocks that have owners. */
    void copyTo(SlotTable target) {
        for (int i = 0; i < keys.length; i++) {
            OwnerSet set = owners[i];
            if (set != null && !set.isEmpty()) {
                target.take(~target.slot(keys[i]), keys[i], set);
            }
        }
    }

    private static OwnerSet orNone(@Nullable OwnerSet set) {
        return set == null ? OwnerSet.NONE : set;
    }

    private static long key(long hash) {
        return hash == FREE ? STAND_IN_FOR_ZERO : hash;
    }

    /** The hash is XXH3 of ours already; another engine's may not be as well mixed. */
    private static int start(long key, int mask) {
        return (int) ((key * 0x9E3779B97F4A7C15L) >>> 32) & mask;
    }
}

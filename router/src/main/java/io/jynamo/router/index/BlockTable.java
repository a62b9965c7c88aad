package io.jynamo.router.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Where each block lies: sequence hash to place, 12 bytes a slot, for one writer at a time and any number of readers
 * that neither lock nor wait.
 *
 * <p><b>How it works.</b> Open addressing in many small parts, each of which grows and shrinks by itself, so that a
 * change of size is short and needs little room. A removed key leaves no trace: those behind it move up. A reader that
 * a move may have misled sees the part's version changed and looks again; as each new try needs a writer's progress in
 * the same part, tries are few, and after {@value #TRIES} the block counts as unknown.
 *
 * <table>
 * <caption>Fields and how they are accessed; the writer reads all plainly</caption>
 * <tr><td>{@code Part.slots}</td><td>writer: release; reader: acquire</td></tr>
 * <tr><td>{@code Part.version}</td><td>writer: release, between taking a key out of a slot and showing another's place
 * there; reader: acquire first, opaque last</td></tr>
 * <tr><td>{@code Slots.keys[i]}</td><td>writer: release, after {@code places[i]}; reader: acquire</td></tr>
 * <tr><td>{@code Slots.places[i]}</td><td>writer: release; 0 while the key beside it changes; reader: acquire</td></tr>
 * </table>
 */
final class BlockTable {
    private static final VarHandle KEYS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle PLACES = MethodHandles.arrayElementVarHandle(int[].class);
    private static final VarHandle SLOTS;
    private static final VarHandle VERSION;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            SLOTS = lookup.findVarHandle(Part.class, "slots", Slots.class);
            VERSION = lookup.findVarHandle(Part.class, "version", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final int TRIES = 64;
    private static final int SLOT_BYTES = 12;
    private static final int PART_BYTES = 96;
    private static final int LEAST_SLOTS = 8;
    private static final long FREE = 0;
    private static final long STAND_IN_FOR_ZERO = 0x9E3779B97F4A7C15L;
    private static final Slots EMPTY = new Slots(1);

    private final MemoryBudget budget;
    private final Part[] parts;
    private final int partShift;

    /** @param partBits its parts are two to the power of this */
    BlockTable(MemoryBudget budget, int partBits) {
        this.budget = budget;
        this.partShift = 64 - partBits;
        parts = new Part[1 << partBits];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = new Part();
        }
        budget.take((long) PART_BYTES << partBits);
    }

    private static final class Slots {
        final long[] keys;
        final int[] places;

        Slots(int capacity) {
            keys = new long[capacity];
            places = new int[capacity];
        }

        int start(long mixed) {
            return (int) Math.unsignedMultiplyHigh(mixed, keys.length);
        }

        int after(int i) {
            return i + 1 == keys.length ? 0 : i + 1;
        }
    }

    private static final class Part {
        Slots slots = EMPTY;
        int version;
        int live;
    }

    /** For any thread: the place of a block, or 0. */
    int find(long hash) {
        long key = key(hash);
        long mixed = mix(key);
        Part part = part(mixed);
        for (int tries = 0; tries < TRIES; tries++) {
            int version = (int) VERSION.getAcquire(part);
            int place = find((Slots) SLOTS.getAcquire(part), key, inPart(mixed));
            if ((int) VERSION.getOpaque(part) == version) {
                return place;
            }
        }
        return 0;
    }

    private static int find(Slots slots, long key, long mixed) {
        long[] keys = slots.keys;
        int start = slots.start(mixed);
        int i = start;
        do {
            long found = (long) KEYS.getAcquire(keys, i);
            if (found == key) {
                int place = (int) PLACES.getAcquire(slots.places, i);
                if (place != 0) {
                    return place;
                }
            } else if (found == FREE) {
                return 0;
            }
            i = slots.after(i);
        } while (i != start);
        return 0;
    }

    /**
     * For the writer: brings the slots of some blocks near before they are used one by one, all at once.
     *
     * @return says nothing; using it keeps the reads
     */
    long touch(long[] hashes, int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i++) {
            long mixed = mix(key(hashes[i]));
            Slots slots = part(mixed).slots;
            int start = slots.start(inPart(mixed));
            sum += slots.keys[start] + slots.places[start];
        }
        return sum;
    }

    /** For the writer: adds a block that is not in; false where there is no room. */
    boolean insert(long hash, int place) {
        long key = key(hash);
        long mixed = mix(key);
        Part part = part(mixed);
        if (part.live + 1 > part.slots.keys.length / 5 * 4 && !makeRoom(part)) {
            return false;
        }
        put(part.slots, key, inPart(mixed), place);
        part.live++;
        return true;
    }

    private static void put(Slots slots, long key, long mixed, int place) {
        int i = slots.start(mixed);
        while (slots.keys[i] != FREE) {
            i = slots.after(i);
        }
        PLACES.setRelease(slots.places, i, place);
        KEYS.setRelease(slots.keys, i, key);
    }

    /** For the writer: takes out a block that is in. */
    void remove(long hash) {
        long key = key(hash);
        long mixed = mix(key);
        Part part = part(mixed);
        Slots slots = part.slots;
        int hole = slots.start(inPart(mixed));
        while (slots.keys[hole] != key) {
            hole = slots.after(hole);
        }
        int length = slots.keys.length;
        for (int i = slots.after(hole); slots.keys[i] != FREE; i = slots.after(i)) {
            int home = slots.start(inPart(mix(slots.keys[i])));
            if (distance(home, i, length) >= distance(hole, i, length)) {
                change(part, slots, hole, slots.keys[i], slots.places[i]);
                hole = i;
            }
        }
        change(part, slots, hole, FREE, 0);
        part.live--;
        if (part.live < length / 4 && length > LEAST_SLOTS || part.live == 0) {
            resize(part, part.live == 0 ? 0 : Math.max(LEAST_SLOTS, part.live * 2));
        }
    }

    /** Puts another key into a slot, so that no reader takes the place of one for that of the other. */
    private static void change(Part part, Slots slots, int i, long key, int place) {
        PLACES.setRelease(slots.places, i, 0);
        VERSION.setRelease(part, part.version + 1);
        KEYS.setRelease(slots.keys, i, key);
        VERSION.setRelease(part, part.version + 1);
        PLACES.setRelease(slots.places, i, place);
    }

    private static int distance(int from, int to, int length) {
        return to >= from ? to - from : to - from + length;
    }

    private boolean makeRoom(Part part) {
        int capacity = part.slots.keys.length;
        int wider = Math.max(LEAST_SLOTS, capacity + (capacity >> 2) + 4);
        return resize(part, wider) || part.live + 1 <= capacity / 16 * 15;
    }

    private boolean resize(Part part, int capacity) {
        if (!budget.take(bytes(capacity))) {
            return false;
        }
        Slots old = part.slots;
        Slots fresh = capacity == 0 ? EMPTY : new Slots(capacity);
        for (int i = 0; i < old.keys.length; i++) {
            if (old.keys[i] != FREE) {
                put(fresh, old.keys[i], inPart(mix(old.keys[i])), old.places[i]);
            }
        }
        SLOTS.setRelease(part, fresh);
        VERSION.setRelease(part, part.version + 1);
        budget.give(old == EMPTY ? 0 : bytes(old.keys.length));
        return true;
    }

    private static long bytes(int capacity) {
        return capacity == 0 ? 0 : (long) capacity * SLOT_BYTES + 48;
    }

    private Part part(long mixed) {
        return parts[partShift == 64 ? 0 : (int) (mixed >>> partShift)];
    }

    /** What is left of the mixed hash once the part is chosen. */
    private long inPart(long mixed) {
        return mixed << 64 - partShift;
    }

    private static long key(long hash) {
        return hash == FREE ? STAND_IN_FOR_ZERO : hash;
    }

    /** The hash is XXH3 of ours already; another engine's may not be as well mixed. */
    private static long mix(long key) {
        return key * 0x9E3779B97F4A7C15L;
    }
}

package io.jynamo.router.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Where each block lies: sequence hash to place, 12 bytes a slot, for one writer at a time and any number of readers
 * that neither lock nor wait.
 *
 * <p><b>How it works.</b> Open addressing in many parts, each an array that grows and shrinks by itself, so that a change
 * of size is short and needs little room. Two slots are three words, key, key and both places, so a probe mostly takes
 * one cache line. A removed key leaves no trace: those behind it move up. A reader that a move may have misled sees the
 * part's version changed and looks again; as each new try needs a writer's progress in the same part, tries are few, and
 * after {@value #TRIES} the block counts as unknown.
 *
 * <table>
 * <caption>Words of a part and how they are accessed; the writer reads all plainly</caption>
 * <tr><td>the part in {@code parts}</td><td>writer: release; reader: acquire</td></tr>
 * <tr><td>version, the first word</td><td>writer: release, between taking a key out of a slot and showing another's place
 * there; reader: acquire first, opaque last</td></tr>
 * <tr><td>how many pairs, the second word</td><td>never changed once readers can see the part</td></tr>
 * <tr><td>keys</td><td>writer: release, after their place; reader: acquire</td></tr>
 * <tr><td>places</td><td>writer: release; 0 while the key beside it changes; reader: acquire</td></tr>
 * </table>
 */
final class BlockTable {
    private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle PARTS = MethodHandles.arrayElementVarHandle(long[][].class);

    /** What {@link #claim} says where there is no room; no place has this number. */
    static final int FULL = -1;

    private static final int TRIES = 64;
    private static final int PAIRS = 1;
    private static final int HEAD = 2;
    private static final int PAIR = 3;
    private static final int LEAST_PAIRS = 4;
    private static final long FREE = 0;
    private static final long LOW = 0xFFFF_FFFFL;
    private static final long STAND_IN_FOR_ZERO = 0x9E3779B97F4A7C15L;
    private static final long[] EMPTY = {0, 1, 0, 0, 0};

    private final MemoryBudget budget;
    private final long[][] parts;
    private final int[] live;
    private final int partBits;

    /** @param partBits its parts are two to the power of this */
    BlockTable(MemoryBudget budget, int partBits) {
        this.budget = budget;
        this.partBits = partBits;
        parts = new long[1 << partBits][];
        live = new int[1 << partBits];
        Arrays.fill(parts, EMPTY);
        budget.take(12L << partBits);
    }

    /** For any thread: the place of a block, or 0. */
    int find(long hash) {
        long key = key(hash);
        long mixed = mix(key);
        int part = part(mixed);
        for (int tries = 0; tries < TRIES; tries++) {
            long[] words = (long[]) PARTS.getAcquire(parts, part);
            long version = (long) WORDS.getAcquire(words, 0);
            int place = find(words, key, mixed);
            if ((long) WORDS.getOpaque(words, 0) == version) {
                return place;
            }
        }
        return 0;
    }

    private int find(long[] words, long key, long mixed) {
        int begin = home(words, mixed);
        int at = begin;
        do {
            for (int half = 0; half < 2; half++) {
                long found = (long) WORDS.getAcquire(words, at + half);
                if (found == key) {
                    int place = (int) ((long) WORDS.getAcquire(words, at + 2) >>> (half << 5));
                    if (place != 0) {
                        return place;
                    }
                } else if (found == FREE) {
                    return 0;
                }
            }
            at = at + PAIR == words.length ? HEAD : at + PAIR;
        } while (at != begin);
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
            long[] words = parts[part(mixed)];
            sum += words[home(words, mixed)];
        }
        return sum;
    }

    /** For the writer: the place of a block, or 0. */
    int seek(long hash) {
        long key = key(hash);
        long mixed = mix(key);
        long[] words = parts[part(mixed)];
        int at = home(words, mixed);
        while (true) {
            long first = words[at];
            if (first == key) {
                return (int) words[at + 2];
            }
            long second = words[at + 1];
            if (second == key) {
                return (int) (words[at + 2] >>> 32);
            }
            if (first == FREE || second == FREE) {
                return 0;
            }
            at = at + PAIR == words.length ? HEAD : at + PAIR;
        }
    }

    /**
     * For the writer: gives a block a place, unless it has one.
     *
     * @return the one it has, 0 where it was given this one, or {@link #FULL}
     */
    int claim(long hash, int place) {
        long key = key(hash);
        long mixed = mix(key);
        int part = part(mixed);
        if (live[part] >= most(parts[part]) && !makeRoom(part)) {
            int known = seek(hash);
            return known == 0 ? FULL : known;
        }
        long[] words = parts[part];
        int at = home(words, mixed);
        while (true) {
            long first = words[at];
            long second = words[at + 1];
            if (first == key || second == key) {
                return (int) (words[at + 2] >>> (first == key ? 0 : 32));
            }
            if (first == FREE || second == FREE) {
                int half = first == FREE ? 0 : 1;
                place(words, at, half, place);
                WORDS.setRelease(words, at + half, key);
                live[part]++;
                return 0;
            }
            at = at + PAIR == words.length ? HEAD : at + PAIR;
        }
    }

    private void put(long[] words, long key, long mixed, int place) {
        int at = home(words, mixed);
        while (words[at] != FREE && words[at + 1] != FREE) {
            at = at + PAIR == words.length ? HEAD : at + PAIR;
        }
        int half = words[at] == FREE ? 0 : 1;
        place(words, at, half, place);
        WORDS.setRelease(words, at + half, key);
    }

    /** For the writer: takes out a block that is in. */
    void remove(long hash) {
        long key = key(hash);
        long mixed = mix(key);
        int part = part(mixed);
        long[] words = parts[part];
        int hole = 2 * pair(words, mixed);
        int slots = slots(words);
        while (words[word(hole)] != key) {
            hole = next(hole, slots);
        }
        for (int i = next(hole, slots); words[word(i)] != FREE; i = next(i, slots)) {
            long moving = words[word(i)];
            int home = 2 * pair(words, mix(moving));
            if (distance(home, i, slots) >= distance(hole, i, slots)) {
                change(words, hole, moving, place(words, i));
                hole = i;
            }
        }
        change(words, hole, FREE, 0);
        live[part]--;
        if ((live[part] < slots / 4 && slots > 2 * LEAST_PAIRS) || live[part] == 0) {
            resize(part, live[part] == 0 ? 0 : Math.max(LEAST_PAIRS, live[part]));
        }
    }

    /** Puts another key into a slot, so that no reader takes the place of one for that of the other. */
    private static void change(long[] words, int slot, long key, int place) {
        int pair = HEAD + (slot >>> 1) * PAIR;
        int half = slot & 1;
        place(words, pair, half, 0);
        WORDS.setRelease(words, 0, words[0] + 1);
        WORDS.setRelease(words, pair + half, key);
        WORDS.setRelease(words, 0, words[0] + 1);
        place(words, pair, half, place);
    }

    private static void place(long[] words, int pair, int half, int place) {
        long other = words[pair + 2] & ~(LOW << (half << 5));
        WORDS.setRelease(words, pair + 2, other | ((place & LOW) << (half << 5)));
    }

    private static int place(long[] words, int slot) {
        return (int) (words[HEAD + (slot >>> 1) * PAIR + 2] >>> ((slot & 1) << 5));
    }

    private static int word(int slot) {
        return HEAD + (slot >>> 1) * PAIR + (slot & 1);
    }

    private static int next(int slot, int slots) {
        return slot + 1 == slots ? 0 : slot + 1;
    }

    private static int distance(int from, int to, int slots) {
        return to >= from ? to - from : to - from + slots;
    }

    private boolean makeRoom(int part) {
        int slots = slots(parts[part]);
        int wider = Math.max(LEAST_PAIRS, slots / 2 + slots / 8 + 2);
        return resize(part, wider) || live[part] < slots / 16 * 15;
    }

    private boolean resize(int part, int pairs) {
        long[] old = parts[part];
        long[] fresh = EMPTY;
        if (pairs > 0) {
            if (!budget.take(bytes(HEAD + pairs * PAIR))) {
                return false;
            }
            fresh = new long[HEAD + pairs * PAIR];
            fresh[PAIRS] = pairs;
        }
        for (int slot = 0; slot < slots(old); slot++) {
            long key = old[word(slot)];
            if (key != FREE) {
                put(fresh, key, mix(key), place(old, slot));
            }
        }
        PARTS.setRelease(parts, part, fresh);
        if (!isShared(old)) {
            budget.give(bytes(old.length));
        }
        return true;
    }

    /** How many keys fit before the part grows; none in the one that all empty parts share. */
    private static int most(long[] words) {
        return isShared(words) ? 0 : slots(words) / 8 * 5;
    }

    private static boolean isShared(long[] words) {
        return words.length == EMPTY.length;
    }

    private static int slots(long[] words) {
        return (int) words[PAIRS] * 2;
    }

    private static long bytes(int words) {
        return 8L * words + 16;
    }

    private int part(long mixed) {
        return (int) (mixed >>> 1 >>> (63 - partBits));
    }

    /** The word of the pair where a key belongs: by what is left of the mixed hash once the part is chosen. */
    private int home(long[] words, long mixed) {
        return HEAD + PAIR * pair(words, mixed);
    }

    private int pair(long[] words, long mixed) {
        return (int) Math.unsignedMultiplyHigh(mixed << partBits, words[PAIRS]);
    }

    private static long key(long hash) {
        return hash == FREE ? STAND_IN_FOR_ZERO : hash;
    }

    /** The hash is XXH3 of ours already; another engine's may not be as well mixed. */
    private static long mix(long key) {
        return key * 0x9E3779B97F4A7C15L;
    }
}

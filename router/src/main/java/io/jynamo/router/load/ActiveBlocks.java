package io.jynamo.router.load;

import java.util.Arrays;

/**
 * The blocks that running requests hold on any worker, each with its holders: a hash table from block to owners, so that
 * a prefix many requests share counts once on each worker, and so that one walk along a prompt tells how far every
 * worker's requests go with it. Owners are small numbers. Any thread, one at a time.
 *
 * <p>A block that one owner holds, as nearly all are, is an entry of the table and nothing else; one that several hold
 * has a {@link Holders} beside it.
 */
final class ActiveBlocks {
    private static final int FIRST_CAPACITY = 1024;
    /** Not made smaller than this: load that comes and goes must not make the table come and go. */
    private static final int KEPT_CAPACITY = 8192;

    /** In {@code owners}: the block has several, in the list of this place. */
    private static final int SEVERAL = -1;

    private long[] keys = new long[FIRST_CAPACITY];
    /** Holders of the entry's block, 0 in an empty entry. */
    private int[] counts = new int[FIRST_CAPACITY];

    private int[] owners = new int[FIRST_CAPACITY];
    private Holders[] several = new Holders[FIRST_CAPACITY];
    private int entries;
    private long[] walk = new long[1];

    /** Distinct blocks held, whoever holds them. */
    synchronized int distinct() {
        return entries;
    }

    /** One more request of the owner holds each block; tells how many of them none of its requests held before. */
    synchronized int add(int owner, long[] sequences) {
        int fresh = 0;
        for (long sequence : sequences) {
            if (entries >= keys.length / 2) {
                resize(keys.length * 2);
            }
            int slot = slot(sequence);
            if (counts[slot] == 0) {
                keys[slot] = sequence;
                owners[slot] = owner;
                entries++;
                fresh++;
            } else if (owners[slot] == SEVERAL) {
                fresh += several[slot].add(owner, 1) == 1 ? 1 : 0;
            } else if (owners[slot] != owner) {
                several[slot] = Holders.of(owners[slot], counts[slot], owner);
                owners[slot] = SEVERAL;
                fresh++;
            }
            counts[slot]++;
        }
        return fresh;
    }

    /**
     * One request fewer of the owner holds each block; tells how many of them none of its requests holds any more.
     *
     * @throws IllegalStateException the owner does not hold one of them
     */
    synchronized int remove(int owner, long[] sequences) {
        int gone = 0;
        for (long sequence : sequences) {
            int slot = slot(sequence);
            if (counts[slot] == 0 || (owners[slot] != SEVERAL && owners[slot] != owner)) {
                throw new IllegalStateException("a block was released that worker " + owner + " does not hold");
            }
            gone += leave(owner, slot) ? 1 : 0;
        }
        if (keys.length > KEPT_CAPACITY && entries < keys.length / 16) {
            resize(keys.length / 4);
        }
        return gone;
    }

    private boolean leave(int owner, int slot) {
        counts[slot]--;
        if (owners[slot] != SEVERAL) {
            if (counts[slot] > 0) {
                return false;
            }
            entries--;
            closeGap(slot);
            return true;
        }
        if (several[slot].add(owner, -1) > 0) {
            return false;
        }
        if (several[slot].size() == 1) {
            owners[slot] = several[slot].first();
            several[slot] = Holders.NONE;
        }
        return true;
    }

    /** How many leading blocks the owner's requests hold. */
    synchronized int depth(int owner, long[] sequences) {
        int depth = 0;
        while (depth < sequences.length && isHeld(owner, slot(sequences[depth]))) {
            depth++;
        }
        return depth;
    }

    private boolean isHeld(int owner, int slot) {
        return counts[slot] > 0 && (owners[slot] == owner || (owners[slot] == SEVERAL && several[slot].holds(owner)));
    }

    /** Sets {@code depths} to how many leading blocks each owner's requests hold, for every owner below its length. */
    synchronized void depths(long[] sequences, int[] depths) {
        Arrays.fill(depths, 0);
        int words = (depths.length + 63) >>> 6;
        if (walk.length < words) {
            walk = new long[words];
        }
        if (sequences.length == 0 || !holders(slot(sequences[0]), words)) {
            return;
        }
        long[] left = walk;
        for (int at = 1; at < sequences.length; at++) {
            if (!keep(slot(sequences[at]), at, left, words, depths)) {
                return;
            }
        }
        for (int word = 0; word < words; word++) {
            tell(word, left[word], sequences.length, depths);
        }
    }

    /** Puts an entry's holders into {@code walk}; whether there are any. */
    private boolean holders(int slot, int words) {
        Arrays.fill(walk, 0, words, 0);
        if (counts[slot] == 0) {
            return false;
        }
        if (owners[slot] == SEVERAL) {
            several[slot].copy(walk, words);
        } else if (owners[slot] >>> 6 < words) {
            walk[owners[slot] >>> 6] = 1L << owners[slot];
        }
        return true;
    }

    /** Keeps of {@code left} who holds this entry too, and tells the depth of the others; whether any is left. */
    private boolean keep(int slot, int depth, long[] left, int words, int[] depths) {
        long any = 0;
        for (int word = 0; word < words; word++) {
            long before = left[word];
            if (before != 0) {
                long now = before & word(slot, word);
                if (now != before) {
                    tell(word, before & ~now, depth, depths);
                    left[word] = now;
                }
                any |= now;
            }
        }
        return any != 0;
    }

    private long word(int slot, int word) {
        if (counts[slot] == 0) {
            return 0;
        }
        if (owners[slot] == SEVERAL) {
            return several[slot].word(word);
        }
        return owners[slot] >>> 6 == word ? 1L << owners[slot] : 0;
    }

    private static void tell(int word, long bits, int depth, int[] depths) {
        for (long rest = bits; rest != 0; rest &= rest - 1) {
            int owner = (word << 6) + Long.numberOfTrailingZeros(rest);
            if (owner < depths.length) {
                depths[owner] = depth;
            }
        }
    }

    private int slot(long key) {
        int mask = keys.length - 1;
        int slot = home(key, mask);
        while (counts[slot] != 0 && keys[slot] != key) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    /** Moves later entries of a run back, so that no search ends early at the freed slot. */
    private void closeGap(int freed) {
        int mask = keys.length - 1;
        int gap = freed;
        for (int i = (gap + 1) & mask; counts[i] != 0; i = (i + 1) & mask) {
            int fromHome = (i - home(keys[i], mask)) & mask;
            if (fromHome >= ((i - gap) & mask)) {
                keys[gap] = keys[i];
                counts[gap] = counts[i];
                owners[gap] = owners[i];
                several[gap] = several[i];
                counts[i] = 0;
                gap = i;
            }
        }
        several[gap] = Holders.NONE;
    }

    private void resize(int capacity) {
        long[] oldKeys = keys;
        int[] oldCounts = counts;
        int[] oldOwners = owners;
        Holders[] oldSeveral = several;
        keys = new long[capacity];
        counts = new int[capacity];
        owners = new int[capacity];
        several = new Holders[capacity];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldCounts[i] != 0) {
                int slot = slot(oldKeys[i]);
                keys[slot] = oldKeys[i];
                counts[slot] = oldCounts[i];
                owners[slot] = oldOwners[i];
                several[slot] = oldSeveral[i];
            }
        }
    }

    private static int home(long key, int mask) {
        return (int) ((key * 0x9E3779B97F4A7C15L) >>> 32) & mask;
    }
}

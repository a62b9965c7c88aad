package io.jynamo.router.load;

import java.util.Arrays;

/**
 * The workers whose requests hold a run of blocks, each with the number of those requests: pairs while they are few,
 * a column by worker from then on, and a set of bits beside both. One thread at a time.
 */
final class Holders {
    private static final int FEW = 16;

    private int[] owners = new int[2];
    /** At least as long as the pairs. */
    private int[] counts = new int[2];

    private boolean byOwner;
    private int size;
    private long[] bits = new long[1];

    /** Becomes the same as others, to be counted apart from now on. */
    void set(Holders others) {
        owners = copy(others.owners, owners);
        counts = copy(others.counts, counts);
        byOwner = others.byOwner;
        size = others.size;
        if (bits.length < others.bits.length) {
            bits = others.bits.clone();
        } else {
            others.copy(bits, bits.length);
        }
    }

    /** In the memory that there is, where that is enough. */
    private static int[] copy(int[] from, int[] into) {
        if (into.length < from.length) {
            return from.clone();
        }
        System.arraycopy(from, 0, into, 0, from.length);
        Arrays.fill(into, from.length, into.length, 0);
        return into;
    }

    boolean isEmpty() {
        return size == 0;
    }

    boolean holds(int owner) {
        return (word(owner >>> 6) & (1L << owner)) != 0;
    }

    /** Bits of the owners from 64 times {@code word} on. */
    long word(int word) {
        return word < bits.length ? bits[word] : 0;
    }

    /** Sets the first {@code words} of {@code into}. */
    void copy(long[] into, int words) {
        int known = Math.min(words, bits.length);
        System.arraycopy(bits, 0, into, 0, known);
        Arrays.fill(into, known, words, 0);
    }

    /**
     * Adds to an owner's count and gives what it is then.
     *
     * @throws IllegalStateException it would be negative
     */
    int add(int owner, int more) {
        int at = byOwner ? owner : place(owner);
        if (at < 0 || at >= counts.length) {
            at = enter(owner, more);
        }
        int count = counts[at] + more;
        if (count < 0) {
            throw new IllegalStateException("a block was released that worker " + owner + " does not hold");
        }
        boolean was = counts[at] > 0;
        counts[at] = count;
        if (was != count > 0) {
            mark(owner, count > 0);
        }
        return count;
    }

    private void mark(int owner, boolean holds) {
        int word = owner >>> 6;
        if (word >= bits.length) {
            bits = Arrays.copyOf(bits, word + 1);
        }
        bits[word] = holds ? bits[word] | (1L << owner) : bits[word] & ~(1L << owner);
        size += holds ? 1 : -1;
    }

    /** The pair of an owner, or -1. */
    private int place(int owner) {
        for (int i = 0; i < owners.length; i++) {
            if (counts[i] > 0 && owners[i] == owner) {
                return i;
            }
        }
        return -1;
    }

    private int enter(int owner, int more) {
        if (more < 0) {
            throw new IllegalStateException("a block was released that worker " + owner + " does not hold");
        }
        if (!byOwner && size == FEW) {
            turn();
        }
        if (byOwner) {
            if (owner >= counts.length) {
                counts = Arrays.copyOf(counts, (owner | 63) + 1);
            }
            return owner;
        }
        int free = 0;
        while (free < owners.length && counts[free] > 0) {
            free++;
        }
        if (free == owners.length) {
            owners = Arrays.copyOf(owners, 2 * free);
            counts = Arrays.copyOf(counts, Math.max(2 * free, counts.length));
        }
        owners[free] = owner;
        return free;
    }

    private void turn() {
        int[] column = new int[bits.length * 64];
        for (int i = 0; i < owners.length; i++) {
            if (counts[i] > 0) {
                column[owners[i]] = counts[i];
            }
        }
        owners = new int[0];
        counts = column;
        byOwner = true;
    }
}

package io.jynamo.router.index;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An immutable set of owners, as bits. There is one object per distinct set ({@link OwnerSets}), so that sets are
 * compared by identity and a block's owners cost four bytes.
 */
final class OwnerSet {
    static final OwnerSet NONE = new OwnerSet(new long[0]);

    private final long[] bits;
    private final int hash;

    /** How many blocks have this set; written under the index's writer lock. */
    int blocks;

    private OwnerSet(long[] bits) {
        this.bits = bits;
        this.hash = Arrays.hashCode(bits);
    }

    boolean contains(int owner) {
        int word = owner >>> 6;
        return word < bits.length && (bits[word] >>> owner & 1) != 0;
    }

    /** Whether it is the very same object: interned sets are equal only then. */
    @SuppressWarnings("ReferenceEquality")
    boolean is(@Nullable OwnerSet other) {
        return this == other;
    }

    boolean isEmpty() {
        return bits.length == 0;
    }

    OwnerSet with(int owner) {
        long[] more = Arrays.copyOf(bits, Math.max(bits.length, (owner >>> 6) + 1));
        more[owner >>> 6] |= 1L << owner;
        return new OwnerSet(more);
    }

    OwnerSet without(int owner) {
        long[] fewer = bits.clone();
        fewer[owner >>> 6] &= ~(1L << owner);
        int words = fewer.length;
        while (words > 0 && fewer[words - 1] == 0) {
            words--;
        }
        return words == 0 ? NONE : new OwnerSet(Arrays.copyOf(fewer, words));
    }

    /** Word {@code i} of the bits, 0 beyond the last. */
    long word(int i) {
        return i < bits.length ? bits[i] : 0;
    }

    int words() {
        return bits.length;
    }

    /** The first owner from {@code owner} on, or -1. */
    int next(int owner) {
        for (int word = owner >>> 6; word < bits.length; word++) {
            long rest = word == owner >>> 6 ? bits[word] & (-1L << owner) : bits[word];
            if (rest != 0) {
                return (word << 6) + Long.numberOfTrailingZeros(rest);
            }
        }
        return -1;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OwnerSet that && Arrays.equals(bits, that.bits);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}

package io.jynamo.router.index;

import io.jynamo.protocol.KvEvent.Tier;
import java.util.Arrays;

/**
 * An immutable set of members, each an owner on a plane: one plane for each tier, and one for predictions. Few members
 * are a sorted list, many are bits. Blocks that have the same members share one object, so identity is equality.
 */
final class OwnerSet {
    static final int PREDICTED = Tier.values().length;
    static final int PLANES = PREDICTED + 1;
    static final OwnerSet NONE = new OwnerSet(new int[0], new long[0], 0);

    private static final int SPARSE = 16;
    private static final int SHIFT = 3;
    private static final long OBJECT_BYTES = 56 + 16 + 16;

    /** Sorted; empty where {@link #bits} has them. */
    private final int[] members;

    /** Plane by plane up to the last in use, {@link #words} each; empty where {@link #members} has them. */
    private final long[] bits;

    private final int words;
    private final int size;
    private final int hash;
    private final int planes;

    /** The member of a set of one, else -1. */
    private final int only;

    /** Its number while blocks have it; written and read under the writer's lock only. */
    int id;

    /** How many blocks have it; written and read under the writer's lock only. */
    long blocks;

    private OwnerSet(int[] members, long[] bits, int words) {
        this.members = members;
        this.bits = bits;
        this.words = words;
        int count = members.length;
        int seen = 0;
        for (int member : members) {
            seen |= 1 << plane(member);
        }
        for (int i = 0; i < bits.length; i++) {
            count += Long.bitCount(bits[i]);
            seen |= bits[i] == 0 ? 0 : 1 << (i / words);
        }
        this.size = count;
        this.planes = seen;
        this.only = members.length == 1 ? members[0] : -1;
        this.hash = 31 * Arrays.hashCode(members) + Arrays.hashCode(bits);
    }

    static int member(int owner, int plane) {
        return (owner << SHIFT) | plane;
    }

    static int plane(Tier tier) {
        return switch (tier) {
            case DEVICE -> 0;
            case HOST -> 1;
            case DISK -> 2;
            case REMOTE -> 3;
        };
    }

    static int owner(int member) {
        return member >>> SHIFT;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Words of 64 owners that it fills. */
    int words() {
        return words;
    }

    /** Whether any member is on another plane than the device's. */
    boolean reachesBelowDevice() {
        return (planes & ~((1 << plane(Tier.DEVICE)) | (1 << PREDICTED))) != 0;
    }

    long bytes() {
        return OBJECT_BYTES + 4L * members.length + 8L * bits.length;
    }

    boolean isOnly(int member) {
        return only == member;
    }

    boolean contains(int member) {
        if (only >= 0) {
            return only == member;
        }
        if (bits.length == 0) {
            return Arrays.binarySearch(members, member) >= 0;
        }
        int owner = owner(member);
        int at = plane(member) * words + (owner >>> 6);
        return owner >>> 6 < words && at < bits.length && (bits[at] & (1L << owner)) != 0;
    }

    /** The planes, as bits, on which it has the owner. */
    int planesOf(int owner) {
        if (only >= 0) {
            return owner(only) == owner ? 1 << plane(only) : 0;
        }
        int found = 0;
        for (int plane = 0; plane < PLANES; plane++) {
            found |= (planes & (1 << plane)) != 0 && contains(member(owner, plane)) ? 1 << plane : 0;
        }
        return found;
    }

    OwnerSet with(int member) {
        int owner = owner(member);
        if (bits.length == 0 && members.length < SPARSE) {
            int at = ~Arrays.binarySearch(members, member);
            int[] more = Arrays.copyOf(members, members.length + 1);
            System.arraycopy(members, at, more, at + 1, members.length - at);
            more[at] = member;
            return new OwnerSet(more, new long[0], Math.max(words, (owner >>> 6) + 1));
        }
        int wide = Math.max(words, (owner >>> 6) + 1);
        long[] more = dense(wide, plane(member));
        more[plane(member) * wide + (owner >>> 6)] |= 1L << owner;
        return new OwnerSet(new int[0], more, wide);
    }

    OwnerSet without(int member) {
        if (bits.length == 0) {
            int at = Arrays.binarySearch(members, member);
            int[] fewer = new int[members.length - 1];
            System.arraycopy(members, 0, fewer, 0, at);
            System.arraycopy(members, at + 1, fewer, at, fewer.length - at);
            return fewer.length == 0 ? NONE : new OwnerSet(fewer, new long[0], wordsOf(fewer));
        }
        long[] fewer = bits.clone();
        fewer[plane(member) * words + (owner(member) >>> 6)] &= ~(1L << owner(member));
        if (size - 1 <= SPARSE) {
            int[] few = list(fewer, words, size - 1);
            return new OwnerSet(few, new long[0], wordsOf(few));
        }
        int needed = wordsInUse(fewer, words);
        return new OwnerSet(new int[0], trimmed(fewer, words, needed), needed);
    }

    /** The same without an owner, on whatever plane. */
    OwnerSet withoutOwner(int owner) {
        OwnerSet left = this;
        int from = planesOf(owner);
        for (int plane = 0; plane < PLANES; plane++) {
            left = (from & (1 << plane)) == 0 ? left : left.without(member(owner, plane));
        }
        return left;
    }

    /** Every member, sorted. */
    int[] members() {
        return bits.length == 0 ? members : list(bits, words, size);
    }

    /** Sets {@code row} to the owners on the allowed planes, bit by bit. */
    void unite(int allowed, long[] rows, int row, int width) {
        Arrays.fill(rows, row, row + width, 0);
        for (int member : members) {
            if ((allowed & (1 << plane(member))) != 0) {
                rows[row + (owner(member) >>> 6)] |= 1L << owner(member);
            }
        }
        for (int plane = 0; bits.length > 0 && plane < PLANES; plane++) {
            if ((allowed & planes & (1 << plane)) != 0) {
                for (int word = 0; word < Math.min(words, width); word++) {
                    rows[row + word] |= bits[plane * words + word];
                }
            }
        }
    }

    /**
     * Sets the row after {@code row} to those of it that the set has on the allowed planes.
     *
     * @return the bits that are in {@code row} and not in the next, and those that are in both
     */
    boolean intersect(int allowed, long[] rows, int row, int width) {
        int next = row + width;
        if (bits.length == 0) {
            Arrays.fill(rows, next, next + width, 0);
            for (int member : members) {
                int word = owner(member) >>> 6;
                if ((allowed & (1 << plane(member))) != 0 && word < width) {
                    rows[next + word] |= rows[row + word] & (1L << owner(member));
                }
            }
        } else if ((allowed & planes) == 1) {
            int shared = Math.min(words, width);
            for (int word = 0; word < shared; word++) {
                rows[next + word] = rows[row + word] & bits[word];
            }
            Arrays.fill(rows, next + shared, next + width, 0);
        } else {
            unite(allowed, rows, next, width);
            for (int word = 0; word < width; word++) {
                rows[next + word] &= rows[row + word];
            }
        }
        long lost = 0;
        for (int word = 0; word < width; word++) {
            lost |= rows[row + word] ^ rows[next + word];
        }
        return lost != 0;
    }

    boolean hasSameMembers(OwnerSet that) {
        return hash == that.hash && Arrays.equals(members, that.members) && Arrays.equals(bits, that.bits);
    }

    int hash() {
        return hash;
    }

    private static int plane(int member) {
        return member & ((1 << SHIFT) - 1);
    }

    private static int wordsOf(int[] members) {
        return members.length == 0 ? 0 : (owner(members[members.length - 1]) >>> 6) + 1;
    }

    /** A copy with that many words a plane, and planes up to the given one or the last in use. */
    private long[] dense(int wide, int atLeast) {
        int last = Math.max(atLeast, 31 - Integer.numberOfLeadingZeros(planes));
        long[] copy = new long[(last + 1) * wide];
        for (int plane = 0; plane * words < bits.length; plane++) {
            System.arraycopy(bits, plane * words, copy, plane * wide, words);
        }
        for (int member : members) {
            copy[plane(member) * wide + (owner(member) >>> 6)] |= 1L << owner(member);
        }
        return copy;
    }

    private static int wordsInUse(long[] bits, int wide) {
        int needed = wide;
        while (needed > 0 && isEmpty(bits, needed - 1, bits.length / wide, wide)) {
            needed--;
        }
        return needed;
    }

    /** Without the last words and planes where they are empty, so that equal sets have equal arrays. */
    private static long[] trimmed(long[] bits, int wide, int needed) {
        int planes = bits.length / wide;
        while (isEmpty(bits, (planes - 1) * wide, wide, 1)) {
            planes--;
        }
        if (needed == wide && planes * wide == bits.length) {
            return bits;
        }
        long[] narrow = new long[planes * needed];
        for (int plane = 0; plane < planes; plane++) {
            System.arraycopy(bits, plane * wide, narrow, plane * needed, needed);
        }
        return narrow;
    }

    private static boolean isEmpty(long[] bits, int from, int count, int stride) {
        long any = 0;
        for (int i = 0; i < count; i++) {
            any |= bits[from + i * stride];
        }
        return any == 0;
    }

    private static int[] list(long[] from, int wide, int size) {
        int[] all = new int[size];
        int count = 0;
        for (int at = 0; at < from.length; at++) {
            for (long rest = from[at]; rest != 0; rest &= rest - 1) {
                all[count++] = member(((at % wide) << 6) + Long.numberOfTrailingZeros(rest), at / wide);
            }
        }
        Arrays.sort(all);
        return all;
    }
}

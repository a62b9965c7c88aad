package io.jynamo.text.tokenizer;

/**
 * The words of one lane, at most fifteen bytes and six tokens long, with their ids: one or two lines of memory a look-up and no objects. Only
 * the thread that holds the lane touches it.
 *
 * <p>Layout, four longs a word: the first eight bytes; the other seven, the length and the count of ids (four bits each); two longs of three
 * ids of twenty bits. A word has two places side by side; a third word that falls on them drives out the older. {@link #SLOTS} words, two
 * megabytes.
 */
final class HotWords {
    static final int MAX_BYTES = 15;
    static final int MAX_IDS = 6;
    private static final int LENGTH_SHIFT = 56;

    /** The part of the second long that tells words apart. */
    private static final long KEY = (1L << 60) - 1;

    private static final int COUNT_SHIFT = 60;
    private static final int ID_BITS = 20;
    private static final int ID = (1 << ID_BITS) - 1;
    private static final int WORD = 4;

    private static final int SLOTS = 1 << 16;
    /** The highest bits of a hash depend on all of the word. */
    private static final int SHIFT = 64 - 16;

    private static final long[] LOW = new long[MAX_BYTES + 1];
    private static final long[] HIGH = new long[MAX_BYTES + 1];

    static {
        for (int n = 0; n <= MAX_BYTES; n++) {
            LOW[n] = n >= 8 ? -1L : (1L << (8 * n)) - 1;
            HIGH[n] = n <= 8 ? 0 : (1L << (8 * (n - 8))) - 1;
        }
    }

    private final long[] slots = new long[SLOTS * WORD];

    /** The first eight bytes of a word of at most {@link #MAX_BYTES}, zero where it is shorter. */
    static long low(byte[] s, int from, int length) {
        return Utf8.longAt(s, from) & LOW[length];
    }

    /** The other bytes. */
    static long rest(byte[] s, int from, int length) {
        return Utf8.longAt(s, from + 8) & HIGH[length];
    }

    /** Where the first place of a word begins; the second follows it. */
    private static int slot(long low, long key) {
        return ((int) (WholeWords.hash(low, key) >>> SHIFT) & -2) * WORD;
    }

    private static long key(long rest, int length) {
        return rest | (long) length << LENGTH_SHIFT;
    }

    /**
     * Where a word lies, or -1; no branch depends on the word, so that several are looked for at once. {@code rest} is what {@link #rest}
     * gives; words of more than {@link #MAX_BYTES} are never there.
     */
    int find(long low, long rest, int length) {
        long key = key(rest, length);
        int slot = slot(low, key);
        slot += WORD & differs(slot, low, key);
        return slot | differs(slot, low, key) | ((MAX_BYTES - length) >> 31);
    }

    /** Zero where the word at a place is this one, else -1. */
    private int differs(int slot, long low, long key) {
        long bits = (slots[slot] ^ low) | ((slots[slot + 1] ^ key) & KEY);
        return (int) ((bits | -bits) >> 63);
    }

    /** Whether a word that was found at {@code slot} is still there. */
    boolean holds(int slot, long low, long rest, int length) {
        return differs(slot, low, key(rest, length)) == 0;
    }

    /**
     * Writes the ids of the word that lies at {@code slot} and returns how many they are. Three or six are written whatever there are: what
     * comes next writes over those too many.
     */
    int write(int slot, int[] ids, int at) {
        int count = (int) (slots[slot + 1] >>> COUNT_SHIFT);
        unpack(slots[slot + 2], ids, at);
        if (count > 3) {
            unpack(slots[slot + 3], ids, at + 3);
        }
        return count;
    }

    private static void unpack(long three, int[] ids, int at) {
        ids[at] = (int) three & ID;
        ids[at + 1] = (int) (three >>> ID_BITS) & ID;
        ids[at + 2] = (int) (three >>> (2 * ID_BITS));
    }

    /** Keeps a word with its ids, those of {@code ids} from {@code from} to {@code to}, where they are few enough. */
    void put(long low, long rest, int length, int[] ids, int from, int to) {
        int count = to - from;
        if (count > MAX_IDS) {
            return;
        }
        long key = key(rest, length);
        int slot = slot(low, key);
        System.arraycopy(slots, slot, slots, slot + WORD, WORD);
        slots[slot] = low;
        slots[slot + 1] = key | ((long) count << COUNT_SHIFT);
        slots[slot + 2] = packed(ids, from, Math.min(to, from + 3));
        slots[slot + 3] = packed(ids, Math.min(to, from + 3), to);
    }

    private static long packed(int[] ids, int from, int to) {
        long all = 0;
        for (int i = to - 1; i >= from; i--) {
            all = (all << ID_BITS) | ids[i];
        }
        return all;
    }
}

package io.jynamo.router.index;

import io.jynamo.protocol.BlockHasher;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The blocks themselves, in runs: up to {@value #SLOTS} blocks of one chain, each the child of the one before it, side
 * by side in 256 bytes. For one writer at a time and any number of readers that neither lock nor wait.
 *
 * <p>A run's words: the blocks' local hashes; the numbers of their owner sets, two in a word; the writer's own word; the
 * runs before and after it, where the chain goes on; the sequence hash of the block before its first (0 at a root). What
 * an update touches lies together. A place is a run's number and a slot in it, never 0.
 *
 * <p><b>Invariants.</b> (1) A slot, once it has a local hash, stands for that block until the whole run is given up: only
 * its owner set changes, to 0 when nobody has the block. (2) A run in which no block has owners is given up, and used
 * for another chain only after {@link Grace}: so what a reader found by its place stays what it is while it reads. (3) A
 * link to a run is cut before the run is given up.
 *
 * <table>
 * <caption>Words and how they are accessed; the writer reads all plainly</caption>
 * <tr><td>owner sets</td><td>writer: release; reader: acquire, before the local hash</td></tr>
 * <tr><td>local hashes, last word</td><td>writer: plain, before their owner set; reader: plain</td></tr>
 * <tr><td>links</td><td>writer: release, after the linked run's words; reader: acquire</td></tr>
 * <tr><td>the writer's own</td><td>blocks taken, blocks with owners, kind; in an idle run its successor and epoch</td></tr>
 * </table>
 */
final class Runs {
    static final int SLOTS = 19;
    static final int PLACE_BITS = 5;

    private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int RUN_SHIFT = 5;
    private static final int SETS = SLOTS;
    private static final int OWN = SETS + (SLOTS + 1) / 2;
    private static final int LINKS = OWN + 1;
    private static final int BEFORE = OWN + 2;
    private static final long LOW = 0xFFFF_FFFFL;
    private static final int LIVE_SHIFT = 8;
    private static final int KIND_SHIFT = 16;
    private static final long[] ABSENT = new long[0];

    /** How a run's sequence hashes follow from its last word and its local hashes. */
    static final int CHAINED = 0;
    /** Its first block is a root. */
    static final int ROOT = 1;
    /** Its only block is named by another's rule: the last word is its own sequence hash. */
    static final int LOOSE = 2;

    private final MemoryBudget budget;
    private final Grace grace;
    private final int pageShift;
    private long[][] pages = new long[0][];
    private int[] free = new int[0];
    private int[] taken = new int[0];
    private final BitSet withFree = new BitSet();
    private int current;
    private int idleFirst;
    private int idleLast;

    /** @param pageShift a page is two to the power of this many runs, made and given back as one */
    Runs(MemoryBudget budget, Grace grace, int pageShift) {
        this.budget = budget;
        this.grace = grace;
        this.pageShift = pageShift;
    }

    static int place(int run, int slot) {
        return (run << PLACE_BITS) | slot;
    }

    static int run(int place) {
        return place >>> PLACE_BITS;
    }

    static int slot(int place) {
        return place & ((1 << PLACE_BITS) - 1);
    }

    long[] page(int run) {
        return pages[run >>> pageShift];
    }

    int base(int run) {
        return (run & ((1 << pageShift) - 1)) << RUN_SHIFT;
    }

    /** The number of a slot's owner set; for any thread. */
    static int set(long[] page, int base, int slot) {
        long word = (long) WORDS.getAcquire(page, base + SETS + (slot >>> 1));
        return (int) (word >>> ((slot & 1) << 5));
    }

    /** For the writer: brings what a change of the block's owners needs near; what it gives says nothing. */
    long touch(int place) {
        if (place == 0) {
            return 0;
        }
        int run = run(place);
        int base = base(run);
        long[] page = page(run);
        return page[base + SETS + (slot(place) >>> 1)] + page[base + OWN];
    }

    /** A slot's local hash; for any thread, after {@link #set} was not 0. */
    static long local(long[] page, int base, int slot) {
        return page[base + slot];
    }

    /** The run in which the chain goes on, or 0; for any thread. */
    static int next(long[] page, int base) {
        return (int) (long) WORDS.getAcquire(page, base + LINKS);
    }

    static long before(long[] page, int base) {
        return page[base + BEFORE];
    }

    static int taken(long[] page, int base) {
        return (int) (page[base + OWN] & 0xFF);
    }

    static int kind(long[] page, int base) {
        return (int) (page[base + OWN] >>> KIND_SHIFT) & 3;
    }

    /** A page's runs in order, for sweeps: how many numbers there are. */
    int end() {
        return pages.length << pageShift;
    }

    /** Whether the run is on a page that exists. */
    boolean exists(int run) {
        return pages[run >>> pageShift].length > 0;
    }

    /** Takes the next slot of a run; it has no owners yet, so no reader looks at it. */
    static int append(long[] page, int base, long local) {
        int slot = taken(page, base);
        page[base + slot] = local;
        page[base + OWN]++;
        return slot;
    }

    /** Takes back the slot that was taken last. */
    static void takeBack(long[] page, int base) {
        page[base + OWN]--;
    }

    static void link(long[] page, int base, int next) {
        WORDS.setRelease(page, base + LINKS, (page[base + LINKS] & ~LOW) | next);
    }

    private static void linkBack(long[] page, int base, int before) {
        WORDS.setRelease(page, base + LINKS, (page[base + LINKS] & LOW) | ((long) before << 32));
    }

    /** Changes a slot's owner set; gives how many blocks of the run have owners now. */
    static int change(long[] page, int base, int slot, int set) {
        int at = base + SETS + (slot >>> 1);
        int shift = (slot & 1) << 5;
        long word = page[at];
        int old = (int) (word >>> shift);
        WORDS.setRelease(page, at, (word & ~(LOW << shift)) | ((set & LOW) << shift));
        if (old == 0) {
            page[base + OWN] += 1 << LIVE_SHIFT;
        } else if (set == 0) {
            page[base + OWN] -= 1 << LIVE_SHIFT;
        }
        return live(page, base);
    }

    /** Computes the sequence hashes of a run's blocks; for the writer. */
    static void chain(long[] page, int base, long[] sequences) {
        long last = before(page, base);
        int kind = kind(page, base);
        for (int slot = 0; slot < taken(page, base); slot++) {
            long local = local(page, base, slot);
            if (slot > 0 || kind == CHAINED) {
                last = BlockHasher.chain(last, local);
            } else if (kind == ROOT) {
                last = local;
            }
            sequences[slot] = last;
        }
    }

    static int live(long[] page, int base) {
        return (int) (page[base + OWN] >>> LIVE_SHIFT) & 0xFF;
    }

    /**
     * A run without blocks, or 0 where there is no room.
     *
     * @param before sequence hash of the block before its first, or what {@link #LOOSE} says
     * @param follows the run that it continues, or 0
     */
    int allocate(long before, int kind, int follows) {
        reclaim();
        int run = pick();
        if (run == 0) {
            return 0;
        }
        long[] page = page(run);
        int base = base(run);
        page[base + BEFORE] = before;
        page[base + LINKS] = (long) follows << 32;
        page[base + OWN] = (long) kind << KIND_SHIFT;
        Arrays.fill(page, base + SETS, base + OWN, 0);
        return run;
    }

    /** Gives up a run in which no block has owners and which the table does not know any more. */
    void giveUp(int run) {
        long[] page = page(run);
        int base = base(run);
        int before = (int) (page[base + LINKS] >>> 32);
        int next = (int) page[base + LINKS];
        if (before != 0 && next(page(before), base(before)) == run) {
            link(page(before), base(before), 0);
        }
        if (next != 0) {
            linkBack(page(next), base(next), 0);
        }
        WORDS.setRelease(page, base + LINKS, 0L);
        page[base + OWN] = (long) grace.epoch() << 32;
        if (idleLast == 0) {
            idleFirst = run;
        } else {
            page(idleLast)[base(idleLast) + OWN] |= run;
        }
        idleLast = run;
    }

    /** Makes runs usable again that no reader can see any more. */
    void reclaim() {
        while (idleFirst != 0) {
            int run = idleFirst;
            long own = page(run)[base(run) + OWN];
            if (!grace.isOver((int) (own >>> 32))) {
                return;
            }
            idleFirst = (int) own;
            if (idleFirst == 0) {
                idleLast = 0;
            }
            free(run);
        }
    }

    private void free(int run) {
        int number = run >>> pageShift;
        page(run)[base(run) + OWN] = free[number];
        free[number] = run;
        withFree.set(number);
        if (--taken[number] == 0) {
            pages[number] = ABSENT;
            free[number] = 0;
            withFree.clear(number);
            budget.give(pageBytes());
        }
    }

    private int pick() {
        if (!withFree.get(current)) {
            int lowest = withFree.nextSetBit(0);
            if (lowest < 0 && !addPage()) {
                return 0;
            }
            current = withFree.nextSetBit(0);
        }
        int run = free[current];
        free[current] = (int) page(run)[base(run) + OWN];
        taken[current]++;
        if (free[current] == 0) {
            withFree.clear(current);
        }
        return run;
    }

    private boolean addPage() {
        int number = 0;
        while (number < pages.length && pages[number].length > 0) {
            number++;
        }
        if ((number == pages.length && !addNumbers()) || !budget.take(pageBytes())) {
            return false;
        }
        int runs = 1 << pageShift;
        long[] page = new long[runs << RUN_SHIFT];
        int first = number << pageShift;
        int last = 0;
        for (int run = first + runs - 1; run >= Math.max(1, first); run--) {
            page[base(run) + OWN] = last;
            last = run;
        }
        free[number] = last;
        pages[number] = page;
        withFree.set(number);
        return true;
    }

    private boolean addNumbers() {
        int more = Math.max(16, pages.length * 2);
        if ((long) more << pageShift > 1L << (32 - PLACE_BITS) || !budget.take((more - pages.length) * 13L)) {
            return false;
        }
        long[][] wider = Arrays.copyOf(pages, more);
        Arrays.fill(wider, pages.length, more, ABSENT);
        free = Arrays.copyOf(free, more);
        taken = Arrays.copyOf(taken, more);
        pages = wider;
        return true;
    }

    private long pageBytes() {
        return (8L << RUN_SHIFT << pageShift) + 16;
    }
}

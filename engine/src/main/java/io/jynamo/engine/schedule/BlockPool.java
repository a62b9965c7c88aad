package io.jynamo.engine.schedule;

import io.jynamo.protocol.BlockTally;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.SequenceHash;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The life of every KV block of one engine: who holds it, whether it can be reused, and which goes next when room is
 * needed. Pure bookkeeping over block ids; the memory behind them belongs to the step runner.
 *
 * <p><b>How it works.</b> A block is in exactly one state:
 *
 * <table>
 * <caption>transitions</caption>
 * <tr><th>from</th><th>by</th><th>to</th></tr>
 * <tr><td>FREE</td><td>{@link #tryReserve} (one reference, generation + 1)</td><td>RESERVED</td></tr>
 * <tr><td>RESERVED, PARTIAL</td><td>{@link #fill} (sole holder only)</td><td>PARTIAL, COMPLETE when full</td></tr>
 * <tr><td>COMPLETE</td><td>{@link #register}, hash new</td><td>REGISTERED</td></tr>
 * <tr><td>COMPLETE</td><td>{@link #register}, hash known</td><td>reference moves to the block that has it</td></tr>
 * <tr><td>RESERVED, PARTIAL, COMPLETE</td><td>last {@link #release}</td><td>FREE</td></tr>
 * <tr><td>REGISTERED</td><td>last {@link #release}</td><td>CACHED</td></tr>
 * <tr><td>CACHED</td><td>{@link #acquire}</td><td>REGISTERED</td></tr>
 * <tr><td>CACHED</td><td>eviction, within {@link #tryReserve}</td><td>FREE, then RESERVED</td></tr>
 * </table>
 *
 * <p>Invariants: at most one block per sequence hash; a block with references is never evicted and a block with more
 * than one is never written; a hit is verified token by token and parent by parent, so a hash collision is a miss.
 * Eviction takes the block unused for longest whose children are gone. Holders release a sequence last block first,
 * and using a block means using its ancestors, so that order is nearly always that of the list; the exceptions (a block
 * held without its ancestors, by a pin) are stepped over.
 *
 * <p>Used by one thread at a time.
 */
public final class BlockPool {
    /** No block. */
    public static final int NONE = -1;

    /** Where a block is in its life. */
    public enum State {
        FREE,
        RESERVED,
        PARTIAL,
        COMPLETE,
        REGISTERED,
        CACHED
    }

    private final int blockTokens;
    private final State[] states;
    private final int[] references;
    private final int[] filled;
    private final long[] generations;
    // Of registered and cached blocks.
    private final BlockIndex index;
    private final long[] sequences;
    private final long[] locals;
    private final int[] parents;
    private final long[] parentGenerations;
    private final int[] children;
    private final int[] tokens;
    private final @Nullable CacheScope[] scopes;
    // Free blocks, a stack; cached blocks, a list from the one unused for longest.
    private final int[] free;
    private int freeCount;
    private final int[] older;
    private final int[] newer;
    private int oldest = NONE;
    private int newest = NONE;
    private int cachedCount;
    private final KvEventLog log = new KvEventLog();
    private final BlockTally tally = new BlockTally();

    /**
     * @param blocks number of blocks, at least 1
     * @param blockTokens tokens per block, at least 1
     */
    public BlockPool(int blocks, int blockTokens) {
        if (blocks < 1 || blockTokens < 1) {
            throw new IllegalArgumentException("a pool needs blocks and block tokens: " + blocks + ", " + blockTokens);
        }
        this.blockTokens = blockTokens;
        states = new State[blocks];
        Arrays.fill(states, State.FREE);
        references = new int[blocks];
        filled = new int[blocks];
        generations = new long[blocks];
        sequences = new long[blocks];
        index = new BlockIndex(sequences);
        locals = new long[blocks];
        parents = new int[blocks];
        parentGenerations = new long[blocks];
        children = new int[blocks];
        tokens = new int[Math.multiplyExact(blocks, blockTokens)];
        scopes = new CacheScope[blocks];
        older = new int[blocks];
        newer = new int[blocks];
        free = new int[blocks];
        for (int i = 0; i < blocks; i++) {
            free[i] = blocks - 1 - i;
        }
        freeCount = blocks;
    }

    public int capacity() {
        return states.length;
    }

    public int blockTokens() {
        return blockTokens;
    }

    /** Blocks that somebody holds. */
    public int used() {
        return capacity() - freeCount - cachedCount;
    }

    /** Blocks that nobody holds but that can still be reused. */
    public int cached() {
        return cachedCount;
    }

    /** How many more blocks {@link #tryReserve} can give. */
    public int available() {
        return freeCount + cachedCount;
    }

    public State state(int block) {
        return states[block];
    }

    public int references(int block) {
        return references[block];
    }

    /** Rises each time the id is given to new tokens. */
    public long generation(int block) {
        return generations[block];
    }

    /** The registered or cached block of a sequence hash, or {@link #NONE}; hits for use go through {@link #match}. */
    public int find(SequenceHash hash) {
        return index.find(hash.value());
    }

    /**
     * The block that continues {@code parent} with exactly these tokens, or {@link #NONE}.
     *
     * @param parent the block before it, or {@link #NONE} at the root
     * @param sequence its sequence hash
     * @param source array that holds its tokens from {@code from} on
     */
    public int match(int parent, long sequence, int[] source, int from, CacheScope scope) {
        int block = index.find(sequence);
        return block != NONE && holds(block, parent, source, from, scope) ? block : NONE;
    }

    /** Takes a block for new tokens, evicting if it must; {@link #NONE} when every block is held. */
    public int tryReserve() {
        if (freeCount == 0) {
            if (cachedCount == 0) {
                return NONE;
            }
            evict();
        }
        int block = free[--freeCount];
        require(block, State.FREE);
        states[block] = State.RESERVED;
        references[block] = 1;
        filled[block] = 0;
        generations[block]++;
        return block;
    }

    /** Says that the block now holds its first {@code count} tokens. */
    public void fill(int block, int count) {
        State state = states[block];
        if ((state != State.RESERVED && state != State.PARTIAL) || references[block] != 1) {
            throw broken(block, "is written");
        }
        if (count < filled[block] || count > blockTokens) {
            throw broken(block, "is filled to " + count);
        }
        filled[block] = count;
        states[block] = count == blockTokens ? State.COMPLETE : count == 0 ? state : State.PARTIAL;
    }

    /**
     * Makes a complete block reusable under its hash. If another block has the hash already, the caller's reference
     * moves to that one.
     *
     * @return the block to hold from now on, or {@link #NONE} if it cannot be registered (another sequence has the same
     *     hash, or the parent is not registered); the caller then keeps its own block
     */
    public int register(int block, int parent, long sequence, long local, int[] source, int from, CacheScope scope) {
        require(block, State.COMPLETE);
        if (parent != NONE && states[parent] != State.REGISTERED) {
            return NONE;
        }
        int known = index.find(sequence);
        if (known != NONE) {
            if (!holds(known, parent, source, from, scope)) {
                return NONE;
            }
            acquire(known);
            release(block);
            return known;
        }
        states[block] = State.REGISTERED;
        sequences[block] = sequence;
        locals[block] = local;
        parents[block] = parent;
        scopes[block] = scope;
        children[block] = 0;
        System.arraycopy(source, from, tokens, block * blockTokens, blockTokens);
        index.put(block);
        tally.add(KvEvent.Tier.DEVICE, sequence);
        if (parent != NONE) {
            parentGenerations[block] = generations[parent];
            children[parent]++;
            log.stored(sequences[parent], sequence, local);
        } else {
            log.storedAtRoot(sequence, local);
        }
        return block;
    }

    /** Adds a reference to a block that is held or cached. */
    public void acquire(int block) {
        switch (states[block]) {
            case CACHED -> {
                unlink(block);
                states[block] = State.REGISTERED;
                references[block] = 1;
            }
            case RESERVED, PARTIAL, COMPLETE, REGISTERED -> references[block]++;
            case FREE -> throw broken(block, "is acquired");
        }
    }

    /** Gives a reference back. Release the blocks of a sequence last to first. */
    public void release(int block) {
        if (references[block] < 1) {
            throw broken(block, "is released");
        }
        if (--references[block] > 0) {
            return;
        }
        if (states[block] == State.REGISTERED) {
            states[block] = State.CACHED;
            append(block);
        } else {
            states[block] = State.FREE;
            free[freeCount++] = block;
        }
    }

    /** Forgets every hash; blocks in use stay with their holders but cannot be found any more. */
    public void clear() {
        while (oldest != NONE) {
            int block = oldest;
            unlink(block);
            scopes[block] = null;
            states[block] = State.FREE;
            free[freeCount++] = block;
        }
        for (int block = 0; block < states.length; block++) {
            if (states[block] == State.REGISTERED) {
                states[block] = State.COMPLETE;
                scopes[block] = null;
            }
        }
        index.clear();
        tally.clear();
        log.cleared();
    }

    /** The KV events since the last call. */
    public List<KvEvent> drainEvents() {
        return log.drain();
    }

    /** What can be reused now, as a digest; counted where blocks come and go, not from the events. */
    public KvEvent.Digest digest() {
        return new KvEvent.Digest(log.lastId(), tally.digests());
    }

    /** What can be reused now, parents before children, every event under the id of the newest one. */
    public List<KvEvent.Stored> snapshot() {
        return BlockSnapshot.of(this, log.lastId());
    }

    /** Checks everything that must hold between two calls; for tests, linear in the pool. */
    public void checkInvariants() {
        Map<State, Integer> count = new EnumMap<>(State.class);
        int[] kin = new int[states.length];
        for (int block = 0; block < states.length; block++) {
            State state = states[block];
            count.merge(state, 1, Integer::sum);
            boolean held = state != State.FREE && state != State.CACHED;
            expect(held == (references[block] > 0), block, "has references that do not fit its state");
            if (isIndexed(block)) {
                expect(index.find(sequences[block]) == block, block, "is not found under its hash");
                expect(filled[block] == blockTokens, block, "is registered and not full");
                if (hasParent(block)) {
                    kin[parents[block]]++;
                }
            }
        }
        int listed = 0;
        for (int block = oldest; block != NONE; block = newer[block]) {
            expect(states[block] == State.CACHED, block, "is in the list of cached blocks");
            expect(newer[block] == NONE ? newest == block : older[newer[block]] == block, block, "is linked wrongly");
            listed++;
        }
        for (int block = 0; block < states.length; block++) {
            expect(!isIndexed(block) || children[block] == kin[block], block, "counts its children wrongly");
        }
        boolean sums = count.getOrDefault(State.FREE, 0) == freeCount
                && count.getOrDefault(State.CACHED, 0) == cachedCount
                && listed == cachedCount
                && index.count() == cachedCount + count.getOrDefault(State.REGISTERED, 0);
        if (!sums) {
            throw new IllegalStateException("block counts do not add up: " + count);
        }
    }

    boolean isIndexed(int block) {
        return states[block] == State.REGISTERED || states[block] == State.CACHED;
    }

    /** Whether the block's parent is still in the pool. */
    boolean hasParent(int block) {
        int parent = parents[block];
        return parent != NONE && isIndexed(parent) && generations[parent] == parentGenerations[block];
    }

    int parent(int block) {
        return parents[block];
    }

    long sequence(int block) {
        return sequences[block];
    }

    long local(int block) {
        return locals[block];
    }

    private boolean holds(int block, int parent, int[] source, int from, CacheScope scope) {
        boolean sameParent =
                parents[block] == parent && (parent == NONE || parentGenerations[block] == generations[parent]);
        int at = block * blockTokens;
        return sameParent
                && scope.equals(scopes[block])
                && Arrays.equals(tokens, at, at + blockTokens, source, from, from + blockTokens);
    }

    /** Frees the block unused for longest that has no children, or failing that the one unused for longest. */
    private void evict() {
        for (int left = cachedCount; left > 0 && children[oldest] > 0; left--) {
            int parentInUse = oldest;
            unlink(parentInUse);
            append(parentInUse);
        }
        int block = oldest;
        require(block, State.CACHED);
        unlink(block);
        index.remove(block);
        tally.remove(KvEvent.Tier.DEVICE, sequences[block]);
        if (hasParent(block)) {
            children[parents[block]]--;
        }
        scopes[block] = null;
        states[block] = State.FREE;
        free[freeCount++] = block;
        log.removed(sequences[block]);
    }

    private void append(int block) {
        older[block] = newest;
        newer[block] = NONE;
        if (newest == NONE) {
            oldest = block;
        } else {
            newer[newest] = block;
        }
        newest = block;
        cachedCount++;
    }

    private void unlink(int block) {
        int before = older[block];
        int after = newer[block];
        if (before == NONE) {
            oldest = after;
        } else {
            newer[before] = after;
        }
        if (after == NONE) {
            newest = before;
        } else {
            older[after] = before;
        }
        cachedCount--;
    }

    private void require(int block, State state) {
        if (states[block] != state) {
            throw broken(block, "should be " + state);
        }
    }

    private void expect(boolean holds, int block, String what) {
        if (!holds) {
            throw broken(block, what);
        }
    }

    private IllegalStateException broken(int block, String what) {
        return new IllegalStateException("block " + block + " (" + states[block] + ", " + references[block]
                + " references, " + filled[block] + " tokens) " + what);
    }
}

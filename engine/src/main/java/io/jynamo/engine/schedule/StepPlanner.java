package io.jynamo.engine.schedule;

import io.jynamo.protocol.GenerationRequest;
import java.util.List;

/**
 * Decides what one step computes. Streams that decode come first, one token each; prompts fill what is left of the
 * budget, at most a chunk of them while anybody decodes; then whoever waits is admitted in order while blocks and
 * places last. Nobody is admitted past somebody who waits for blocks, and nobody in a step that had to take blocks away.
 *
 * <p>Before all that the first in line may overtake: it takes the place and the blocks of running sequences that come
 * after it and have a lower priority, the lowest first. Equal priority never displaces; and who ran short of blocks
 * before comes back only where more are free than it needs, twice as many each time, so that two cannot take the same
 * blocks from each other for ever.
 */
final class StepPlanner {
    private final BlockPool pool;
    private final BlockTables tables;
    private final Roster roster;
    private final SchedulerOptions options;
    private final PrefillPace pace;
    private final int blockTokens;
    private final int[] scratch;

    private StepBuilder step = new StepBuilder(0);
    private long number;
    private boolean preempted;
    private int prefillLeft;
    private int prefillsPending;

    StepPlanner(BlockPool pool, BlockTables tables, Roster roster, SchedulerOptions options, PrefillPace pace) {
        this.pool = pool;
        this.tables = tables;
        this.roster = roster;
        this.options = options;
        this.pace = pace;
        this.blockTokens = pool.blockTokens();
        this.scratch = new int[pool.capacity()];
    }

    /** The next step, which may be empty. */
    StepBuilder plan() {
        do {
            pass();
        } while (step.isEmpty() && (preempted || makeRoom()));
        return step;
    }

    private void pass() {
        step = new StepBuilder(++number);
        preempted = false;
        overtake();
        decodes();
        int budget = options.maxBatchedTokens() - step.tokens();
        prefillLeft = Math.min(budget, pace.chunk(step.decodes() > 0));
        prefills();
        if (!preempted) {
            admit();
        }
    }

    /** Where nobody got a block, the last in line gives its own to those before it. */
    private boolean makeRoom() {
        List<Sequence> running = roster.running();
        if (running.isEmpty()) {
            return false;
        }
        roster.preempt(running.getLast());
        return true;
    }

    /** Lets those at the head of the line run who kept their blocks. */
    private void resume() {
        while (roster.hasWaiting() && roster.running().size() < options.maxSequences()) {
            Sequence first = roster.firstWaiting();
            if (!first.holdsBlocks()) {
                return;
            }
            roster.run(first);
        }
    }

    /**
     * Lets the first in line on at the cost of running sequences of lower priority, if that gets it on; those between
     * who kept their blocks go on, for the places are given in the order of the line.
     */
    private void overtake() {
        for (resume(); roster.hasWaiting(); resume()) {
            Sequence first = roster.firstWaiting();
            Sequence below = roster.outranked(first);
            if (below == null || !(first.holdsBlocks() || canFit(first))) {
                return;
            }
            if (roster.running().size() >= options.maxSequences()) {
                roster.displace(below);
            }
            if (first.holdsBlocks()) {
                roster.run(first);
            } else if (!start(first, true)) {
                return;
            }
        }
    }

    /**
     * Whether a waiting sequence can have its blocks if everybody it may take some from gives all of them. Shared ones
     * are counted for each holder, so it may turn out to be too few after all.
     */
    private boolean canFit(Sequence sequence) {
        long room = pool.available() + roster.takeable(sequence);
        for (Sequence other : roster.running()) {
            room += sequence.outranks(other) ? other.blocks.length : -(tables.missing(other) + 1);
        }
        return tables.blocksFor(sequence.count) - heldHits(sequence) + headroom(sequence) <= room;
    }

    private int heldHits(Sequence sequence) {
        int hits = tables.matches(sequence, scratch);
        int held = 0;
        for (int i = 0; i < hits; i++) {
            held += pool.references(scratch[i]) == 0 ? 0 : 1;
        }
        return held;
    }

    private void decodes() {
        List<Sequence> running = roster.running();
        prefillsPending = 0;
        for (int i = 0; i < running.size(); i++) {
            Sequence sequence = running.get(i);
            if (!sequence.decodes()) {
                prefillsPending++;
            } else if (secure(sequence, sequence.count, true) && ownLastBlock(sequence)) {
                step.add(sequence, 1, 1);
            } else {
                preempt(sequence);
                i--;
            }
        }
    }

    private void prefills() {
        List<Sequence> running = roster.running();
        for (int i = 0; i < running.size() && prefillLeft > 0; i++) {
            Sequence sequence = running.get(i);
            if (sequence.plannedStep != number && !sequence.decodes()) {
                prefillsPending--;
                chunk(sequence);
            }
        }
    }

    private void admit() {
        while (prefillLeft > 0 && roster.hasWaiting() && roster.running().size() < options.maxSequences()) {
            Sequence first = roster.firstWaiting();
            if (first.holdsBlocks()) {
                roster.run(first);
                if (first.decodes()) {
                    if (secure(first, first.count, false) && ownLastBlock(first)) {
                        step.add(first, 1, 1);
                        prefillLeft--;
                    }
                    continue;
                }
            } else if (!start(first, false)) {
                return;
            }
            chunk(first);
        }
    }

    /**
     * Starts a waiting sequence from the blocks it can reuse, if the rest of it finds room too.
     *
     * @param overtakes whether running sequences of lower priority make room
     */
    private boolean start(Sequence sequence, boolean overtakes) {
        while (true) {
            long promised = promised() + headroom(sequence);
            Sequence victim = roster.victim(sequence, false, number);
            if (victim == null && overtakes) {
                victim = roster.outranked(sequence);
            }
            if (promised >= pool.available() && victim == null) {
                return false; // it needs one block at least
            }
            int hits = tables.matches(sequence, scratch);
            int revived = 0;
            for (int i = 0; i < hits; i++) {
                revived += pool.references(scratch[i]) == 0 ? 1 : 0;
            }
            int fresh = tables.blocksFor(sequence.count) - hits;
            if (promised + revived + fresh <= pool.available()) {
                roster.run(sequence);
                tables.adopt(sequence, scratch, hits);
                return true;
            }
            if (victim == null) {
                return false;
            }
            roster.preempt(victim);
        }
    }

    /** Blocks that those who run need for what they have, and one each to go on. */
    private long promised() {
        long promised = 0;
        for (Sequence other : roster.running()) {
            promised += tables.missing(other) + 1;
        }
        return promised;
    }

    /** Blocks that stay free, while others run, beside one that lost its own before: a quarter of the pool at most. */
    private int headroom(Sequence sequence) {
        if (sequence.losses == 0 || roster.running().isEmpty()) {
            return 0;
        }
        return Math.min(pool.capacity() / 4, 1 << Math.min(sequence.losses, 30));
    }

    /** Plans the next part of a prompt, as far as budget and blocks allow. */
    private void chunk(Sequence sequence) {
        tables.catchUp(sequence);
        int pending = sequence.pending();
        int share = prefillLeft;
        boolean others = prefillsPending > 0 || roster.hasWaiting();
        if (pending > share && others) {
            share = Math.max(Math.min(share, blockTokens), share * 3 / 4); // a huge prompt leaves some to the others
        }
        if (wantsPromptRows(sequence)) {
            share = Math.min(share, options.logitsRows());
        }
        int tokens = Math.min(pending, share);
        int end = sequence.computed + tokens;
        if (tokens < pending && tokens > blockTokens) {
            end -= end % blockTokens;
        }
        if (!ownLastBlock(sequence)) {
            return;
        }
        secure(sequence, end, true);
        tokens = Math.min(end, sequence.blocks.length * blockTokens) - sequence.computed;
        if (tokens > 0 && sequence.state == Sequence.State.RUNNING) {
            step.add(sequence, tokens, logitsRows(sequence, tokens));
            prefillLeft -= tokens;
        }
    }

    private int logitsRows(Sequence sequence, int tokens) {
        int end = sequence.computed + tokens;
        if (wantsPromptRows(sequence)) {
            int told = sequence.request.promptLogprobs.size();
            return Math.max(0, end - Math.max(sequence.computed, told));
        }
        return end == sequence.count ? 1 : 0;
    }

    private static boolean wantsPromptRows(Sequence sequence) {
        return sequence.request.spec.promptLogprobs() != GenerationRequest.NO_LOGPROBS && !sequence.request.promptDone;
    }

    /** Gets blocks for every token below {@code end}, taking them from others if it must; false if it fell short. */
    private boolean secure(Sequence sequence, int end, boolean fromRunning) {
        int wanted = tables.blocksFor(end) - sequence.blocks.length;
        if (wanted <= 0) {
            return true;
        }
        int got = 0;
        while (got < wanted) {
            int block = reserve(sequence, fromRunning);
            if (block == BlockPool.NONE) {
                break;
            }
            scratch[got++] = block;
        }
        sequence.addBlocks(scratch, got);
        return got == wanted;
    }

    /** Copies the block that the next token goes into, if others look at it too. */
    private boolean ownLastBlock(Sequence sequence) {
        int within = sequence.computed % blockTokens;
        if (within == 0) {
            return true;
        }
        int at = sequence.computed / blockTokens;
        int shared = sequence.blocks[at];
        if (pool.references(shared) == 1) {
            return true;
        }
        int copy = reserve(sequence, true);
        if (copy == BlockPool.NONE) {
            return false;
        }
        pool.fill(copy, within);
        step.copy(new StepPlan.BlockCopy(shared, copy, within));
        sequence.replaceBlock(at, copy);
        pool.release(shared);
        return true;
    }

    private int reserve(Sequence sequence, boolean fromRunning) {
        int block = pool.tryReserve();
        while (block == BlockPool.NONE) {
            Sequence victim = roster.victim(sequence, fromRunning, number);
            if (victim == null) {
                return BlockPool.NONE;
            }
            preempt(victim);
            block = pool.tryReserve();
        }
        return block;
    }

    private void preempt(Sequence victim) {
        preempted |= victim.state == Sequence.State.RUNNING;
        roster.preempt(victim);
    }
}

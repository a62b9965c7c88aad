package io.jynamo.engine.schedule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which sequences run, wait or keep blocks without running; every change of a sequence's state goes through here. */
final class Roster {
    private final BlockTables tables;
    /** In {@link Sequence#ORDER}. */
    private final List<Sequence> running = new ArrayList<>();

    private final TreeSet<Sequence> waiting = new TreeSet<>(Sequence.ORDER);
    /** Waiting or blocked, and holding blocks. */
    private final List<Sequence> parked = new ArrayList<>();

    private long queuedTokens;
    private long preemptions;
    private long displacements;

    Roster(BlockTables tables) {
        this.tables = tables;
    }

    List<Sequence> running() {
        return running;
    }

    boolean hasWaiting() {
        return !waiting.isEmpty();
    }

    /** In line; for tests. */
    List<Sequence> waiting() {
        return List.copyOf(waiting);
    }

    Sequence firstWaiting() {
        return waiting.first();
    }

    /** Tokens that waiting sequences still have to compute. */
    long queuedTokens() {
        return queuedTokens;
    }

    long preemptions() {
        return preemptions;
    }

    long displacements() {
        return displacements;
    }

    /** Puts a sequence in line; {@code tokens} is what it will have to compute, as far as is known. */
    void queue(Sequence sequence, int tokens) {
        leave(sequence);
        sequence.state = Sequence.State.WAITING;
        sequence.queuedTokens = tokens;
        queuedTokens += tokens;
        waiting.add(sequence);
        if (sequence.holdsBlocks()) {
            parked.add(sequence);
        }
    }

    void run(Sequence sequence) {
        leave(sequence);
        sequence.state = Sequence.State.RUNNING;
        int at = Collections.binarySearch(running, sequence, Sequence.ORDER);
        running.add(-at - 1, sequence);
    }

    void block(Sequence sequence) {
        leave(sequence);
        sequence.state = Sequence.State.BLOCKED;
        parked.add(sequence);
    }

    void finish(Sequence sequence) {
        leave(sequence);
        tables.release(sequence);
        sequence.state = Sequence.State.FINISHED;
    }

    /** Takes a sequence's blocks; it computes them again when its turn comes. */
    void preempt(Sequence sequence) {
        preemptions++;
        sequence.request.recomputes = true;
        if (sequence.state == Sequence.State.RUNNING) {
            sequence.losses++;
        }
        if (sequence.state == Sequence.State.BLOCKED) {
            parked.remove(sequence);
            tables.release(sequence);
            return;
        }
        leave(sequence);
        tables.release(sequence);
        queue(sequence, sequence.count);
    }

    /** Takes a running sequence's place; it keeps its blocks until somebody needs them. */
    void displace(Sequence sequence) {
        displacements++;
        queue(sequence, sequence.pending());
    }

    /** Whom {@code sequence} would overtake first: the running one of the lowest priority, among equals the last in line. */
    @Nullable
    Sequence outranked(Sequence sequence) {
        Sequence lowest = null;
        for (int i = running.size() - 1; i >= 0 && Sequence.ORDER.compare(running.get(i), sequence) > 0; i--) {
            Sequence candidate = running.get(i);
            if (sequence.outranks(candidate) && (lowest == null || candidate.priority() < lowest.priority())) {
                lowest = candidate;
            }
        }
        return lowest;
    }

    /** Blocks of those who keep some without running and would lose them to {@code needy}. */
    long takeable(Sequence needy) {
        long blocks = 0;
        for (Sequence candidate : parked) {
            blocks += losesTo(candidate, needy) ? candidate.blocks.length : 0;
        }
        return blocks;
    }

    private static boolean losesTo(Sequence parked, Sequence needy) {
        return !parked.equals(needy)
                && (parked.state == Sequence.State.BLOCKED || Sequence.ORDER.compare(parked, needy) > 0);
    }

    /**
     * Whose blocks should go to somebody who needs one: a blocked sequence before a waiting one before a running one,
     * and among equals the one that is last in line. Waiting and running ones only if they come after {@code needy}.
     *
     * @param step sequences planned into this step are spared
     */
    @Nullable
    Sequence victim(Sequence needy, boolean alsoRunning, long step) {
        Sequence worst = null;
        for (Sequence candidate : parked) {
            if (losesTo(candidate, needy)) {
                worst = worst == null || isWorse(candidate, worst) ? candidate : worst;
            }
        }
        if (worst != null || !alsoRunning) {
            return worst;
        }
        for (int i = running.size() - 1; i >= 0; i--) {
            Sequence candidate = running.get(i);
            if (Sequence.ORDER.compare(candidate, needy) <= 0) {
                return null;
            }
            if (candidate.plannedStep != step && candidate.holdsBlocks()) {
                return candidate;
            }
        }
        return null;
    }

    /** Checks that a sequence is where its state says. */
    void check(Sequence sequence) {
        boolean idleHolder = sequence.holdsBlocks()
                && (sequence.state == Sequence.State.WAITING || sequence.state == Sequence.State.BLOCKED);
        boolean right = running.contains(sequence) == (sequence.state == Sequence.State.RUNNING)
                && waiting.contains(sequence) == (sequence.state == Sequence.State.WAITING)
                && parked.contains(sequence) == idleHolder;
        boolean holdsNone = sequence.state == Sequence.State.FINISHED || sequence.state == Sequence.State.UNBORN;
        if (!right || (holdsNone && sequence.holdsBlocks())) {
            throw new IllegalStateException("a sequence that is " + sequence.state + " is not where it belongs");
        }
    }

    private static boolean isWorse(Sequence candidate, Sequence than) {
        if (candidate.state != than.state) {
            return candidate.state == Sequence.State.BLOCKED;
        }
        return Sequence.ORDER.compare(candidate, than) > 0;
    }

    private void leave(Sequence sequence) {
        switch (sequence.state) {
            case RUNNING -> running.remove(sequence);
            case WAITING -> {
                waiting.remove(sequence);
                queuedTokens -= sequence.queuedTokens;
                sequence.queuedTokens = 0;
                if (sequence.holdsBlocks()) {
                    parked.remove(sequence);
                }
            }
            case BLOCKED -> parked.remove(sequence);
            case UNBORN, FINISHED -> {}
        }
    }
}

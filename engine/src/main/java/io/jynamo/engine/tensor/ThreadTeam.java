package io.jynamo.engine.tensor;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A fixed set of threads that compute one step at a time, the caller of the step among them. Shared by all runners of a
 * process, so that their steps take turns, in order of asking, instead of crowding the cores.
 *
 * <p>How it works: a step is hundreds of rounds of {@link #forEach} with only microseconds between. The caller publishes
 * a round's work, opens the gate and raises {@code round}; members see it, enter, take items from a common counter until
 * none is left, and leave. The caller takes items too; when none is left it waits for those inside and shuts the gate. It
 * never waits for a member that has not come: on a crowded machine such a one may be milliseconds away. Members spin for
 * the next round for {@value #SPIN_NANOS} ns before they park.
 *
 * <table>
 * <caption>Fields and who touches them</caption>
 * <tr><td>work, items, grain</td><td>plain; written by the caller while the gate is shut, read by those inside</td></tr>
 * <tr><td>gate</td><td>number of members inside, or SHUT; members only enter by a compare-and-set from a number</td></tr>
 * <tr><td>next</td><td>first item nobody took; reset while the gate is shut</td></tr>
 * <tr><td>round</td><td>volatile; raised by the caller, watched by members, a hint only</td></tr>
 * <tr><td>parked</td><td>volatile; set by a member before it checks round a last time, read by the caller after raising
 * it, so one of the two sees the other</td></tr>
 * </table>
 */
public final class ThreadTeam implements AutoCloseable {
    private static final long SPIN_NANOS = 50_000;
    private static final int SHUT = -1;

    /** What is done to each item. */
    @FunctionalInterface
    public interface Work {
        /**
         * Does one item.
         *
         * @param item 0-based
         * @param member index of the thread that does it, below {@link ThreadTeam#size()}
         */
        void run(int item, int member);
    }

    /** A counter on a cache line of its own. */
    @SuppressWarnings("unused")
    private static final class Line {
        long p0, p1, p2, p3, p4, p5, p6;
        final AtomicInteger value = new AtomicInteger();
        long q0, q1, q2, q3, q4, q5, q6;
    }

    private final ReentrantLock turn = new ReentrantLock(true);
    private final Member[] members;
    private final Line next = new Line();
    private final Line gate = new Line();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile int round;
    private volatile boolean closed;
    private @Nullable Work work;
    private int items;
    private int grain;

    /**
     * Starts the threads.
     *
     * @param threads that compute, the caller included; at least 1
     */
    public ThreadTeam(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("a team of " + threads + " threads");
        }
        gate.value.set(SHUT);
        members = new Member[threads - 1];
        for (int i = 0; i < members.length; i++) {
            members[i] = new Member(i + 1);
        }
        for (Member member : members) {
            member.thread.start();
        }
    }

    public int size() {
        return members.length + 1;
    }

    /** Runs a step with the team to itself; waits its turn first. May be nested. */
    public void exclusively(Runnable step) {
        turn.lock();
        try {
            step.run();
        } finally {
            turn.unlock();
        }
    }

    /**
     * Does {@code work} for every item below {@code items} and returns when all are done.
     *
     * @param grain items a thread takes at a time
     * @throws RuntimeException or Error what an item threw first; the others may or may not have run
     */
    public void forEach(int items, int grain, Work work) {
        turn.lock();
        try {
            if (members.length == 0 || items <= grain) {
                for (int item = 0; item < items; item++) {
                    work.run(item, 0);
                }
                return;
            }
            share(items, grain, work);
        } finally {
            turn.unlock();
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // only the holder of the turn writes it
    private void share(int items, int grain, Work work) {
        if (closed) {
            throw new IllegalStateException("the thread team is closed");
        }
        this.work = work;
        this.items = items;
        this.grain = grain;
        next.value.setPlain(0);
        gate.value.set(0);
        round++;
        for (Member member : members) {
            member.wake();
        }
        take(0);
        for (int spins = 0; !gate.value.compareAndSet(0, SHUT); spins++) {
            if (spins < 20_000) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(this, 20_000);
            }
        }
        this.work = null;
        Throwable thrown = failure.get();
        if (thrown != null) {
            failure.set(null);
            switch (thrown) {
                case Error e -> throw e;
                case RuntimeException e -> throw e;
                default -> throw new IllegalStateException(thrown);
            }
        }
    }

    private void take(int member) {
        Work job = Objects.requireNonNull(work);
        int count = items;
        int step = grain;
        try {
            for (int first = next.value.getAndAdd(step); first < count; first = next.value.getAndAdd(step)) {
                int end = Math.min(first + step, count);
                for (int item = first; item < end; item++) {
                    job.run(item, member);
                }
            }
        } catch (Throwable t) {
            failure.compareAndSet(null, t);
            next.value.set(count);
        }
    }

    /** Ends the threads. A step in progress is finished first. */
    @Override
    public void close() {
        turn.lock();
        try {
            closed = true;
            for (Member member : members) {
                LockSupport.unpark(member.thread);
            }
        } finally {
            turn.unlock();
        }
    }

    private final class Member implements Runnable {
        private final int index;
        private final Thread thread;
        private volatile boolean parked;

        Member(int index) {
            this.index = index;
            this.thread = Thread.ofPlatform().daemon().name("compute-" + index).unstarted(this);
        }

        void wake() {
            if (parked) {
                LockSupport.unpark(thread);
            }
        }

        @Override
        public void run() {
            int seen = round;
            while (!closed) {
                await(seen);
                seen = round;
                if (enter()) {
                    take(index);
                    gate.value.getAndDecrement();
                }
            }
        }

        private boolean enter() {
            int inside = gate.value.get();
            while (inside != SHUT) {
                int witness = gate.value.compareAndExchange(inside, inside + 1);
                if (witness == inside) {
                    return true;
                }
                inside = witness;
            }
            return false;
        }

        /** Waits for a round after {@code seen}, or the end. */
        private void await(int seen) {
            long deadline = System.nanoTime() + SPIN_NANOS;
            while (round == seen && !closed) {
                for (int i = 0; i < 64 && round == seen; i++) {
                    Thread.onSpinWait();
                }
                if (System.nanoTime() >= deadline) {
                    parked = true;
                    if (round == seen && !closed) {
                        LockSupport.park(this);
                    }
                    parked = false;
                }
            }
        }
    }
}

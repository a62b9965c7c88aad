package io.jynamo.simulation.clock;

import java.util.PriorityQueue;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Virtual time and what happens in it: events run in order of their time; those of one time in an order drawn from the
 * seed, but for settling ones, which run when nothing else is left of their time. The time is that of the event that
 * runs; it never goes back.
 */
public final class EventQueue implements LongSupplier {
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final RandomGenerator random;
    private long nowNanos;
    private long scheduled;
    private long ran;

    /** @param random orders events of one time */
    public EventQueue(RandomGenerator random) {
        this.random = random;
    }

    /** What happens. */
    @FunctionalInterface
    public interface Action {
        void run();
    }

    private record Event(long atNanos, boolean settles, long tie, long number, Action action)
            implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int order = Long.compare(atNanos, other.atNanos);
            order = order != 0 ? order : Boolean.compare(settles, other.settles);
            order = order != 0 ? order : Long.compare(tie, other.tie);
            return order != 0 ? order : Long.compare(number, other.number);
        }
    }

    /** The virtual time in nanoseconds; 0 at the start. */
    @Override
    public long getAsLong() {
        return nowNanos;
    }

    /** Events that ran. */
    public long ran() {
        return ran;
    }

    /** Lets {@code action} happen at a time that has not passed. */
    public void at(long nanos, Action action) {
        add(nanos, false, action);
    }

    /** Lets {@code action} happen now, after everything else that happens now. */
    public void settle(Action action) {
        add(nowNanos, true, action);
    }

    /** Runs the next event; whether there was one. */
    public boolean runNext() {
        Event next = events.poll();
        if (next == null) {
            return false;
        }
        if (next.atNanos < nowNanos) {
            throw new IllegalStateException("the time goes back from " + nowNanos + " to " + next.atNanos + " ns");
        }
        nowNanos = next.atNanos;
        ran++;
        next.action.run();
        return true;
    }

    private void add(long nanos, boolean settles, Action action) {
        if (nanos < nowNanos) {
            throw new IllegalArgumentException("an event at " + nanos + " ns comes too late: it is " + nowNanos);
        }
        events.add(new Event(nanos, settles, random.nextLong(), scheduled++, action));
    }
}

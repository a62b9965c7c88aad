package io.jynamo.frontend.generate;

import io.jynamo.frontend.http.Exchange;
import java.time.Duration;

/**
 * What a request has of time. It runs from the request's arrival on or, where nobody waits for the answer, only while a worker has
 * it: who goes behind all others may have waited for hours. Any thread.
 */
public final class TimeLimit {
    private static final long LEAST_NANOS = Duration.ofMillis(1).toNanos();
    private static final long LONGEST_WAIT_NANOS = Duration.ofDays(30).toNanos();

    private final boolean always;
    private long leftNanos;
    private boolean runs;
    private long sinceNanos;

    private TimeLimit(boolean always, long leftNanos, long sinceNanos) {
        this.always = always;
        this.runs = always;
        this.leftNanos = leftNanos;
        this.sinceNanos = sinceNanos;
    }

    /** So much for a request, which may have come a while ago. */
    public static TimeLimit of(Exchange exchange, Duration limit) {
        return exchange.isAwaited() ? always(limit, exchange.arrivedNanos()) : whilePlaced(limit);
    }

    static TimeLimit always(Duration limit, long arrivedNanos) {
        return new TimeLimit(true, limit.toNanos(), arrivedNanos);
    }

    static TimeLimit whilePlaced(Duration limit) {
        return new TimeLimit(false, limit.toNanos(), 0);
    }

    /** A worker has it. */
    public synchronized void onPlaced(long nowNanos) {
        if (!runs) {
            runs = true;
            sinceNanos = nowNanos;
        }
    }

    /** No worker has it any more. */
    public synchronized void onWaiting(long nowNanos) {
        if (!always && runs) {
            leftNanos = left(nowNanos);
            runs = false;
        }
    }

    private long left(long nowNanos) {
        return runs ? leftNanos - (nowNanos - sinceNanos) : leftNanos;
    }

    /** What a worker may take from now on. */
    public Duration left() {
        return Duration.ofNanos(remainingNanos(System.nanoTime()));
    }

    /** When the time of {@link #left} is over, by {@link System#nanoTime()}. */
    long endNanos() {
        long now = System.nanoTime();
        return now + remainingNanos(now);
    }

    /** When it is to wait no longer for a worker, by {@link System#nanoTime()}. */
    long giveUpNanos() {
        long now = System.nanoTime();
        return now + patienceNanos(now);
    }

    /** What a worker may take; never below a millisecond. */
    public synchronized long remainingNanos(long nowNanos) {
        return Math.max(LEAST_NANOS, left(nowNanos));
    }

    /** How long it may wait for a worker; never below a millisecond. */
    synchronized long patienceNanos(long nowNanos) {
        return always ? remainingNanos(nowNanos) : LONGEST_WAIT_NANOS;
    }

    public synchronized boolean isOver(long nowNanos) {
        return left(nowNanos) <= 0;
    }
}

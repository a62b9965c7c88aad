package io.jynamo.cli.store;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.time.Duration;

/**
 * How often and how patiently a network is asked again.
 *
 * @param attempts in a row that may fail without one new byte
 * @param pause waits; a seam, so that tests do not
 */
record Retries(int attempts, Pause pause) {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofSeconds(60);

    static final Retries USUAL = new Retries(6, Thread::sleep);

    @FunctionalInterface
    interface Pause {
        void of(Duration duration) throws InterruptedException;
    }

    /**
     * Waits before the next attempt: as long as the server asked, or twice as long as the time before; a minute at most.
     *
     * @param failures so far, 1 or more
     * @param asked by the server; zero where it did not say
     */
    void beforeNext(int failures, Duration asked) {
        Duration own = FIRST.multipliedBy(1L << Math.min(failures - 1, 6));
        Duration wait = asked.isZero() ? own : asked;
        try {
            pause.of(wait.compareTo(LONGEST) > 0 ? LONGEST : wait);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JynamoException(ErrorCode.CANCELLED, "the pull was interrupted; what is here so far is kept", e);
        }
    }
}

package io.jynamo.frontend.generate;

import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.WorkerId;
import java.time.Duration;
import java.util.List;

/**
 * Choices of a run that lost their worker, on their way to another: what is left to generate, whom not to ask, and when
 * to ask next. Event loop only.
 */
final class Move {
    private static final long FIRST_PAUSE_NANOS = Duration.ofMillis(50).toNanos();
    private static final long LAST_PAUSE_NANOS = Duration.ofMillis(500).toNanos();

    private final int firstChoice;
    private final GenerationRequest request;
    private final List<WorkerId> tried;
    private final GenerationEnd.Failure why;
    private final long giveUpNanos;
    private long pauseNanos = FIRST_PAUSE_NANOS;
    private long nextNanos;
    private boolean placing = true;

    /**
     * One that is being placed.
     *
     * @param firstChoice index among the run's choices of the request's first
     * @param why they lost their worker
     */
    Move(
            int firstChoice,
            GenerationRequest request,
            List<WorkerId> tried,
            GenerationEnd.Failure why,
            long giveUpNanos) {
        this.firstChoice = firstChoice;
        this.request = request;
        this.tried = List.copyOf(tried);
        this.why = why;
        this.giveUpNanos = giveUpNanos;
    }

    int firstChoice() {
        return firstChoice;
    }

    GenerationRequest request() {
        return request;
    }

    List<WorkerId> tried() {
        return tried;
    }

    GenerationEnd.Failure why() {
        return why;
    }

    /** No worker could be had; false when it has waited long enough. */
    boolean onRefused(long nowNanos) {
        placing = false;
        nextNanos = nowNanos + pauseNanos;
        pauseNanos = Math.min(LAST_PAUSE_NANOS, 2 * pauseNanos);
        return nextNanos - giveUpNanos < 0;
    }

    /** Whether to ask for a worker now; true once per asking. */
    boolean isDue(long nowNanos) {
        if (placing || nowNanos - nextNanos < 0) {
            return false;
        }
        placing = true;
        return true;
    }
}

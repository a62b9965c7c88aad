package io.jynamo.frontend.generate;

import io.jynamo.frontend.openai.ErrorBody;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.WorkerId;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Choices of a run without a worker, on their way to one since they lost theirs, gave way, or never had any: what is left to generate, whom not to ask, and when
 * to ask next. Event loop only.
 */
final class Move {
    private static final long FIRST_PAUSE_NANOS = Duration.ofMillis(50).toNanos();
    private static final long LAST_PAUSE_NANOS = Duration.ofMillis(500).toNanos();

    private final int firstChoice;
    private final GenerationRequest request;
    private final List<WorkerId> tried;
    private final @Nullable WorkerId from;
    private final GenerationEnd.Failure why;
    private final long giveUpNanos;
    private long pauseNanos = FIRST_PAUSE_NANOS;
    private long nextNanos;
    private boolean placing = true;

    /**
     * One that is being placed.
     *
     * @param firstChoice index among the run's choices of the request's first
     * @param from whom they were taken, or null where they had no worker yet
     * @param why they have no worker
     */
    Move(
            int firstChoice,
            GenerationRequest request,
            List<WorkerId> tried,
            @Nullable WorkerId from,
            GenerationEnd.Failure why,
            long giveUpNanos) {
        this.firstChoice = firstChoice;
        this.request = request;
        this.tried = List.copyOf(tried);
        this.from = from;
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

    @Nullable
    WorkerId from() {
        return from;
    }

    /** How long it may still wait for a worker; never below a millisecond. */
    Duration patience(long nowNanos) {
        return Duration.ofNanos(Math.max(1_000_000, giveUpNanos - nowNanos));
    }

    /** What a client is told that lost so many workers one after the other. */
    static GenerationEnd.Failure afterAll(GenerationEnd.Failure failure, int workers) {
        return new GenerationEnd.Failure(
                failure.code(),
                workers + " workers failed with this request, the last: " + failure.message(),
                failure.retryAfter());
    }

    GenerationEnd.Failure why() {
        return why;
    }

    /** No worker could be had; the run's end when it has waited long enough, or null to ask again later. */
    GenerationEnd.@Nullable Failure refuse(Throwable refusal, long nowNanos) {
        ErrorCode code = ErrorBody.code(refusal);
        placing = false;
        nextNanos = nowNanos + pauseNanos;
        pauseNanos = Math.min(LAST_PAUSE_NANOS, 2 * pauseNanos);
        boolean mayChange = code == ErrorCode.NOT_READY || code == ErrorCode.OVERLOADED;
        if (mayChange && nextNanos - giveUpNanos < 0) {
            return null;
        }
        return new GenerationEnd.Failure(
                why.code(),
                why.message() + "; and no other worker could go on: " + ErrorBody.message(refusal),
                why.retryAfter());
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

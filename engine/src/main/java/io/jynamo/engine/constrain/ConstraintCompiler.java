package io.jynamo.engine.constrain;

import io.jynamo.engine.OutputMasks;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.OutputConstraint;
import io.jynamo.protocol.OutputSink;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Compiles the constraints of requests before these reach an engine's loop, on few threads of its own and within a time: neither the loop nor whoever
 * starts a request waits for it. What cannot be compiled ends its request before any token.
 */
public final class ConstraintCompiler implements AutoCloseable {
    /** Constraints that are compiled at once. */
    private static final int THREADS = 2;
    /** Requests that wait for theirs. */
    private static final int QUEUE = 256;

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private static final GenerationEnd.Failure CLOSED =
            new GenerationEnd.Failure(ErrorCode.WORKER_LOST, "the worker was closed");

    private final OutputMasks masks;
    private final Duration limit;
    private final ThreadPoolExecutor threads;
    private volatile boolean closed;

    /** What starts a request whose constraint is ready. */
    public interface Starting {
        Generation start(GenerationRequest request, OutputMasks.Compiled compiled);
    }

    public ConstraintCompiler(String name, OutputMasks masks) {
        this(name, masks, THREADS, QUEUE, LIMIT);
    }

    /** @param limit what one may take; it is interrupted then */
    ConstraintCompiler(String name, OutputMasks masks, int threads, int queue, Duration limit) {
        this.masks = masks;
        this.limit = limit;
        this.threads = new ThreadPoolExecutor(
                threads,
                threads,
                5,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(queue),
                Thread.ofPlatform().name(name + "-constraints-", 0).daemon().factory());
        this.threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Starts a constrained request once its constraint is compiled. The sink is told why not, where it is not.
     *
     * @return the handle of it, which may be used at once
     */
    public Generation start(GenerationRequest request, OutputSink sink, Starting starting) {
        OutputConstraint constraint = Objects.requireNonNull(request.constraint(), "the request has no constraint");
        var pending = new PendingGeneration(request, sink, starting);
        try {
            threads.execute(() -> compile(constraint, pending));
        } catch (RejectedExecutionException full) {
            pending.refuse(
                    closed
                            ? CLOSED
                            : new GenerationEnd.Failure(
                                    ErrorCode.OVERLOADED,
                                    "the worker has " + QUEUE + " requests whose constraints are not compiled yet"));
        }
        return pending;
    }

    private void compile(OutputConstraint constraint, PendingGeneration pending) {
        if (closed) {
            pending.refuse(CLOSED);
            return;
        }
        if (pending.isOver()) {
            return;
        }
        OutputMasks.Compiled compiled;
        try (var _ = Patience.of(limit)) {
            compiled = masks.compile(constraint);
        } catch (RuntimeException | StackOverflowError refused) {
            pending.refuse(closed ? CLOSED : failure(Failures.told(refused)));
            return;
        } catch (Throwable broken) { // nobody else would hear of it, and the request must end
            pending.refuse(new GenerationEnd.Failure(ErrorCode.INTERNAL, "the constraint could not be compiled"));
            throw broken;
        }
        pending.begin(compiled);
    }

    private static GenerationEnd.Failure failure(JynamoException told) {
        return GenerationEnd.Failure.ofConstraint(told.code(), String.valueOf(told.getMessage()));
    }

    /** Ends those that wait; they are told that the worker was closed. */
    @Override
    public void close() {
        closed = true;
        threads.shutdownNow().forEach(Runnable::run);
    }
}

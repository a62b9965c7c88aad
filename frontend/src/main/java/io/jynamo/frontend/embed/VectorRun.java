package io.jynamo.frontend.embed;

import io.jynamo.frontend.generate.TimeLimit;
import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.http.ExchangeListener;
import io.jynamo.frontend.keys.RunFacts;
import io.jynamo.frontend.metrics.ErrorClass;
import io.jynamo.frontend.metrics.RequestMeter;
import io.jynamo.frontend.openai.ErrorBody;
import io.jynamo.protocol.EmbeddingCall;
import io.jynamo.protocol.EmbeddingResult.Vectors;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.WorkerId;
import io.jynamo.router.Claim;
import io.jynamo.router.Placement;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request for vectors or scores from its arrival to its answer. It ends once, whatever happens first: an answer, a failure, its
 * deadline, the client gone. The worker's call is cancelled and the booking released with it. Any thread.
 */
final class VectorRun implements ExchangeListener {
    /** So that batch requests come to an end however many others come. */
    private static final int MOST_PREEMPTIONS = 3;

    private final Exchange exchange;
    private final String id = UUID.randomUUID().toString();
    private final TimeLimit limit;
    private final Consumer<VectorRun> onEnd;
    private final Set<WorkerId> tried = new HashSet<>();
    private @Nullable RequestMeter meter;
    private @Nullable Future<?> waiting;
    private @Nullable Attempt attempt;
    /** That had it last. */
    private @Nullable WorkerId worker;

    private int preemptions;
    private boolean ended;

    /** One worker's try. A result of an earlier one finds another here, and says nothing. */
    private static final class Attempt {
        final Placement placement;

        @Nullable
        EmbeddingCall call;

        Attempt(Placement placement) {
            this.placement = placement;
        }
    }

    /** @param onEnd told once, when it has ended */
    VectorRun(Exchange exchange, TimeLimit limit, Consumer<VectorRun> onEnd) {
        this.exchange = exchange;
        this.limit = limit;
        this.onEnd = onEnd;
    }

    Exchange exchange() {
        return exchange;
    }

    TimeLimit limit() {
        return limit;
    }

    /** By which workers and the audit log know it. */
    String id() {
        return id;
    }

    synchronized boolean isEnded() {
        return ended;
    }

    synchronized Set<WorkerId> tried() {
        return Set.copyOf(tried);
    }

    synchronized void meter(RequestMeter measuring) {
        if (ended) {
            measuring.onEnd(ErrorClass.CANCELLED, 0, 0, 0, System.nanoTime());
        } else {
            meter = measuring;
        }
    }

    /** It waits for a worker on this thread, to be interrupted at its end. */
    synchronized void waitsOn(Future<?> thread) {
        if (ended) {
            thread.cancel(true);
        } else {
            waiting = thread;
        }
    }

    /** A worker was chosen. Returns the token of this try, or null where nobody wants it any more. */
    @Nullable
    Object begin(Placement placement, int tokens) {
        synchronized (this) {
            if (!ended) {
                attempt = new Attempt(placement);
                if (meter != null && worker == null) {
                    meter.onDispatch(placement.worker().id(), tokens, System.nanoTime());
                }
                worker = placement.worker().id();
                limit.onPlaced(System.nanoTime());
                return attempt;
            }
        }
        placement.booking().release();
        return null;
    }

    /** The worker has it. */
    void started(Object token, EmbeddingCall call) {
        synchronized (this) {
            if (attempt == token) {
                ((Attempt) token).call = call;
                return;
            }
            if (!ended) {
                return; // its result was faster
            }
        }
        call.cancel();
    }

    /** The worker gave vectors: takes them, unless nobody wants them any more. */
    boolean onVectors(Object token) {
        Attempt done = take(token, false);
        if (done == null) {
            return false;
        }
        done.placement.booking().onPrefilled();
        done.placement.booking().release();
        return true;
    }

    /** The worker failed with it: gives the booking back. Returns whether anybody still wants it. */
    boolean onFailed(Object token, GenerationEnd.Failure failure) {
        Attempt done = take(token, true);
        if (done == null) {
            return false;
        }
        done.placement.booking().onFailure(failure.code(), failure.retryAfter());
        return true;
    }

    /** Others need its place: gives it back, its work undone. False where it has none any more. */
    boolean onGaveWay(Object token) {
        Attempt left = take(token, false);
        if (left == null) {
            return false;
        }
        EmbeddingCall call;
        synchronized (this) {
            preemptions++;
            call = left.call;
        }
        if (call != null) {
            call.cancel();
        }
        left.placement.booking().release();
        return true;
    }

    /** What it may still claim: who gave way often enough does so no more. */
    synchronized Claim restOf(Claim claim) {
        return preemptions < MOST_PREEMPTIONS ? claim : claim.notPreemptible();
    }

    /** Ends the try of that token, once; null where it is not the one under way. */
    private synchronized @Nullable Attempt take(Object token, boolean failed) {
        Attempt done = attempt;
        if (done == null || done != token) {
            return null;
        }
        attempt = null;
        limit.onWaiting(System.nanoTime());
        if (failed) {
            tried.add(done.placement.worker().id());
        }
        return done;
    }

    void answer(Answer answer, Vectors vectors) {
        end(answer, ErrorClass.NONE, vectors.tokens());
    }

    void refuse(Throwable failure) {
        exchange.visit().onFailure(ErrorBody.code(failure));
        end(exchange.errors().answer(failure), ErrorClass.of(ErrorBody.code(failure)), 0);
    }

    void refuse(GenerationEnd.Failure failure) {
        // The inside of a defect stays in the worker's log.
        boolean ours = failure.code() == ErrorCode.INTERNAL;
        GenerationEnd.Failure told = ours
                ? new GenerationEnd.Failure(failure.code(), "The worker failed; its log has the reason.")
                : failure;
        exchange.visit().onFailure(failure.code());
        end(exchange.errors().answer(told), ErrorClass.of(failure.code()), 0);
    }

    @Override
    public void onGone() {
        exchange.visit().onFailure(ErrorCode.CANCELLED);
        end(null, ErrorClass.CANCELLED, 0);
    }

    @Override
    public void onWritable() {
        // The answer is written at once, and its size is bounded by the request's.
    }

    @Override
    public void onTick(long nowNanos) {
        if (limit.isOver(nowNanos) && !isEnded()) {
            refuse(new GenerationEnd.Failure(
                    ErrorCode.DEADLINE_EXCEEDED, "The request's time ran out before its vectors were computed."));
        }
    }

    private void end(@Nullable Answer answer, ErrorClass outcome, int tokens) {
        Attempt open;
        Future<?> thread;
        RequestMeter measuring;
        WorkerId had;
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            open = attempt;
            attempt = null;
            thread = waiting;
            measuring = meter;
            had = worker;
        }
        if (open != null) {
            open.placement.booking().release();
            if (open.call != null) {
                open.call.cancel();
            }
        }
        if (thread != null) {
            thread.cancel(true);
        }
        if (measuring != null) {
            measuring.onEnd(outcome, tokens, 0, 0, System.nanoTime());
        }
        exchange.visit().onRunEnd(new RunFacts(had != null, tokens, 0, 0, 0, had, null));
        onEnd.accept(this);
        if (answer != null) {
            exchange.respond(answer);
        }
    }
}

package io.jynamo.frontend.generate;

import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.http.ExchangeListener;
import io.jynamo.frontend.metrics.ErrorClass;
import io.jynamo.frontend.metrics.RequestMeter;
import io.jynamo.frontend.openai.ErrorBody;
import io.jynamo.frontend.openai.UsageCount;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.TokenDelta;
import io.jynamo.protocol.WorkerId;
import io.jynamo.router.Placement;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One client request from its start to the last byte of its answer.
 *
 * <p>How it works. A compute thread prepares the prompts, then calls {@link #start}; from there on everything happens on
 * the connection's event loop, where the legs bring the engine's output. The run ends once: when every choice has ended,
 * when a leg fails, when the deadline passes, or when the client is gone. Legs that still run are cancelled then, and
 * each gives its booking back when its engine says that it is over.
 */
final class Run implements ExchangeListener {
    private final Exchange exchange;
    private final RunHost host;
    private final TimeLimit limit;
    private final RunExtras.Timing timing;
    private volatile boolean ended;
    private volatile @Nullable Started started;
    private volatile @Nullable RequestMeter meter;
    private long lastSentNanos;
    private int arrivedTokens;
    private int ticks;
    private final Moves moving;
    private final Hedge hedge;
    private final LateCount count = new LateCount();
    private volatile long placedNanos;
    private final Waits waits = new Waits();
    private final RunClaim claim = new RunClaim();
    /** How long a request of which the client has nothing yet waits for a worker: it may as well come again. */
    private static final long FRESH_PATIENCE_NANOS = 2_000_000_000;

    Run(Exchange exchange, RunHost host) {
        this.exchange = exchange;
        this.host = host;
        this.moving = new Moves(this, host);
        this.hedge = new Hedge(this, host.hedges());
        this.timing = new RunExtras.Timing(exchange.arrivedNanos());
        this.limit = TimeLimit.of(exchange, host.timeLimit());
        this.lastSentNanos = exchange.arrivedNanos();
    }

    EventLoop loop() {
        return exchange.loop();
    }

    /** Goes on there; false when the server is gone already. */
    boolean onLoop(Runnable step) {
        try {
            loop().execute(step);
            return true;
        } catch (RejectedExecutionException closed) {
            host.onClosed();
            return false;
        }
    }

    RunExtras.Timing timing() {
        return timing;
    }

    TimeLimit limit() {
        return limit;
    }

    boolean isEnded() {
        return ended;
    }

    void meter(RequestMeter with) {
        meter = with;
        if (ended) {
            with.onEnd(ErrorClass.CANCELLED, 0, 0, 0, System.nanoTime());
        }
    }

    /** What it may claim when workers are chosen for it. */
    RunClaim claim() {
        return claim;
    }

    Waits waits() {
        return waits;
    }

    /** Puts the run in order before any worker is started, on the preparing thread. */
    void place(Prepared prepared, List<Leg> legs, ChoiceState[] choices, RunAnswer answer) {
        placedNanos = System.nanoTime();
        limit.onPlaced(placedNanos);
        timing.promptTokens = prepared.promptTokens();
        timing.worker = legs.getFirst().placement().worker().id();
        RequestMeter measured = meter;
        if (measured != null) {
            measured.onDispatch(timing.worker, timing.promptTokens, System.nanoTime());
        }
        // From here on the list is the event loop's alone.
        boolean[] promptTold = new boolean[prepared.prompts().size()];
        started = new Started(prepared, new ArrayList<>(legs), choices, promptTold, answer);
    }

    /** Starts one leg, on the preparing thread or, for one that moved, on the event loop. */
    void start(Leg leg) {
        GenerationRequest request = leg.request();
        if (ended) {
            leg.placement().booking().release();
            return;
        }
        try {
            leg.onStarted(leg.placement().worker().start(request, leg));
        } catch (RuntimeException failed) {
            leg.onFinished(new GenerationEnd(
                    new io.jynamo.protocol.Usage(request.prompt().count(), 0, 0), ErrorBody.failure(failed)));
            if (!(failed instanceof JynamoException)) {
                host.onDefect(failed);
            }
        }
        if (claim.get().preemptible()) {
            leg.placement().booking().onGiveWay(() -> onLoop(() -> giveWay(leg)));
        }
        if (ended) {
            onLoop(leg::cancel);
        }
    }

    /** It failed before any worker was started. */
    void refuse(Throwable failure) {
        if (loop().inEventLoop()) {
            if (!ended) {
                exchange.visit().onFailure(ErrorBody.code(failure));
                end(ErrorClass.of(ErrorBody.code(failure)));
                exchange.respond(exchange.errors().answer(failure));
            }
        } else {
            onLoop(() -> refuse(failure));
        }
    }

    void onArrival(Leg leg, Object what) {
        if (leg.isFinished()) {
            return; // it was given up, and its choices are with another worker
        }
        switch (what) {
            case TokenDelta delta -> onDelta(leg, delta);
            case Leg.Prefilled prefilled -> onPrefilled(leg, prefilled);
            case GenerationEnd end -> onLegEnd(leg, end);
            default -> throw new IllegalStateException("not from an engine: " + what);
        }
    }

    private void onDelta(Leg leg, TokenDelta delta) {
        Started now = started;
        if (ended || now == null) {
            return;
        }
        ChoiceState choice = now.choices()[leg.firstChoice() + delta.choice()];
        if (choice.isDone()) {
            return;
        }
        hedge.onToken(now, leg, placedNanos);
        int tokens = choice.accept(delta);
        arrivedTokens += tokens;
        leg.onTaken(delta.choice(), tokens);
        if (choice.isDone() && delta.finish() == null) {
            leg.stop(delta.choice());
        }
        if (choice.hasNews()) {
            now.answer().onChoice(choice, usage(now));
        }
    }

    private void onPrefilled(Leg leg, Leg.Prefilled prefilled) {
        leg.placement().booking().onPrefilled();
        Started now = started;
        if (ended || now == null || !now.tellPrompt(leg, prefilled)) {
            return;
        }
        timing.cachedTokens += prefilled.cachedTokens();
        if (now.prepared().dropsOutput()) {
            for (int i = 0; i < leg.choices(); i++) {
                ChoiceState choice = now.choices()[leg.firstChoice() + i];
                choice.endWithoutOutput();
                now.answer().onChoice(choice, usage(now));
            }
        }
    }

    private void onLegEnd(Leg leg, GenerationEnd end) {
        leg.onFinish();
        Started now = started;
        if (ended || now == null) {
            leg.placement().booking().release();
            return;
        }
        GenerationEnd.Failure failure = end.failure();
        if (failure == null && now.isIncomplete(leg)) {
            failure = new GenerationEnd.Failure(
                    ErrorCode.WORKER_LOST, "The worker ended the request before its output was complete.");
        }
        if (failure == null) {
            timing.cachedTokens += leg.cachedBeyond(end);
            timing.onCounted(leg.request(), end);
            now.prepared().onCounted(end.usage().prompt());
            leg.placement().booking().onCached(end.usage().cached());
            leg.placement().booking().release();
        } else if (now.isIncomplete(leg)) {
            lose(now, leg, failure);
        } else {
            leg.placement().booking().onFailure(failure.code(), failure.retryAfter()); // what it gave is whole
        }
    }

    /** A leg is over and its choices are not: they go on with another worker, or the run fails. */
    private void lose(Started now, Leg leg, GenerationEnd.Failure failure) {
        leg.placement().booking().onFailure(failure.code(), failure.retryAfter());
        if (hedge.spares(now, leg)) {
            return;
        }
        now.legs().remove(leg);
        int failed = leg.triedWithThis().size();
        boolean stuck = !Remainder.isPossible(leg, now.choices());
        if (stuck || !failure.code().anotherWorkerMayHelp() || failed > host.migrationLimit()) {
            fail(stuck ? Remainder.stuck(failure) : failed == 1 ? failure : Move.afterAll(failure, failed));
            return;
        }
        // A worker that brought output was worth asking, and so is the next: only the request's own limit counts.
        if (!leg.hasBroughtOutput() && !host.tryRetry()) {
            fail(RetryBudget.spent(failure));
            return;
        }
        boolean begun = now.outputTokens() > 0;
        long patience = begun
                ? host.migrationPatience().toNanos()
                : Math.min(FRESH_PATIENCE_NANOS, host.migrationPatience().toNanos());
        RequestMeter measured = meter;
        if (measured != null) {
            measured.onMigration(begun);
        }
        moveOn(now, leg, leg.triedWithThis(), failure, patience);
    }

    /** Others need the leg's place: its choices wait with what they have, and go on with whoever has room. */
    private void giveWay(Leg leg) {
        Started now = started;
        if (ended || now == null || leg.isFinished() || !now.isIncomplete(leg)) {
            return;
        }
        if (!Remainder.isPossible(leg, now.choices())) {
            return; // it would be lost, not interrupted
        }
        claim.onGaveWay();
        host.onGaveWay();
        leg.abandon();
        leg.placement().booking().release();
        if (hedge.spares(now, leg)) {
            return;
        }
        now.legs().remove(leg);
        var why = new GenerationEnd.Failure(ErrorCode.OVERLOADED, "it was interrupted for the sake of other requests");
        moveOn(now, leg, leg.tried(), why, limit.patienceNanos(System.nanoTime()));
    }

    /** Sends what a leg leaves to do on its way to another worker. */
    private void moveOn(Started now, Leg leg, List<WorkerId> tried, GenerationEnd.Failure why, long patienceNanos) {
        long nanos = System.nanoTime();
        if (now.legs().isEmpty()) {
            limit.onWaiting(nanos);
        }
        moving.begin(now, leg, tried, why, nanos + patienceNanos);
        for (int i = leg.firstChoice(); i < leg.firstChoice() + leg.choices(); i++) {
            ChoiceState choice = now.choices()[i];
            if (!ended && choice.hasNews()) {
                now.answer().onChoice(choice, usage(now)); // one that was at its limit
            }
        }
    }

    /** A move has its worker; event loop. */
    void onPlaced(Move move, Placement placement) {
        Started now = started;
        moving.onPlaced(move);
        if (ended || now == null) {
            placement.booking().release();
            return;
        }
        timing.worker = placement.worker().id();
        limit.onPlaced(System.nanoTime());
        Leg leg =
                new Leg(this, move.firstChoice(), move.request().withTimeLimit(limit.left()), placement, move.tried());
        now.legs().add(leg);
        start(leg);
    }

    /** Has a worker chosen for a prompt that found none when the run began; event loop. */
    void seekFirst(Move move) {
        Started now = started;
        if (!ended && now != null) {
            moving.add(now, move);
        }
    }

    /** A second worker is found, or null where there is none; event loop. */
    void onHedgePlaced(@Nullable Placement placement) {
        Started now = started;
        if (now != null) {
            hedge.onPlaced(now, placement);
        }
    }

    /** No worker can be had now; event loop. */
    void onNotPlaced(Move move, Throwable failure) {
        if (ended) {
            return;
        }
        GenerationEnd.Failure inVain = move.refuse(failure, System.nanoTime());
        if (inVain != null) {
            fail(inVain);
        }
    }

    /** Moves on what waits for a worker, and takes what waits in vain from a silent one. */
    private void watchLegs(Started now, long nowNanos) {
        moving.placeDue(now, nowNanos);
        for (Leg leg : List.copyOf(now.legs())) {
            if (!ended && leg.awaitsOutput() && leg.placement().booking().isOverdue()) {
                leg.abandon();
                lose(
                        now,
                        leg,
                        new GenerationEnd.Failure(
                                ErrorCode.WORKER_LOST,
                                "worker " + leg.placement().worker().id()
                                        + " has been silent for longer than it ever was"));
            }
        }
    }

    void onArrivalsTaken(Leg leg) {
        int tokens = arrivedTokens;
        arrivedTokens = 0;
        Started now = started;
        if (ended || now == null) {
            return;
        }
        long nanos = System.nanoTime();
        if (tokens > 0) {
            leg.placement().booking().onTokens(tokens);
            if (timing.firstTokenNanos == 0) {
                timing.firstTokenNanos = nanos;
            }
            RequestMeter measured = meter;
            if (measured != null) {
                measured.onTokens(tokens, nanos);
            }
        }
        if (count.isSettled(now, nanos)) {
            complete(now);
            return;
        }
        if (now.answer().flush()) {
            lastSentNanos = nanos;
        }
        if (now.answer().isWritable()) {
            leg.grant();
        }
    }

    private void complete(Started now) {
        UsageCount usage = usage(now);
        end(ErrorClass.NONE);
        now.answer().onComplete(usage);
    }

    private UsageCount usage(Started now) {
        return new UsageCount(timing.promptTokens, timing.cachedTokens, now.outputTokens(), now.reasoningTokens());
    }

    private void fail(ErrorCode code, String message) {
        fail(new GenerationEnd.Failure(code, message));
    }

    private void fail(GenerationEnd.Failure failure) {
        Started now = started;
        exchange.visit().onFailure(failure.code());
        end(ErrorClass.of(failure.code()));
        if (now != null) {
            now.answer().onFailure(failure.withParam(now.prepared().fieldOf(failure)));
        } else {
            exchange.respond(exchange.errors().answer(failure));
        }
    }

    RunHost host() {
        return host;
    }

    /** Something of ours or of the tokenizer's broke while output was taken: the client is told, and nobody waits. */
    void onDefect(RuntimeException defect) {
        host.onDefect(defect);
        if (!ended) {
            fail(ErrorCode.INTERNAL, ErrorBody.message(defect));
        }
    }

    /** The one end. Whatever still runs is cancelled. */
    private void end(ErrorClass error) {
        ended = true;
        waits.end();
        Started now = started;
        if (now != null) {
            now.legs().forEach(Leg::cancel);
        }
        RequestMeter measured = meter;
        if (measured != null) {
            if (now != null) {
                measured.onDetokenize(now.detokenizeNanos(), now.outputTokens());
            }
            measured.onEnd(
                    error,
                    timing.promptTokens,
                    timing.cachedTokens,
                    now == null ? 0 : now.outputTokens(),
                    System.nanoTime());
        }
        exchange.visit().onRunEnd(timing.facts(now));
        host.onRunEnd(this);
    }

    /** Ends it from outside, for example when the server stops. Event loop only. */
    void abandon(ErrorCode code, String message) {
        if (!ended) {
            fail(code, message);
        }
    }

    @Override
    public void onGone() {
        if (!ended) {
            exchange.visit().onFailure(ErrorCode.CANCELLED);
            end(ErrorClass.CANCELLED);
            Started now = started;
            if (now != null) {
                now.answer().onGone();
            }
            host.onDisconnect();
        }
    }

    @Override
    public void onWritable() {
        Started now = started;
        if (!ended && now != null) {
            now.legs().forEach(Leg::grant);
        }
    }

    @Override
    public void onTick(long nowNanos) {
        if (ended) {
            return;
        }
        if (limit.isOver(nowNanos)) {
            fail(
                    ErrorCode.DEADLINE_EXCEEDED,
                    "The request took longer than the limit of "
                            + host.timeLimit().toMillis() + " ms.");
            return;
        }
        Started now = started;
        if (now != null) {
            hedge.onTick(now, placedNanos, nowNanos);
        }
        if (now != null && (++ticks & 3) == 0) {
            watchLegs(now, nowNanos);
            if (!ended && count.isSettled(now, nowNanos)) {
                complete(now);
            }
        }
        if (now != null && !ended && nowNanos - lastSentNanos >= host.keepAliveNanos()) {
            lastSentNanos = nowNanos;
            now.answer().onSilence();
        }
    }
}

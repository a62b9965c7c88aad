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
import io.jynamo.router.Placement;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
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
    private final long deadlineNanos;
    private final RunExtras.Timing timing;
    private volatile boolean ended;
    private volatile @Nullable Started started;
    private volatile @Nullable RequestMeter meter;
    private long lastSentNanos;
    private int arrivedTokens;
    private int ticks;
    /** Choices between two workers. */
    private final List<Move> moving = new ArrayList<>(0);

    /** In which it is known which other workers went with a lost one: those of its process are asked, and do not answer. */
    private static final long NEWS_NANOS = Duration.ofMillis(10).toNanos();
    /** How long a request of which the client has nothing yet waits for a worker: it may as well come again. */
    private static final long FRESH_PATIENCE_NANOS = Duration.ofSeconds(2).toNanos();

    Run(Exchange exchange, RunHost host) {
        this.exchange = exchange;
        this.host = host;
        this.timing = new RunExtras.Timing(exchange.arrivedNanos());
        this.deadlineNanos = exchange.arrivedNanos() + host.timeLimit().toNanos();
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

    /** What is left of the time limit; never below a millisecond. */
    long remainingNanos() {
        return Math.max(1_000_000, deadlineNanos - System.nanoTime());
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

    /** Puts the run in order before any worker is started, on the preparing thread. */
    void place(Prepared prepared, List<Leg> legs, ChoiceState[] choices, RunAnswer answer) {
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
        if (ended) {
            onLoop(leg::cancel);
        }
    }

    /** It failed before any worker was started. */
    void refuse(Throwable failure) {
        if (loop().inEventLoop()) {
            if (!ended) {
                end(ErrorClass.of(ErrorBody.code(failure)));
                exchange.respond(ErrorBody.answer(failure));
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
        if (ended || now == null) {
            return;
        }
        int index = leg.firstChoice() / now.prepared().options().choices();
        if (now.promptTold()[index]) {
            return; // by the worker that this one goes on for
        }
        now.promptTold()[index] = true;
        leg.onPromptTold(prefilled.cachedTokens());
        timing.cachedTokens += prefilled.cachedTokens();
        Prepared.Prompt prompt = now.prepared().prompts().get(index);
        for (int i = 0; i < leg.choices(); i++) {
            ChoiceState choice = now.choices()[leg.firstChoice() + i];
            if (prompt.echoesLogprobs()) {
                choice.onEchoed(prompt.tokens().at(0), prefilled.logprobs());
            }
        }
        if (now.prepared().options().promptLogprobs() != GenerationRequest.NO_LOGPROBS) {
            now.answer().onPromptLogprobs(leg.firstChoice(), leg.choices(), prefilled.logprobs());
        }
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
            leg.placement().booking().release();
        } else {
            lose(now, leg, failure);
        }
    }

    /** A leg is over and its choices are not: they go on with another worker, or the run fails. */
    private void lose(Started now, Leg leg, GenerationEnd.Failure failure) {
        leg.placement().booking().onFailure(failure.code(), failure.retryAfter());
        now.legs().remove(leg);
        int moves = leg.triedWithThis().size();
        if (!failure.code().anotherWorkerMayHelp() || moves > host.migrationLimit()) {
            fail(moves == 1 ? failure : afterMoves(failure, moves));
            return;
        }
        // A worker that brought output was worth asking, and so is the next: only the request's own limit counts.
        if (!leg.hasBroughtOutput() && !host.tryRetry()) {
            fail(RetryBudget.spent(failure));
            return;
        }
        int index = leg.firstChoice() / now.prepared().options().choices();
        boolean begun = now.outputTokens() > 0;
        long patience = begun
                ? host.migrationPatience().toNanos()
                : Math.min(FRESH_PATIENCE_NANOS, host.migrationPatience().toNanos());
        for (int i = leg.firstChoice(); i < leg.firstChoice() + leg.choices(); i++) {
            now.choices()[i].onMove();
        }
        for (Remainder rest : Remainder.of(leg, now.choices(), now.promptTold()[index], moves)) {
            Move move = new Move(
                    rest.firstChoice(), rest.request(), leg.triedWithThis(), failure, System.nanoTime() + patience);
            moving.add(move);
            seek(now, move, failure.code());
            if (ended) {
                return;
            }
        }
        RequestMeter measured = meter;
        if (measured != null) {
            measured.onMigration(begun);
        }
        for (int i = leg.firstChoice(); i < leg.firstChoice() + leg.choices(); i++) {
            ChoiceState choice = now.choices()[i];
            if (choice.hasNews()) {
                now.answer().onChoice(choice, usage(now)); // one that was at its limit
            }
        }
    }

    /** Has a worker chosen for a move: at once, or when news of others that died with the lost one has come. */
    private void seek(Started now, Move move, ErrorCode why) {
        if (why != ErrorCode.WORKER_LOST) {
            host.place(this, now.prepared(), move);
            return;
        }
        Runnable place = () -> {
            if (!ended) {
                host.place(this, now.prepared(), move);
            }
        };
        var _ = loop().schedule(place, NEWS_NANOS, TimeUnit.NANOSECONDS);
    }

    private static GenerationEnd.Failure afterMoves(GenerationEnd.Failure failure, int workers) {
        return new GenerationEnd.Failure(
                failure.code(),
                workers + " workers failed with this request, the last: " + failure.message(),
                failure.retryAfter());
    }

    /** A move has its worker; event loop. */
    void onPlaced(Move move, Placement placement) {
        Started now = started;
        moving.remove(move);
        if (ended || now == null) {
            placement.booking().release();
            return;
        }
        timing.worker = placement.worker().id();
        Leg leg = new Leg(
                this,
                move.firstChoice(),
                move.request().withTimeLimit(Duration.ofNanos(remainingNanos())),
                placement,
                move.tried());
        now.legs().add(leg);
        start(leg);
    }

    /** No worker can be had now; event loop. */
    void onNotPlaced(Move move, RuntimeException failure) {
        if (ended) {
            return;
        }
        ErrorCode code = ErrorBody.code(failure);
        boolean mayChange = code == ErrorCode.NOT_READY || code == ErrorCode.OVERLOADED;
        if (!mayChange || !move.onRefused(System.nanoTime())) {
            GenerationEnd.Failure why = move.why();
            fail(new GenerationEnd.Failure(
                    why.code(),
                    why.message() + "; and no other worker could go on: " + ErrorBody.message(failure),
                    why.retryAfter()));
        }
    }

    /** Moves on what waits for a worker, and takes what waits in vain from a silent one. */
    private void watchLegs(Started now, long nowNanos) {
        for (Move move : List.copyOf(moving)) {
            if (move.isDue(nowNanos)) {
                host.place(this, now.prepared(), move);
            }
        }
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
        if (now.allDone() && !now.owesCount()) {
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
        return new UsageCount(timing.promptTokens, timing.cachedTokens, now.outputTokens());
    }

    private void fail(ErrorCode code, String message) {
        fail(new GenerationEnd.Failure(code, message));
    }

    private void fail(GenerationEnd.Failure failure) {
        Started now = started;
        end(ErrorClass.of(failure.code()));
        if (now != null) {
            now.answer().onFailure(failure);
        } else {
            exchange.respond(ErrorBody.answer(failure));
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
        if (nowNanos - deadlineNanos >= 0) {
            fail(
                    ErrorCode.DEADLINE_EXCEEDED,
                    "The request took longer than the limit of "
                            + host.timeLimit().toMillis() + " ms.");
            return;
        }
        Started now = started;
        if (now != null && (++ticks & 3) == 0) {
            watchLegs(now, nowNanos);
            if (ended) {
                return;
            }
            if (now.allDone()) {
                complete(now);
                return;
            }
        }
        if (now != null && nowNanos - lastSentNanos >= host.keepAliveNanos()) {
            lastSentNanos = nowNanos;
            now.answer().onSilence();
        }
    }
}

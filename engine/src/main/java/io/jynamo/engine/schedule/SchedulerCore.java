package io.jynamo.engine.schedule;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.FinishReason;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.TokenDelta;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.TokenLogprobs;
import io.jynamo.protocol.Turnover;
import io.jynamo.protocol.Usage;
import io.jynamo.protocol.WorkerLoad;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The engine's scheduler: continuous batching over a block pool, as a pure core. It is told what happened and when, and
 * answers with what to do; it has no thread, clock, randomness or I/O, so the same events give the same effects.
 *
 * <p><b>How it works.</b> {@link SchedulerEvent.Plan} makes a step ({@link StepPlanner}); whoever drives the core
 * computes it, draws the tokens and answers with {@link SchedulerEvent.Computed}, upon which tokens are told, choices
 * end and full blocks become reusable. A request is a set of {@link Sequence}s. One of them computes the prompt; when it
 * is done every choice draws its first token from the same logits and shares the prompt's blocks, and a block that ends
 * inside is copied by the first who writes to it. When blocks run out, readers who gave no credit lose theirs first,
 * then whoever is last in line, to compute them again later.
 *
 * <p>Line: by arrival, where one level of priority is worth {@link SchedulerOptions#aging} of waiting. So the order
 * between two requests never changes, a higher priority goes first, and nobody waits for ever. The first in line takes
 * the place and the blocks of a running sequence too, if that one comes after it and has a lower priority.
 *
 * <p>Every accepted request ends in exactly one {@link SchedulerEffect.Finished}, after one delta with a finish reason
 * per choice; a refused one has only the former.
 */
public final class SchedulerCore {
    private static final Comparator<Request> BY_DEADLINE =
            Comparator.<Request>comparingLong(r -> r.deadlineNanos).thenComparingLong(r -> r.number);

    private final SchedulerOptions options;
    private final BlockPool pool;
    private final BlockTables tables;
    private final Roster roster;
    private final PrefillPace pace;
    private final StepPlanner planner;
    private final RequestCheck check;
    private final Map<RequestId, Request> requests = new HashMap<>();
    private final TreeSet<Request> deadlines = new TreeSet<>(BY_DEADLINE);
    private final List<SchedulerEffect> effects = new ArrayList<>();

    private final Turnover turnover = new Turnover();

    private int queued;
    private long eventNanos;
    private long arrivals;
    private boolean draining;
    private @Nullable StepBuilder inFlight;
    private long plannedAt;

    public SchedulerCore(SchedulerOptions options, BlockPool pool) {
        this.options = options;
        this.pool = pool;
        tables = new BlockTables(pool, options.prefixReuse());
        roster = new Roster(tables);
        pace = new PrefillPace(options, pool.blockTokens());
        planner = new StepPlanner(pool, tables, roster, options, pace);
        check = new RequestCheck(options, pool);
    }

    /**
     * Handles an event.
     *
     * @param nowNanos the time, on any clock that does not go back
     * @return what to do, in order; valid until the next call
     */
    public List<SchedulerEffect> on(SchedulerEvent event, long nowNanos) {
        effects.clear();
        eventNanos = nowNanos;
        switch (event) {
            case SchedulerEvent.Submit submit -> submit(submit, nowNanos);
            case SchedulerEvent.Cancel cancel -> cancel(cancel.id());
            case SchedulerEvent.CancelChoice cancel -> cancelChoice(cancel.id(), cancel.choice());
            case SchedulerEvent.Grant grant -> grant(grant.id(), grant.tokens());
            case SchedulerEvent.Plan plan -> plan(nowNanos);
            case SchedulerEvent.Computed computed -> computed(computed.result(), nowNanos);
            case SchedulerEvent.Drain drain -> draining = true;
            case SchedulerEvent.Abandon abandon -> abandon(abandon.code(), abandon.message());
        }
        List<KvEvent> kvEvents = pool.drainEvents();
        if (!kvEvents.isEmpty()) {
            effects.add(new SchedulerEffect.KvChanged(kvEvents));
        }
        return effects;
    }

    /** The pool whose blocks it schedules. */
    public BlockPool pool() {
        return pool;
    }

    /** Requests that have not ended. */
    public int liveRequests() {
        return requests.size();
    }

    /** Times that a sequence lost its blocks and had to compute them again. */
    public long preemptions() {
        return roster.preemptions();
    }

    /** Times that a running sequence made way for one of higher priority. */
    public long displacements() {
        return roster.displacements();
    }

    public WorkerLoad load() {
        int running = 0;
        long prefill = roster.queuedTokens();
        Request last = null;
        List<Sequence> sequences = roster.running();
        for (int i = 0; i < sequences.size(); i++) {
            Sequence sequence = sequences.get(i);
            if (sequence.request != last) {
                running++;
                last = sequence.request;
            }
            if (!sequence.decodes()) {
                prefill += sequence.pending();
            }
        }
        return new WorkerLoad(running, requests.size() - running, prefill, pool.used(), pool.capacity());
    }

    /** Who runs and who waits; for tests. */
    Roster roster() {
        return roster;
    }

    /** Checks everything that must hold between two events; for tests, linear in pool and requests. */
    public void checkInvariants() {
        pool.checkInvariants();
        int[] held = new int[pool.capacity()];
        int live = 0;
        for (Request request : requests.values()) {
            for (Sequence sequence : request.sequences) {
                live += sequence.state == Sequence.State.FINISHED ? 0 : 1;
                for (int block : sequence.blocks) {
                    held[block]++;
                }
                roster.check(sequence);
            }
        }
        for (int block = 0; block < held.length; block++) {
            if (held[block] != pool.references(block)) {
                throw new IllegalStateException("block " + block + " has " + pool.references(block) + " references and "
                        + held[block] + " holders");
            }
        }
        if (requests.size() != deadlines.size() || live < requests.size()) {
            throw new IllegalStateException("requests, deadlines and choices do not add up");
        }
    }

    private void submit(SchedulerEvent.Submit submit, long nowNanos) {
        GenerationRequest spec = submit.request();
        GenerationEnd.Failure refusal = draining
                ? new GenerationEnd.Failure(ErrorCode.NOT_READY, "the worker is draining")
                : check.refusal(spec);
        if (refusal == null && requests.containsKey(spec.id())) {
            throw new IllegalArgumentException("request " + spec.id() + " is running already");
        }
        if (refusal == null) {
            refusal = overload();
        }
        if (refusal != null) {
            Usage usage = new Usage(spec.prompt().count(), 0, 0);
            effects.add(new SchedulerEffect.Finished(spec.id(), new GenerationEnd(usage, refusal)));
            return;
        }
        Request request = new Request(submit, arrivals++, nowNanos, options);
        requests.put(spec.id(), request);
        deadlines.add(request);
        queued++;
        Sequence leader = request.sequences[0];
        leader.begin();
        int cached = tables.reusable(leader) == 0 ? 0 : tables.matches(leader, new int[tables.reusable(leader)]);
        roster.queue(leader, leader.count - cached * pool.blockTokens());
    }

    private GenerationEnd.@Nullable Failure overload() {
        int places = Math.max(0, options.maxSequences() - roster.running().size());
        if (queued < options.maxQueue() + places && requests.size() < options.maxQueue() + 4 * options.maxSequences()) {
            return null;
        }
        return new GenerationEnd.Failure(
                ErrorCode.OVERLOADED,
                "the worker runs " + roster.running().size() + " sequences and " + queued
                        + " requests wait; its queue holds " + options.maxQueue(),
                turnover.untilNext(eventNanos));
    }

    private void cancel(RequestId id) {
        Request request = requests.get(id);
        if (request != null) {
            endAll(request, FinishReason.CANCELLED, null);
        }
    }

    private void cancelChoice(RequestId id, int choice) {
        Request request = requests.get(id);
        if (request == null || choice < 0 || choice >= request.sequences.length) {
            return;
        }
        Sequence sequence = request.sequences[choice];
        if (sequence.state == Sequence.State.FINISHED) {
            return;
        }
        if (!request.promptDone && sequence.state != Sequence.State.UNBORN) {
            handOverPrompt(request, sequence);
            sequence = request.sequences[choice];
        }
        if (request.promptDone) {
            emit(sequence, TokenIds.empty(), List.of(), FinishReason.CANCELLED, null);
        } else {
            request.untold.add(sequence);
        }
        end(sequence);
    }

    /** Lets another choice be the one that computes the prompt, if there is one. */
    private static void handOverPrompt(Request request, Sequence leader) {
        for (Sequence heir : request.sequences) {
            if (heir.state == Sequence.State.UNBORN) {
                int place = heir.choice;
                request.sequences[leader.choice] = heir;
                request.sequences[place] = leader;
                heir.choice = leader.choice;
                leader.choice = place;
                return;
            }
        }
    }

    private void grant(RequestId id, int tokens) {
        Request request = requests.get(id);
        if (request == null || tokens <= 0) {
            return;
        }
        for (Sequence sequence : request.sequences) {
            sequence.credit = Math.min(GenerationRequest.UNLIMITED_CREDIT, sequence.credit + tokens);
            if (sequence.state == Sequence.State.BLOCKED) {
                roster.queue(sequence, sequence.pending());
            }
        }
    }

    private void abandon(ErrorCode code, String message) {
        GenerationEnd.Failure failure = new GenerationEnd.Failure(code, message);
        for (Request request : List.copyOf(requests.values())) {
            endAll(request, FinishReason.ERROR, failure);
        }
    }

    private void plan(long nowNanos) {
        if (inFlight != null) {
            throw new IllegalStateException("a step is planned while another is computed");
        }
        while (!deadlines.isEmpty() && deadlines.first().deadlineNanos <= nowNanos) {
            Request request = deadlines.first();
            String limit = request.spec.timeLimit().toMillis() + " ms";
            endAll(
                    request,
                    FinishReason.ERROR,
                    new GenerationEnd.Failure(
                            ErrorCode.DEADLINE_EXCEEDED,
                            "the request's time limit of " + limit + " ran out after " + request.output
                                    + " output tokens"));
        }
        StepBuilder step = planner.plan();
        if (step.isEmpty()) {
            long until = deadlines.isEmpty() ? Long.MAX_VALUE : deadlines.first().deadlineNanos;
            effects.add(new SchedulerEffect.Idle(until));
            return;
        }
        for (StepBuilder.Part part : step.parts()) {
            Request request = part.sequence().request;
            if (!request.started) {
                request.started = true;
                queued--;
            }
        }
        inFlight = step;
        plannedAt = nowNanos;
        effects.add(new SchedulerEffect.Compute(step.build()));
    }

    private void computed(StepResult result, long nowNanos) {
        StepBuilder step = inFlight;
        if (step == null) {
            throw new IllegalStateException("a step was computed that nobody planned");
        }
        pace.observe(step.shape(), nowNanos - plannedAt);
        List<StepBuilder.Part> parts = step.parts();
        inFlight = null;
        int promptRows = 0;
        for (int i = 0; i < parts.size(); i++) {
            StepBuilder.Part part = parts.get(i);
            List<TokenLogprobs> prompt = part.promptRows() ? result.prompt(promptRows++) : List.of();
            if (part.sequence().state == Sequence.State.FINISHED) {
                continue; // cancelled while the step was computed
            }
            GenerationEnd.Failure fault = result.fault(i);
            if (fault != null) {
                endAll(part.sequence().request, FinishReason.ERROR, fault);
                continue;
            }
            tables.commit(part.sequence(), part.tokens());
            part.sequence().request.promptLogprobs.addAll(prompt);
            if (part.draws() > 0) {
                advance(part, step.draws(), result);
            }
        }
    }

    private void advance(StepBuilder.Part part, List<StepPlan.Draw> draws, StepResult result) {
        Sequence sequence = part.sequence();
        Request request = sequence.request;
        if (request.promptDone) {
            take(sequence, part.firstDraw(), result);
            return;
        }
        effects.add(new SchedulerEffect.Prompt(request.id(), request.cached, List.copyOf(request.promptLogprobs)));
        tellUntold(request);
        for (Sequence choice : request.sequences) {
            if (choice.state == Sequence.State.UNBORN) {
                tables.fork(sequence, choice);
            }
        }
        request.promptDone = true;
        for (int draw = part.firstDraw(); draw < part.firstDraw() + part.draws(); draw++) {
            Sequence choice = request.sequences[
                    draws.get(draw).choice() - request.spec.resumption().firstChoice()];
            if (choice.state != Sequence.State.FINISHED) {
                take(choice, draw, result);
            }
        }
    }

    /** Gives a choice its next token. */
    private void take(Sequence sequence, int draw, StepResult result) {
        Request request = sequence.request;
        int token = result.token(draw);
        List<TokenLogprobs> logprobs = result.logprobs(draw);
        if (request.stopsAt(token)
                && sequence.outputCount() >= request.spec.stopping().minTokens()) {
            emit(sequence, TokenIds.empty(), logprobs, FinishReason.STOP, token);
            end(sequence);
            return;
        }
        sequence.append(token);
        sequence.credit--;
        request.output++;
        if (sequence.outputCount() >= request.maxOutput) {
            emit(sequence, TokenIds.of(token), logprobs, FinishReason.LENGTH, null);
            end(sequence);
            return;
        }
        emit(sequence, TokenIds.of(token), logprobs, null, null);
        if (sequence.credit <= 0) {
            roster.block(sequence);
        } else if (sequence.state == Sequence.State.UNBORN) {
            roster.queue(sequence, 1);
        }
    }

    private void emit(
            Sequence sequence,
            TokenIds tokens,
            List<TokenLogprobs> logprobs,
            @Nullable FinishReason finish,
            @Nullable Integer stopToken) {
        TokenDelta delta = new TokenDelta(sequence.choice, tokens, logprobs, finish, stopToken);
        effects.add(new SchedulerEffect.Delta(sequence.request.id(), delta));
    }

    private void end(Sequence sequence) {
        Request request = sequence.request;
        roster.finish(sequence);
        if (--request.live == 0) {
            forget(request, null);
        }
    }

    /** Tells the ends of choices that ended before the prompt was told. */
    private void tellUntold(Request request) {
        for (Sequence sequence : request.untold) {
            emit(sequence, TokenIds.empty(), List.of(), FinishReason.CANCELLED, null);
        }
        request.untold.clear();
    }

    private void endAll(Request request, FinishReason reason, GenerationEnd.@Nullable Failure failure) {
        for (Sequence sequence : request.sequences) {
            if (sequence.state != Sequence.State.FINISHED) {
                emit(sequence, TokenIds.empty(), List.of(), reason, null);
                roster.finish(sequence);
            }
        }
        forget(request, failure);
    }

    private void forget(Request request, GenerationEnd.@Nullable Failure failure) {
        tellUntold(request);
        requests.remove(request.id());
        deadlines.remove(request);
        turnover.onEnd(eventNanos, !requests.isEmpty());
        if (!request.started) {
            queued--;
        }
        effects.add(new SchedulerEffect.Finished(request.id(), new GenerationEnd(request.usage(), failure)));
    }
}

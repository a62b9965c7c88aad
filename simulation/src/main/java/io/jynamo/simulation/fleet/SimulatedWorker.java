package io.jynamo.simulation.fleet;

import io.jynamo.engine.loop.Scheduling;
import io.jynamo.engine.schedule.SchedulerCore;
import io.jynamo.engine.schedule.SchedulerEffect;
import io.jynamo.engine.schedule.SchedulerEvent;
import io.jynamo.engine.schedule.StepPlan;
import io.jynamo.engine.schedule.StepResult;
import io.jynamo.engine.simulated.SimulatedSteps;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Worker;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerLoad;
import io.jynamo.simulation.clock.EventQueue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A worker in virtual time: the production scheduler, block pool and prefix cache, whose steps are events that end when
 * the timing model says. Its answers are one token over and over, the request's seed. One thread.
 */
public final class SimulatedWorker implements Worker {
    /** Ids are below it; large, since traces name blocks by number and a block's tokens are its name. */
    public static final int VOCABULARY = 1 << 30;

    private static final int EOS = 0;

    private final WorkerId id;
    private final ModelCard card;
    private final EventQueue queue;
    private final long eventDelayNanos;
    private final SchedulerCore core;
    private final SimulatedSteps steps;
    private final StepResult result = new StepResult();
    private final Map<RequestId, OutputSink> sinks = new HashMap<>();
    private final List<Consumer<KvEvent>> listeners = new ArrayList<>();
    private final ArrayDeque<List<KvEvent>> underway = new ArrayDeque<>();
    private boolean planning;
    private boolean computing;
    private long busyNanos;

    /** A worker without requests or cached blocks. */
    public SimulatedWorker(WorkerId id, WorkerOptions options, EventQueue queue) {
        this.id = id;
        this.queue = queue;
        eventDelayNanos = options.eventDelay().toNanos();
        var engine = options.engine();
        card = new ModelCard(
                engine.modelName(),
                "simulated",
                VOCABULARY,
                engine.maxModelLen(),
                engine.maxModelLen(),
                engine.blockTokens(),
                engine.kvBlocks(),
                engine.maxBatchedTokens(),
                engine.maxSequences(),
                Set.of(EOS),
                null);
        core = Scheduling.core(engine, VOCABULARY, card.eosTokenIds());
        long kvTokens = (long) engine.kvBlocks() * engine.blockTokens();
        steps = new SimulatedSteps(
                (prompt, seed, most) -> new int[] {(int) seed}, options.timing(), kvTokens, engine.maxModelLen(), EOS);
    }

    @Override
    public WorkerId id() {
        return id;
    }

    @Override
    public ModelCard card() {
        return card;
    }

    /** The request's seed must be given, and is the one token of its answer. */
    @Override
    public Generation start(GenerationRequest request, OutputSink sink) {
        Long seed = request.sampling().seed();
        if (seed == null) {
            throw new IllegalArgumentException("request " + request.id() + " has no seed to answer with");
        }
        sinks.put(request.id(), sink);
        steps.accept(request, seed);
        carryOut(new SchedulerEvent.Submit(request, seed));
        planSoon();
        return new Handle(request.id());
    }

    @Override
    public WorkerLoad load() {
        return core.load();
    }

    /** Requests that it has and that have not ended. */
    public int requests() {
        return sinks.size();
    }

    /** How long it has computed. */
    public long busyNanos() {
        return busyNanos;
    }

    @Override
    public AutoCloseable subscribe(Consumer<KvEvent> listener) {
        if (!underway.isEmpty()) {
            throw new IllegalStateException("worker " + id + " has events on their way that the snapshot has already");
        }
        core.pool().snapshot().forEach(listener);
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Checks what must hold between two events; {@code all} also what takes as long as its pool is large. */
    public void check(boolean all) {
        int held = core.pool().used();
        if (held < 0 || held > core.pool().capacity()) {
            throw new IllegalStateException("worker " + id + " holds " + held + " blocks of "
                    + core.pool().capacity());
        }
        if (sinks.size() != core.liveRequests()) {
            throw new IllegalStateException(
                    "worker " + id + " owes " + sinks.size() + " requests an end and runs " + core.liveRequests());
        }
        if (core.liveRequests() > 0 && !computing && !planning) {
            throw new IllegalStateException("worker " + id + " stands still with " + core.liveRequests() + " requests");
        }
        if (all) {
            core.checkInvariants();
        }
    }

    private void planSoon() {
        if (!computing && !planning) {
            planning = true;
            queue.settle(this::plan);
        }
    }

    private void plan() {
        planning = false;
        carryOut(new SchedulerEvent.Plan());
    }

    private void computed(StepPlan plan) {
        computing = false;
        result.reset(plan);
        steps.compute(plan, result);
        carryOut(new SchedulerEvent.Computed(result));
        if (core.liveRequests() > 0) {
            planSoon();
        }
    }

    private void carryOut(SchedulerEvent event) {
        for (SchedulerEffect effect : List.copyOf(core.on(event, queue.getAsLong()))) {
            switch (effect) {
                case SchedulerEffect.Prompt prompt ->
                    sink(prompt.id()).onPrompt(prompt.cachedTokens(), prompt.logprobs());
                case SchedulerEffect.Delta delta -> sink(delta.id()).onDelta(delta.delta());
                case SchedulerEffect.Finished finished -> finish(finished);
                case SchedulerEffect.KvChanged changed -> tellLater(changed.events());
                case SchedulerEffect.Compute compute -> compute(compute.plan());
                case SchedulerEffect.Idle idle -> wakeAt(idle.untilNanos());
            }
        }
    }

    private void compute(StepPlan plan) {
        computing = true;
        long nanos = steps.nanos(plan);
        busyNanos += nanos;
        queue.at(queue.getAsLong() + nanos, () -> computed(plan));
    }

    /** A deadline passes then: only where requests wait without a step to run is there one. */
    private void wakeAt(long nanos) {
        if (nanos != Long.MAX_VALUE) {
            planning = true;
            queue.at(nanos, this::plan);
        }
    }

    private void finish(SchedulerEffect.Finished finished) {
        steps.forget(finished.id());
        OutputSink sink = sink(finished.id());
        sinks.remove(finished.id());
        sink.onFinished(finished.end());
    }

    private OutputSink sink(RequestId request) {
        @Nullable OutputSink sink = sinks.get(request);
        if (sink == null) {
            throw new IllegalStateException(
                    "worker " + id + " tells of request " + request + ", which it does not have");
        }
        return sink;
    }

    /** Batches arrive in the order they left: each arrival takes the one longest on its way. */
    private void tellLater(List<KvEvent> events) {
        underway.add(events);
        queue.at(queue.getAsLong() + eventDelayNanos, () -> {
            for (KvEvent event : underway.remove()) {
                List.copyOf(listeners).forEach(listener -> listener.accept(event));
            }
        });
    }

    private final class Handle implements Generation {
        private final RequestId request;

        Handle(RequestId request) {
            this.request = request;
        }

        @Override
        public void cancel() {
            carryOut(new SchedulerEvent.Cancel(request));
        }

        @Override
        public void cancel(int choice) {
            carryOut(new SchedulerEvent.CancelChoice(request, choice));
        }

        @Override
        public void grant(int tokens) {
            carryOut(new SchedulerEvent.Grant(request, tokens));
            planSoon();
        }
    }
}

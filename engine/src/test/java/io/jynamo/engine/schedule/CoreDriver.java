package io.jynamo.engine.schedule;

import io.jynamo.engine.sampling.Sampler;
import io.jynamo.engine.step.FakeRunner;
import io.jynamo.engine.step.Logits;
import io.jynamo.engine.step.Step;
import io.jynamo.engine.step.StepRunner;
import io.jynamo.protocol.FinishReason;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.TokenLogprobs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Drives a scheduler core over the fake runner in one thread, at a virtual time, checking everything after each event. */
final class CoreDriver {
    static final int VOCABULARY = 97;
    static final int EOS = 0;

    /** What came out of one request. */
    static final class Output {
        final Map<Integer, List<Integer>> tokens = new HashMap<>();
        final Map<Integer, FinishReason> finishes = new HashMap<>();
        List<TokenLogprobs> prompt = List.of();
        final List<TokenLogprobs> logprobs = new ArrayList<>();
        int cached = -1;

        @Nullable
        GenerationEnd end;

        boolean hasEnded() {
            return end != null;
        }

        GenerationEnd end() {
            return Objects.requireNonNull(end, "the request has not ended");
        }
    }

    final SchedulerCore core;
    final StepRunner runner;
    final Map<RequestId, Output> outputs = new HashMap<>();
    final List<Step> steps = new ArrayList<>();
    long now;
    long stepNanos = 1_000_000;
    private final Sampler sampler;
    private final Logits logits;
    private final StepResult result = new StepResult();

    CoreDriver(SchedulerOptions options, int blocks, int blockTokens) {
        this(options, new FakeRunner(VOCABULARY, blocks, blockTokens), blockTokens);
    }

    CoreDriver(SchedulerOptions options, StepRunner runner, int blockTokens) {
        core = new SchedulerCore(options, new BlockPool(runner.memory().blocks(), blockTokens));
        this.runner = runner;
        sampler = new Sampler(runner.vocabularySize());
        logits = new Logits(runner.vocabularySize());
    }

    /** Options without surprises: no adaptive chunk, a queue for a thousand. */
    static SchedulerOptions options(int maxSequences, int maxBatchedTokens, int chunk, boolean reuse) {
        return new SchedulerOptions(
                VOCABULARY,
                Set.of(EOS),
                400,
                maxSequences,
                maxBatchedTokens,
                chunk,
                Duration.ZERO,
                1_000,
                Duration.ofSeconds(1),
                8,
                reuse);
    }

    Output submit(GenerationRequest request, long seed) {
        Output output = new Output();
        outputs.put(request.id(), output);
        tell(new SchedulerEvent.Submit(request, seed));
        return output;
    }

    /** Plans and computes one step; false if there was nothing to do. */
    boolean step() {
        StepPlan plan = plan();
        if (plan == null) {
            return false;
        }
        compute(plan);
        return true;
    }

    @Nullable
    StepPlan plan() {
        List<SchedulerEffect> effects = tell(new SchedulerEvent.Plan());
        return effects.stream()
                .filter(SchedulerEffect.Compute.class::isInstance)
                .map(e -> ((SchedulerEffect.Compute) e).plan())
                .findFirst()
                .orElse(null);
    }

    void compute(StepPlan plan) {
        steps.add(plan.step());
        for (StepPlan.BlockCopy copy : plan.copies()) {
            runner.copyBlock(copy.from(), copy.to(), copy.tokens());
        }
        result.reset(plan);
        runner.run(plan.step(), logits);
        sampler.sample(plan, logits, result);
        now += stepNanos;
        tell(new SchedulerEvent.Computed(result));
    }

    /** Runs until nothing is left to do. */
    void finish() {
        for (int left = 200_000; step(); left--) {
            if (left == 0) {
                throw new AssertionError("no end after 200,000 steps");
            }
        }
    }

    List<SchedulerEffect> tell(SchedulerEvent event) {
        List<SchedulerEffect> effects = List.copyOf(core.on(event, now));
        core.checkInvariants();
        for (SchedulerEffect effect : effects) {
            switch (effect) {
                case SchedulerEffect.Prompt prompt -> {
                    Output output = output(prompt.id());
                    boolean first = output.cached < 0 && output.tokens.isEmpty() && output.finishes.isEmpty();
                    expect(first, "prompt told twice or late");
                    output.cached = prompt.cachedTokens();
                    output.prompt = prompt.logprobs();
                }
                case SchedulerEffect.Delta delta -> onDelta(delta);
                case SchedulerEffect.Finished finished -> {
                    Output output = output(finished.id());
                    expect(output.end == null, "finished twice");
                    output.end = finished.end();
                }
                case SchedulerEffect.KvChanged changed -> {}
                case SchedulerEffect.Compute compute -> {}
                case SchedulerEffect.Idle idle -> {}
            }
        }
        return effects;
    }

    private void onDelta(SchedulerEffect.Delta effect) {
        Output output = output(effect.id());
        var delta = effect.delta();
        expect(output.end == null && !output.finishes.containsKey(delta.choice()), "delta after the end");
        output.logprobs.addAll(delta.logprobs());
        for (int i = 0; i < delta.tokens().count(); i++) {
            output.tokens
                    .computeIfAbsent(delta.choice(), c -> new ArrayList<>())
                    .add(delta.tokens().at(i));
        }
        if (delta.finish() != null) {
            output.finishes.put(delta.choice(), delta.finish());
        }
    }

    Output output(RequestId id) {
        Output output = outputs.get(id);
        if (output == null) {
            throw new AssertionError("an effect for request " + id + ", which nobody sent");
        }
        return output;
    }

    private static void expect(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    /** Who runs, in order of the line. */
    List<String> running() {
        return core.roster().running().stream().map(s -> s.request.id().value()).toList();
    }

    /** How many tokens the first choice of each request has so far. */
    List<Integer> sizes(String... ids) {
        return List.of(ids).stream()
                .map(id -> output(new RequestId(id))
                        .tokens
                        .getOrDefault(0, List.of())
                        .size())
                .toList();
    }
}

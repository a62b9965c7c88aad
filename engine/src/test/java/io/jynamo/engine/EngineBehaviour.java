package io.jynamo.engine;

import static io.jynamo.protocol.GenerationRequest.NO_LOGPROBS;
import static io.jynamo.protocol.GenerationRequest.UNLIMITED_CREDIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.Capability;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.FinishReason;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Resumption;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.TokenLogprobs;
import io.jynamo.protocol.WorkerState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every engine promises, ours and those of others, as far as its card says that it can. */
public abstract class EngineBehaviour {
    private final List<Engine> engines = new ArrayList<>();

    /** A new engine over a model whose vocabulary has at least 400 ids. */
    protected abstract Engine create();

    /** Ends the engine as a crash would, while requests run. */
    protected void kill(Engine engine) {
        engine.close();
    }

    /** Whether a model is behind it: one that pretends draws as it likes and knows no probabilities. */
    protected boolean computes() {
        return true;
    }

    @AfterEach
    void closeAll() {
        engines.forEach(Engine::close);
    }

    @Test
    void generatesUpToTheLimitAndCounts() {
        Engine engine = engine();
        CollectingSink sink = run(engine, request("a", prompt(1), endless(engine, 12)));
        assertThat(sink.await().failure()).isNull();
        assertThat(sink.await().usage().prompt()).isEqualTo(8);
        assertThat(sink.await().usage().output()).isEqualTo(12);
        assertThat(sink.finishes()).containsOnlyKeys(0).containsEntry(0, FinishReason.LENGTH);
        assertThat(sink.cachedTokens()).isBetween(0, 7);
        assertThat(text(sink).isEmpty()).isEqualTo(engine.card().can(Capability.TOKEN_OUTPUT));
        if (engine.card().can(Capability.TOKEN_OUTPUT)) {
            assertThat(sink.tokens(0)).hasSize(12);
        }
        assertThat(engine.state()).isEqualTo(WorkerState.READY);
    }

    @Test
    void saysTheSameForTheSamePrompt() {
        Engine engine = engine();
        CollectingSink first = run(engine, request("a", prompt(2), endless(engine, 10)));
        CollectingSink second = run(engine, request("b", prompt(2), endless(engine, 10)));
        assertThat(second.await().usage().output()).isEqualTo(10);
        assertThat(second.tokens(0)).isEqualTo(first.tokens(0));
        assertThat(text(second)).isEqualTo(text(first));
    }

    @Test
    void endsAtAStopId() {
        Engine engine = engine();
        needs(engine, Capability.STOP_TOKEN_IDS);
        needs(engine, Capability.TOKEN_OUTPUT);
        List<Integer> free =
                run(engine, request("a", prompt(3), endless(engine, 8))).tokens(0);
        int stop = free.get(5);
        Stopping stopping = new Stopping(8, 0, Set.of(stop), true);
        CollectingSink sink = run(engine, request("b", prompt(3), stopping));
        sink.await();
        assertThat(sink.tokens(0)).isEqualTo(free.subList(0, free.indexOf(stop)));
        assertThat(sink.finishes()).containsEntry(0, FinishReason.STOP);
        assertThat(sink.deltas().getLast().stopToken()).isEqualTo(stop);
    }

    @Test
    void givesEveryChoiceItsOwnEnd() {
        Engine engine = engine();
        needs(engine, Capability.CHOICES);
        CollectingSink sink = run(engine, full("a", 3, NO_LOGPROBS, NO_LOGPROBS, endless(engine, 6)));
        assertThat(sink.await().usage().output()).isEqualTo(18);
        assertThat(sink.finishes()).hasSize(3).containsValue(FinishReason.LENGTH);
        if (computes()) {
            assertThat(sink.tokens(1)).isEqualTo(sink.tokens(0)).isEqualTo(sink.tokens(2));
        }
    }

    @Test
    void reportsLogprobsWhereAsked() {
        Engine engine = engine();
        needs(engine, Capability.LOGPROBS);
        CollectingSink sink = run(engine, full("a", 1, 2, NO_LOGPROBS, endless(engine, 5)));
        sink.await();
        List<TokenLogprobs> all = new ArrayList<>();
        sink.deltas().forEach(d -> all.addAll(d.logprobs()));
        assertThat(all).hasSize(5).allSatisfy(one -> {
            assertThat(one.topTokens()).hasSize(2);
            if (computes()) {
                assertThat(one.topTokens()[0]).isEqualTo(one.token());
                assertThat(one.logprob()).isNegative();
            }
            assertThat(one.topLogprobs()[0]).isGreaterThanOrEqualTo(one.topLogprobs()[1]);
        });
        if (engine.card().can(Capability.TOKEN_OUTPUT)) {
            assertThat(all).extracting(TokenLogprobs::token).isEqualTo(sink.tokens(0));
        }
    }

    @Test
    void reportsLogprobsOfThePromptWhereAsked() {
        Engine engine = engine();
        needs(engine, Capability.PROMPT_LOGPROBS);
        GenerationRequest request = full("a", 1, 2, 1, endless(engine, 3));
        CollectingSink sink = run(engine, request);
        sink.await();
        assertThat(sink.promptLogprobs()).hasSize(7).allSatisfy(one -> {
            assertThat(one.logprob()).isNotNaN();
            assertThat(one.topTokens()).hasSize(1);
        });
        for (int i = 0; i < 7; i++) {
            assertThat(sink.promptLogprobs().get(i).token())
                    .isEqualTo(request.prompt().at(i + 1));
        }
        assertThat(sink.deltas().getFirst().logprobs().getFirst().topTokens()).hasSize(2);
    }

    @Test
    void drawsTheSameForTheSameSeed() {
        Engine engine = engine();
        needs(engine, Capability.SEED);
        Sampling drawn = new Sampling(1f, 1f, 0, 0f, 1f, 0f, 0f, Map.of(), 12_345_678_901L);
        List<String> texts = new ArrayList<>();
        List<List<Integer>> tokens = new ArrayList<>();
        for (String id : List.of("a", "b")) {
            CollectingSink sink =
                    run(engine, GenerationRequest.of(new RequestId(id), prompt(4), drawn, endless(engine, 8)));
            assertThat(sink.await().failure()).isNull();
            texts.add(text(sink));
            tokens.add(sink.tokens(0));
        }
        assertThat(texts.get(1)).isEqualTo(texts.get(0));
        assertThat(tokens.get(1)).isEqualTo(tokens.get(0));
    }

    @Test
    void endsInTheMiddleWhenItIsCancelled() {
        Engine engine = engine();
        CompletableFuture<Generation> handle = new CompletableFuture<>();
        CollectingSink sink = new CollectingSink();
        sink.andThen(delta -> {
            if (sink.deltas().size() == 3) {
                handle.join().cancel();
            }
        });
        handle.complete(engine.start(request("a", prompt(5), endless(engine, 180)), sink));
        assertThat(sink.await().failure()).isNull();
        assertThat(sink.finishes()).containsEntry(0, FinishReason.CANCELLED);
        assertThat(sink.deltas()).hasSize(4);
        handle.join().cancel();
        assertThat(run(engine, request("b", prompt(1), endless(engine, 4)))
                        .await()
                        .usage()
                        .output())
                .isEqualTo(4);
    }

    @Test
    void endsOneChoiceAndGoesOnWithTheOthers() {
        Engine engine = engine();
        needs(engine, Capability.CHOICES);
        CompletableFuture<Generation> handle = new CompletableFuture<>();
        CollectingSink sink = new CollectingSink();
        sink.andThen(delta -> {
            if (delta.choice() == 1 && delta.finish() == null) {
                handle.join().cancel(1);
                handle.join().cancel(1);
            }
        });
        handle.complete(engine.start(full("a", 3, NO_LOGPROBS, NO_LOGPROBS, endless(engine, 6)), sink));
        assertThat(sink.await().failure()).isNull();
        assertThat(sink.finishes())
                .containsEntry(0, FinishReason.LENGTH)
                .containsEntry(1, FinishReason.CANCELLED)
                .containsEntry(2, FinishReason.LENGTH);
    }

    @Test
    void waitsForCredit() throws InterruptedException {
        Engine engine = engine();
        CountDownLatch four = new CountDownLatch(4);
        CollectingSink slow = new CollectingSink().andThen(d -> four.countDown());
        Generation handle = engine.start(limited("slow", 4, Duration.ofMinutes(1), endless(engine, 12)), slow);
        assertThat(four.await(60, TimeUnit.SECONDS)).isTrue();
        run(engine, request("other", prompt(6), endless(engine, 20))).await();
        assertThat(slow.deltas()).hasSize(4);
        assertThat(slow.isFinished()).isFalse();
        assertThat(engine.load().running() + engine.load().waiting()).isPositive();
        handle.grant(3);
        handle.grant(100);
        assertThat(slow.await().usage().output()).isEqualTo(12);
    }

    @Test
    void refusesATokenThatTheModelDoesNotHave() {
        Engine engine = engine();
        int foreign = Math.min(engine.card().vocabularySize(), 1 << 24);
        assertThat(refusal(engine, request("a", TokenIds.of(5, foreign), endless(engine, 1)))
                        .code())
                .isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(run(engine, request("b", prompt(1), endless(engine, 2)))
                        .await()
                        .failure())
                .isNull();
    }

    @Test
    void refusesAPromptLongerThanTheContext() {
        Engine engine = engine();
        int[] ids = new int[engine.card().maxModelLen()];
        java.util.Arrays.fill(ids, 7);
        assertThat(refusal(engine, request("a", TokenIds.of(ids), endless(engine, 1)))
                        .code())
                .isEqualTo(ErrorCode.CONTEXT_LENGTH_EXCEEDED);
    }

    @Test
    void endsAtTheContext() {
        Engine engine = engine();
        int room = 9;
        int[] ids = new int[engine.card().maxModelLen() - room];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = 3 + i * 31 % 390;
        }
        CollectingSink sink = run(engine, request("a", TokenIds.of(ids), endless(engine, 500)));
        assertThat(sink.await().failure()).isNull();
        assertThat(sink.await().usage().output()).isBetween(1, room);
        assertThat(sink.finishes()).containsEntry(0, FinishReason.LENGTH);
    }

    @Test
    void refusesWhatItsCardDoesNotNameByName() {
        Engine engine = engine();
        ModelCard card = engine.card();
        asking().forEach((capability, request) -> {
            if (!card.can(capability)) {
                GenerationEnd.Failure failure = refusal(engine, request);
                assertThat(failure.code()).isEqualTo(ErrorCode.UNSUPPORTED_PARAMETER);
                assertThat(failure.message()).contains(capability.id());
            }
        });
    }

    /** A request for each capability that makes use of it. */
    private static Map<Capability, GenerationRequest> asking() {
        Sampling topK = new Sampling(1f, 1f, 5, 0f, 1f, 0f, 0f, Map.of(), null);
        Sampling minP = new Sampling(1f, 1f, 0, 0.1f, 1f, 0f, 0f, Map.of(), null);
        Sampling repetition = new Sampling(1f, 1f, 0, 0f, 1.1f, 0f, 0f, Map.of(), null);
        Sampling penalties = new Sampling(1f, 1f, 0, 0f, 1f, 0.1f, 0f, Map.of(), null);
        Sampling bias = new Sampling(1f, 1f, 0, 0f, 1f, 0f, 0f, Map.of(9, 1f), null);
        Stopping two = Stopping.after(2);
        return Map.of(
                Capability.TOP_K, sampled(topK),
                Capability.MIN_P, sampled(minP),
                Capability.REPETITION_PENALTY, sampled(repetition),
                Capability.PENALTIES, sampled(penalties),
                Capability.LOGIT_BIAS, sampled(bias),
                Capability.SEED, sampled(topK.withSeed(3)),
                Capability.MIN_TOKENS, request("min", prompt(1), new Stopping(2, 1, Set.of(), false)),
                Capability.STOP_TOKEN_IDS, request("stop", prompt(1), new Stopping(2, 0, Set.of(9), false)),
                Capability.PROMPT_LOGPROBS, full("plp", 1, NO_LOGPROBS, 1, two),
                Capability.CACHE_SALT, scoped(new CacheScope(null, "salt"), 0, two));
    }

    @Test
    void refusesASecondRequestOfOneId() throws InterruptedException {
        Engine engine = engine();
        CountDownLatch running = new CountDownLatch(1);
        CollectingSink first = new CollectingSink().andThen(d -> running.countDown());
        Generation handle = engine.start(limited("a", 1, Duration.ofMinutes(1), endless(engine, 12)), first);
        assertThat(running.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(refusal(engine, request("a", prompt(1), endless(engine, 1))).code())
                .isEqualTo(ErrorCode.INVALID_REQUEST);
        handle.grant(100);
        assertThat(first.await().failure()).isNull();
    }

    @Test
    void endsARequestWhoseTimeRanOut() {
        Engine engine = engine();
        CollectingSink sink = new CollectingSink();
        engine.start(limited("late", 1, Duration.ofMillis(300), endless(engine, 12)), sink);
        assertThat(sink.failure()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
        assertThat(sink.finishes()).containsEntry(0, FinishReason.ERROR);
    }

    @Test
    void drainsWithoutLosingAnything() throws InterruptedException {
        Engine engine = engine();
        CollectingSink running = new CollectingSink();
        Generation handle = engine.start(limited("a", 1, Duration.ofMinutes(1), endless(engine, 12)), running);
        assertThat(engine.drain(Duration.ofMillis(20))).isFalse();
        assertThat(refusal(engine, request("b", prompt(1), endless(engine, 1))).code())
                .isEqualTo(ErrorCode.NOT_READY);
        handle.grant(100);
        assertThat(engine.drain(Duration.ofSeconds(60))).isTrue();
        assertThat(running.isFinished()).isTrue();
        assertThat(running.await().usage().output()).isEqualTo(12);
    }

    @Test
    void losesTheWorkerWhenTheEngineDies() throws InterruptedException {
        Engine engine = engine();
        CountDownLatch running = new CountDownLatch(1);
        CollectingSink sink = new CollectingSink().andThen(d -> running.countDown());
        Generation handle = engine.start(limited("a", 2, Duration.ofMinutes(1), endless(engine, 180)), sink);
        assertThat(running.await(60, TimeUnit.SECONDS)).isTrue();
        kill(engine);
        handle.grant(1000);
        assertThat(sink.failure()).isEqualTo(ErrorCode.WORKER_LOST);
        assertThat(sink.finishes()).containsEntry(0, FinishReason.ERROR);
        assertThat(refusal(engine, request("late", prompt(1), endless(engine, 1)))
                        .code())
                .isEqualTo(ErrorCode.WORKER_LOST);
        assertThat(engine.state()).isNotEqualTo(WorkerState.DRAINING);
    }

    @Test
    void closesWithAnEndForEverybody() {
        Engine engine = engine();
        List<CollectingSink> sinks = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            CollectingSink sink = new CollectingSink();
            sinks.add(sink);
            engine.start(limited("r" + i, 1, Duration.ofMinutes(1), endless(engine, 12)), sink);
        }
        engine.close();
        assertThat(sinks).allSatisfy(s -> assertThat(s.failure()).isEqualTo(ErrorCode.WORKER_LOST));
        assertThat(refusal(engine, request("late", prompt(1), endless(engine, 1)))
                        .code())
                .isEqualTo(ErrorCode.WORKER_LOST);
        engine.close();
    }

    @Test
    void survivesASinkThatThrows() {
        Engine engine = engine();
        CollectingSink broken = new CollectingSink().andThen(d -> {
            throw new IllegalStateException("a sink of a test breaks on purpose");
        });
        engine.start(request("a", prompt(1), endless(engine, 12)), broken);
        assertThat(broken.await().usage().output()).isLessThan(12);
        assertThat(run(engine, request("b", prompt(2), endless(engine, 10)))
                        .await()
                        .usage()
                        .output())
                .isEqualTo(10);
    }

    @Test
    void rejectsNonsenseOfTheHandle() {
        Engine engine = engine();
        Generation handle = engine.start(request("a", prompt(1), endless(engine, 12)), new CollectingSink());
        assertThatThrownBy(() -> handle.cancel(1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> handle.grant(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    protected final Engine engine() {
        Engine engine = create();
        engines.add(engine);
        return engine;
    }

    protected static TokenIds prompt(int variant) {
        int[] ids = new int[8];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = 20 + (i * 37 + variant * 53 + i * i * variant) % 370;
        }
        return TokenIds.of(ids);
    }

    protected static Stopping endless(Engine engine, int maxTokens) {
        return new Stopping(maxTokens, 0, Set.of(), engine.card().can(Capability.IGNORE_EOS));
    }

    protected static GenerationRequest request(String id, TokenIds prompt, Stopping stopping) {
        return GenerationRequest.of(new RequestId(id), prompt, Sampling.GREEDY, stopping);
    }

    protected static CollectingSink run(Engine engine, GenerationRequest request) {
        CollectingSink sink = new CollectingSink();
        engine.start(request, sink);
        sink.await();
        return sink;
    }

    private static GenerationRequest sampled(Sampling sampling) {
        return GenerationRequest.of(new RequestId("sampled"), prompt(1), sampling, Stopping.after(2));
    }

    private static GenerationRequest full(String id, int choices, int top, int ofPrompt, Stopping stopping) {
        return new GenerationRequest(
                new RequestId(id),
                prompt(7),
                Sampling.GREEDY,
                stopping,
                CacheScope.SHARED,
                choices,
                top,
                ofPrompt,
                0,
                Duration.ofMinutes(1),
                UNLIMITED_CREDIT);
    }

    private static GenerationRequest scoped(CacheScope scope, int priority, Stopping stopping) {
        return new GenerationRequest(
                new RequestId("scoped"),
                prompt(7),
                Sampling.GREEDY,
                stopping,
                scope,
                1,
                NO_LOGPROBS,
                NO_LOGPROBS,
                priority,
                Duration.ofMinutes(1),
                UNLIMITED_CREDIT,
                Resumption.NONE,
                null);
    }

    private static GenerationRequest limited(String id, int credit, Duration time, Stopping stopping) {
        return new GenerationRequest(
                new RequestId(id),
                prompt(8),
                Sampling.GREEDY,
                stopping,
                CacheScope.SHARED,
                1,
                NO_LOGPROBS,
                NO_LOGPROBS,
                0,
                time,
                credit);
    }

    private static void needs(Engine engine, Capability capability) {
        assumeTrue(engine.card().can(capability), () -> "not asked of an engine without " + capability.id());
    }

    private static String text(CollectingSink sink) {
        StringBuilder text = new StringBuilder();
        sink.deltas().forEach(d -> text.append(d.text() == null ? "" : d.text()));
        return text.toString();
    }

    private static GenerationEnd.Failure refusal(Engine engine, GenerationRequest request) {
        CollectingSink sink = run(engine, request);
        assertThat(sink.deltas()).isEmpty();
        return Objects.requireNonNull(sink.await().failure());
    }
}

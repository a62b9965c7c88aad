package io.jynamo.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.BlockHasher;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.FinishReason;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Resumption;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.Usage;
import io.jynamo.protocol.WorkerLoad;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every engine of ours promises. */
public abstract class EngineContract {
    protected static final int VOCABULARY = 512;
    private final List<Engine> engines = new ArrayList<>();

    /** An engine with a vocabulary of {@link #VOCABULARY} ids. */
    protected abstract Engine create(EngineOptions options);

    @AfterEach
    void closeAll() {
        engines.forEach(Engine::close);
    }

    @Test
    void generatesUpToTheLimitAndCounts() {
        CollectingSink sink = new CollectingSink();
        engine(options()).start(request("a", prompt(40, 1), Stopping.after(20)), sink);
        GenerationEnd end = sink.await();
        assertThat(end.failure()).isNull();
        assertThat(end.usage()).isEqualTo(new Usage(40, 0, sink.tokens(0).size()));
        assertThat(sink.cachedTokens()).isZero();
        assertThat(sink.finishes()).containsOnlyKeys(0);
        assertThat(sink.tokens(0)).hasSizeLessThanOrEqualTo(20);
    }

    @Test
    void tellsOneTokenPerDeltaWhileItGoesOn() {
        CollectingSink sink = new CollectingSink();
        engine(options()).start(request("a", prompt(5, 1), endless(30)), sink);
        sink.await();
        assertThat(sink.deltas()).hasSize(30);
        assertThat(sink.deltas()).allSatisfy(d -> assertThat(d.tokens().count()).isEqualTo(1));
        assertThat(sink.finishes()).containsEntry(0, FinishReason.LENGTH);
    }

    @Test
    void goesOnWithAChoiceThatAnotherWorkerBegan() {
        Sampling sampling = new Sampling(0.9f, 0.95f, 40, 0f, 1.2f, 0.4f, 0.3f, Map.of(7, 2f), 42L);
        TokenIds prompt = prompt(37, 3);
        CollectingSink whole = new CollectingSink();
        engine(options())
                .start(
                        new GenerationRequest(
                                new RequestId("whole"),
                                prompt,
                                sampling,
                                endless(24),
                                CacheScope.SHARED,
                                2,
                                GenerationRequest.NO_LOGPROBS,
                                GenerationRequest.NO_LOGPROBS,
                                0,
                                Duration.ofMinutes(1),
                                GenerationRequest.UNLIMITED_CREDIT),
                        whole);
        whole.await();
        List<Integer> told = whole.tokens(1);
        for (int cut : new int[] {1, 11, 23}) {
            int[] begun =
                    told.subList(0, cut).stream().mapToInt(Integer::intValue).toArray();
            CollectingSink rest = new CollectingSink();
            engine(options())
                    .start(
                            new GenerationRequest(
                                    new RequestId("rest"),
                                    prompt.plus(TokenIds.of(begun)),
                                    sampling,
                                    endless(24 - cut),
                                    CacheScope.SHARED,
                                    1,
                                    GenerationRequest.NO_LOGPROBS,
                                    GenerationRequest.NO_LOGPROBS,
                                    0,
                                    Duration.ofMinutes(1),
                                    GenerationRequest.UNLIMITED_CREDIT,
                                    new Resumption(cut, 1),
                                    null),
                            rest);
            rest.await();
            assertThat(rest.tokens(0)).as("after %s tokens", cut).isEqualTo(told.subList(cut, 24));
        }
    }

    @Test
    void reusesThePromptOfAnEarlierRequest() {
        Engine engine = engine(options());
        CollectingSink first = new CollectingSink();
        engine.start(request("a", prompt(64, 1), endless(8)), first);
        first.await();
        CollectingSink second = new CollectingSink();
        engine.start(request("b", prompt(64, 1), endless(8)), second);
        // All four blocks are cached; the last is computed again, for its last token's logits.
        assertThat(second.await().usage()).isEqualTo(new Usage(64, 48, 8));
        assertThat(second.cachedTokens()).isEqualTo(48);
        assertThat(second.tokens(0)).isEqualTo(first.tokens(0));
    }

    @Test
    void keepsScopesApart() {
        Engine engine = engine(options());
        for (String salt : List.of("a", "b")) {
            CollectingSink sink = new CollectingSink();
            engine.start(scoped(salt), sink);
            assertThat(sink.await().usage().cached()).isZero();
        }
        CollectingSink again = new CollectingSink();
        engine.start(scoped("a2", "a"), again);
        assertThat(again.await().usage().cached()).isEqualTo(48);
    }

    @Test
    void givesEveryChoiceItsOwnEnd() {
        CollectingSink sink = new CollectingSink();
        engine(options()).start(choices("a", 4, endless(12)), sink);
        GenerationEnd end = sink.await();
        assertThat(sink.finishes()).hasSize(4).containsValue(FinishReason.LENGTH);
        assertThat(end.usage().output()).isEqualTo(48);
        assertThat(IntStream.range(0, 4))
                .allSatisfy(c -> assertThat(sink.tokens(c)).hasSize(12));
    }

    @Test
    void cancelsWithinOneStep() {
        CompletableFuture<Generation> handle = new CompletableFuture<>();
        CollectingSink sink = new CollectingSink();
        sink.andThen(delta -> {
            if (sink.deltas().size() == 5) {
                handle.join().cancel();
            }
        });
        handle.complete(engine(options()).start(request("a", prompt(5, 1), endless(1000)), sink));
        assertThat(sink.await().failure()).isNull();
        assertThat(sink.tokens(0)).hasSize(5);
        assertThat(sink.finishes()).containsEntry(0, FinishReason.CANCELLED);
    }

    @Test
    void cancelsOneChoiceAndGoesOnWithTheOthers() {
        CompletableFuture<Generation> handle = new CompletableFuture<>();
        CollectingSink sink = new CollectingSink();
        sink.andThen(delta -> {
            if (delta.choice() == 1 && delta.finish() == null) {
                handle.join().cancel(1);
                handle.join().cancel(1);
            }
        });
        handle.complete(engine(options()).start(choices("a", 3, endless(20)), sink));
        sink.await();
        assertThat(sink.tokens(1)).hasSize(1);
        assertThat(sink.finishes())
                .containsEntry(0, FinishReason.LENGTH)
                .containsEntry(1, FinishReason.CANCELLED)
                .containsEntry(2, FinishReason.LENGTH);
    }

    @Test
    void stopsForWantOfCreditAndGoesOnWithIt() throws InterruptedException {
        Engine engine = engine(options());
        CountDownLatch five = new CountDownLatch(5);
        CollectingSink slow = new CollectingSink().andThen(d -> five.countDown());
        Generation handle = engine.start(credit("slow", 5, endless(20)), slow);
        assertThat(five.await(60, TimeUnit.SECONDS)).isTrue();
        CollectingSink other = new CollectingSink();
        engine.start(request("other", prompt(9, 3), endless(200)), other);
        other.await();
        assertThat(slow.tokens(0)).hasSize(5);
        handle.grant(3);
        handle.grant(100);
        assertThat(slow.await().usage().output()).isEqualTo(20);
    }

    @Test
    void refusesWhatCanNeverWork() {
        Engine engine = engine(options());
        assertThat(refusal(engine, request("a", prompt(1024, 1), endless(1))))
                .isEqualTo(ErrorCode.CONTEXT_LENGTH_EXCEEDED);
        assertThat(refusal(engine, request("b", TokenIds.of(1, VOCABULARY), endless(1))))
                .isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(refusal(engine, choices("c", 1000, endless(1)))).isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    @Test
    void endsAtTheContext() {
        CollectingSink sink = new CollectingSink();
        engine(options()).start(request("a", prompt(1000, 1), endless(500)), sink);
        assertThat(sink.await().usage().output()).isEqualTo(24);
        assertThat(sink.finishes()).containsEntry(0, FinishReason.LENGTH);
    }

    @Test
    void refusesASecondRequestOfOneId() throws InterruptedException {
        Engine engine = engine(options());
        CountDownLatch running = new CountDownLatch(1);
        CollectingSink first = new CollectingSink().andThen(d -> running.countDown());
        Generation handle = engine.start(credit("a", 1, endless(10)), first);
        assertThat(running.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(refusal(engine, request("a", prompt(4, 2), endless(1)))).isEqualTo(ErrorCode.INVALID_REQUEST);
        handle.grant(100);
        assertThat(first.await().failure()).isNull();
    }

    @Test
    void refusesWhenTheQueueIsFull() {
        // One place and no queue: while the first runs, the second is refused.
        Engine engine = engine(options().withBatch(1, 64).withQueue(0, Duration.ofSeconds(1)));
        CollectingSink second = new CollectingSink();
        CollectingSink first = new CollectingSink();
        first.andThen(delta -> {
            if (first.deltas().size() == 1) {
                engine.start(request("b", prompt(4, 2), endless(4)), second);
            }
        });
        engine.start(request("a", prompt(4, 1), endless(50)), first);
        assertThat(first.await().failure()).isNull();
        assertThat(second.failure()).isEqualTo(ErrorCode.OVERLOADED);
    }

    @Test
    void endsARequestWhoseTimeRanOut() {
        GenerationRequest late = new GenerationRequest(
                new RequestId("late"),
                prompt(8, 1),
                Sampling.GREEDY,
                endless(500),
                CacheScope.SHARED,
                2,
                GenerationRequest.NO_LOGPROBS,
                GenerationRequest.NO_LOGPROBS,
                0,
                Duration.ofMillis(20),
                1);
        CollectingSink sink = new CollectingSink();
        engine(options()).start(late, sink);
        assertThat(sink.failure()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
        assertThat(sink.finishes()).hasSize(2).containsValue(FinishReason.ERROR);
    }

    @Test
    void drainsWithoutLosingAnything() throws InterruptedException {
        Engine engine = engine(options());
        CollectingSink running = new CollectingSink();
        engine.start(request("a", prompt(20, 1), endless(300)), running);
        assertThat(engine.drain(Duration.ofSeconds(60))).isTrue();
        assertThat(running.isFinished()).isTrue();
        assertThat(running.await().usage().output()).isEqualTo(300);
        assertThat(refusal(engine, request("b", prompt(4, 2), endless(1)))).isEqualTo(ErrorCode.NOT_READY);
    }

    @Test
    void saysWhenADrainTookTooLong() throws InterruptedException {
        Engine engine = engine(options());
        CollectingSink slow = new CollectingSink();
        Generation handle = engine.start(credit("a", 1, endless(9)), slow);
        assertThat(engine.drain(Duration.ofMillis(20))).isFalse();
        handle.grant(100);
        assertThat(engine.drain(Duration.ofSeconds(60))).isTrue();
        assertThat(slow.await().usage().output()).isEqualTo(9);
    }

    @Test
    void closesWithAnEndForEverybody() {
        Engine engine = engine(options());
        List<CollectingSink> sinks = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            CollectingSink sink = new CollectingSink();
            sinks.add(sink);
            engine.start(credit("r" + i, 1, endless(100)), sink);
        }
        engine.close();
        assertThat(sinks).allSatisfy(s -> assertThat(s.failure()).isEqualTo(ErrorCode.WORKER_LOST));
        assertThat(refusal(engine, request("late", prompt(4, 2), endless(1)))).isEqualTo(ErrorCode.WORKER_LOST);
        engine.close();
    }

    @Test
    void saysHowLoadedItIs() throws InterruptedException {
        Engine engine = engine(options());
        assertThat(engine.load().totalBlocks()).isEqualTo(engine.card().totalBlocks());
        CountDownLatch running = new CountDownLatch(1);
        CompletableFuture<WorkerLoad> during = new CompletableFuture<>();
        CollectingSink sink = new CollectingSink().andThen(d -> {
            during.complete(engine.load());
            running.countDown();
        });
        engine.start(request("a", prompt(40, 1), endless(10)), sink);
        assertThat(running.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(during.join().running()).isEqualTo(1);
        assertThat(during.join().usedBlocks()).isEqualTo(3);
        sink.await();
        assertThat(engine.drain(Duration.ofSeconds(60))).isTrue();
        assertThat(engine.load().running()).isZero();
        assertThat(engine.load().usedBlocks()).isZero();
    }

    @Test
    void tellsKvEventsAfterASnapshot() throws Exception {
        Engine engine = engine(options());
        CollectingSink before = new CollectingSink();
        engine.start(request("a", prompt(32, 1), endless(1)), before);
        before.await();
        LinkedBlockingQueue<KvEvent> events = new LinkedBlockingQueue<>();
        AutoCloseable subscription = engine.subscribe(events::add);
        KvEvent.Stored snapshot = (KvEvent.Stored) take(events);
        long[] hashes =
                new BlockHasher(16, CacheScope.SHARED).hash(prompt(32, 1)).sequence();
        assertThat(snapshot.parent()).isNull();
        assertThat(snapshot.blocks().sequence()).containsExactly(hashes[0], hashes[1]);
        CollectingSink after = new CollectingSink();
        engine.start(request("b", prompt(48, 2), endless(1)), after);
        after.await();
        long stored = 0;
        long id = snapshot.id();
        while (stored < 3) {
            KvEvent.Stored next = (KvEvent.Stored) take(events);
            assertThat(next.id()).isEqualTo(++id);
            stored += next.blocks().count();
        }
        subscription.close();
    }

    @Test
    void survivesASinkThatThrows() {
        Engine engine = engine(options());
        CollectingSink broken = new CollectingSink().andThen(d -> {
            throw new IllegalStateException("a sink of a test breaks on purpose");
        });
        engine.start(request("a", prompt(5, 1), endless(500)), broken);
        CollectingSink fine = new CollectingSink();
        engine.start(request("b", prompt(5, 1), endless(100)), fine);
        assertThat(fine.await().usage().output()).isEqualTo(100);
        assertThat(broken.await().usage().output()).isLessThan(500);
    }

    @Test
    void reportsLogprobsWhereAsked() {
        GenerationRequest request = new GenerationRequest(
                new RequestId("a"),
                prompt(20, 1),
                Sampling.GREEDY,
                endless(5),
                CacheScope.SHARED,
                1,
                2,
                1,
                0,
                Duration.ofMinutes(1),
                GenerationRequest.UNLIMITED_CREDIT);
        CollectingSink sink = new CollectingSink();
        engine(options()).start(request, sink);
        sink.await();
        assertThat(sink.deltas()).hasSize(5).allSatisfy(d -> {
            assertThat(d.logprobs()).hasSize(1);
            assertThat(d.logprobs().getFirst().token()).isEqualTo(d.tokens().at(0));
            assertThat(d.logprobs().getFirst().topTokens()).hasSize(2);
        });
        assertThat(sink.promptLogprobs()).hasSize(19);
        for (int i = 0; i < 19; i++) {
            assertThat(sink.promptLogprobs().get(i).token())
                    .isEqualTo(request.prompt().at(i + 1));
        }
    }

    @Test
    void refusesAnAdapterThatItDoesNotHave() {
        CollectingSink sink = new CollectingSink();
        engine(options())
                .start(
                        full(
                                "a",
                                new CacheScope("nobody's", null),
                                1,
                                GenerationRequest.UNLIMITED_CREDIT,
                                endless(1),
                                prompt(64, 1)),
                        sink);
        assertThat(sink.failure()).isEqualTo(ErrorCode.MODEL_NOT_FOUND);
    }

    @Test
    void rejectsNonsenseOfTheHandle() {
        Generation handle = engine(options()).start(request("a", prompt(5, 1), endless(5)), new CollectingSink());
        assertThatThrownBy(() -> handle.cancel(1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> handle.grant(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    protected Engine engine(EngineOptions options) {
        Engine engine = create(options);
        closeAtEnd(engine);
        return engine;
    }

    protected void closeAtEnd(Engine engine) {
        engines.add(engine);
    }

    protected static EngineOptions options() {
        return EngineOptions.of("test", 1024, 256);
    }

    protected static TokenIds prompt(int count, int seed) {
        return TokenIds.of(IntStream.range(0, count)
                .map(i -> 2 + Math.floorMod(i * 31 + seed * 97 + i * i * seed, VOCABULARY - 2))
                .toArray());
    }

    protected static Stopping endless(int maxTokens) {
        return new Stopping(maxTokens, 0, Set.of(), true);
    }

    protected static GenerationRequest request(String id, TokenIds prompt, Stopping stopping) {
        return GenerationRequest.of(new RequestId(id), prompt, Sampling.GREEDY, stopping);
    }

    private static GenerationRequest credit(String id, int credit, Stopping stopping) {
        return full(id, CacheScope.SHARED, 1, credit, stopping, prompt(7, id.hashCode() % 50));
    }

    private static GenerationRequest choices(String id, int choices, Stopping stopping) {
        return full(id, CacheScope.SHARED, choices, GenerationRequest.UNLIMITED_CREDIT, stopping, prompt(21, 4));
    }

    private static GenerationRequest scoped(String salt) {
        return scoped(salt, salt);
    }

    private static GenerationRequest scoped(String id, String salt) {
        return full(id, new CacheScope(null, salt), 1, GenerationRequest.UNLIMITED_CREDIT, endless(1), prompt(64, 1));
    }

    private static GenerationRequest full(
            String id, CacheScope scope, int choices, int credit, Stopping stopping, TokenIds prompt) {
        return new GenerationRequest(
                new RequestId(id),
                prompt,
                Sampling.GREEDY,
                stopping,
                scope,
                choices,
                GenerationRequest.NO_LOGPROBS,
                GenerationRequest.NO_LOGPROBS,
                0,
                Duration.ofMinutes(1),
                credit);
    }

    private static ErrorCode refusal(Engine engine, GenerationRequest request) {
        CollectingSink sink = new CollectingSink();
        engine.start(request, sink);
        ErrorCode code = sink.failure();
        assertThat(sink.deltas()).isEmpty();
        return code == null ? ErrorCode.NOT_IMPLEMENTED : code;
    }

    private static KvEvent take(LinkedBlockingQueue<KvEvent> events) throws InterruptedException {
        KvEvent event = events.poll(60, TimeUnit.SECONDS);
        if (event instanceof KvEvent.Digest) {
            return take(events);
        }
        assertThat(event).isNotNull();
        return event;
    }
}

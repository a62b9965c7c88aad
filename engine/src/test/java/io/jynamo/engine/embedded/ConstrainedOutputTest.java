package io.jynamo.engine.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.engine.CollectingSink;
import io.jynamo.engine.EngineOptions;
import io.jynamo.engine.OutputMasks;
import io.jynamo.engine.step.FakeRunner;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.Capability;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.FinishReason;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.OutputConstraint;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Resumption;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.WorkerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests whose output is held to something, over masks whose rule is easily checked: tokens rise by 1 to 3 from 100 on, a text is whole where its
 * last token is divisible by 5, and at 200 nothing follows.
 */
class ConstrainedOutputTest {
    private static final int EOS = 1;
    private static final int FIRST = 100;
    private static final int LAST = 200;
    private static final Sampling RANDOM = new Sampling(1f, 1f, 0, 0f, 1f, 0f, 0f, Map.of(), null);
    private static final Stopping LONG = Stopping.after(300);

    private final List<AutoCloseable> open = new ArrayList<>();
    private final RisingMasks masks = new RisingMasks();
    private int requests;

    /** A constraint's words say what goes wrong with it. */
    private static final class RisingMasks implements OutputMasks {
        final CountDownLatch goOn = new CountDownLatch(1);
        final CountDownLatch compiling = new CountDownLatch(1);

        @Override
        public Compiled compile(OutputConstraint constraint) {
            String what = ((OutputConstraint.Regex) constraint.form()).regex();
            switch (what) {
                case "wrong" -> throw new JynamoException(ErrorCode.INVALID_REQUEST, "wrong at #/here");
                case "defect" -> throw new IllegalStateException("a defect of a test");
                case "deep" -> throw new StackOverflowError();
                case "slow" -> await();
                default -> {}
            }
            return () -> new Rising(what);
        }

        private void await() {
            compiling.countDown();
            try {
                goOn.await();
            } catch (InterruptedException late) {
                throw new JynamoException(ErrorCode.INVALID_REQUEST, "it takes too long", late);
            }
        }
    }

    private static final class Rising implements OutputMasks.Text {
        private final String what;
        private int last = FIRST - 1;

        Rising(String what) {
            this.what = what;
        }

        @Override
        public void mask(long[] bits) {
            if (what.equals("breaks") && last > FIRST + 10) {
                throw new IllegalStateException("a mask of a test");
            }
            Arrays.fill(bits, 0);
            for (int id = last + 1; id <= Math.min(last + 3, LAST); id++) {
                bits[id >> 6] |= 1L << id;
            }
            if (isWhole()) {
                bits[EOS >> 6] |= 1L << EOS;
            }
        }

        @Override
        public boolean accept(int token) {
            if (token <= last || token > Math.min(last + 3, LAST)) {
                return false;
            }
            last = token;
            return true;
        }

        @Override
        public boolean isWhole() {
            return last >= FIRST && last % 5 == 0;
        }
    }

    private EmbeddedEngine engine(int blocks) {
        EngineOptions options = EngineOptions.of("test", 512, blocks).withBatch(8, 64);
        var runner = new FakeRunner(512, options.kvBlocks(), options.blockTokens());
        var engine = new EmbeddedEngine(
                new WorkerId(1), options, new EmbeddedEngine.Model("fake", 512, Set.of(EOS), null), runner, masks);
        open.add(engine);
        return engine;
    }

    @AfterEach
    void closeAll() throws Exception {
        masks.goOn.countDown();
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    private GenerationRequest request(String what, Sampling sampling, Stopping stopping, int choices) {
        return new GenerationRequest(
                        new RequestId("r" + requests++),
                        TokenIds.of(7, 8, 9, 10 + requests),
                        sampling,
                        stopping,
                        CacheScope.SHARED,
                        choices,
                        GenerationRequest.NO_LOGPROBS,
                        GenerationRequest.NO_LOGPROBS,
                        0,
                        Duration.ofMinutes(1),
                        GenerationRequest.UNLIMITED_CREDIT)
                .withConstraint(OutputConstraint.of(new OutputConstraint.Regex(what)));
    }

    private static CollectingSink run(EmbeddedEngine engine, GenerationRequest request) {
        var sink = new CollectingSink();
        engine.start(request, sink);
        sink.await();
        return sink;
    }

    private static GenerationEnd.Failure failure(CollectingSink sink) {
        return Objects.requireNonNull(sink.await().failure(), "it did not fail");
    }

    private static void assertRises(List<Integer> tokens) {
        int last = FIRST - 1;
        for (int token : tokens) {
            assertThat(token - last).as("%s", tokens).isBetween(1, 3);
            last = token;
        }
    }

    private static void assertWhole(CollectingSink sink, int choice) {
        assertThat(sink.finishes()).containsEntry(choice, FinishReason.STOP);
        assertRises(sink.tokens(choice));
        assertThat(sink.tokens(choice).getLast() % 5).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyTextKeepsToItsConstraintAndEndsWhereItIsWhole(long seed) {
        CollectingSink sink = run(engine(64), request("rises", RANDOM.withSeed(seed), LONG, 3));
        for (int choice = 0; choice < 3; choice++) {
            assertWhole(sink, choice);
        }
    }

    @Test
    void greedyPenalisedBiasedAndFilteredDrawsKeepToIt() {
        EmbeddedEngine engine = engine(64);
        Sampling everything = new Sampling(0.7f, 0.9f, 5, 0.05f, 1.3f, 0.5f, 0.5f, Map.of(3, 100f, 101, -100f), 4L);
        assertWhole(run(engine, request("rises", everything, LONG, 1)), 0);
        assertWhole(run(engine, request("rises", Sampling.GREEDY, LONG, 1)), 0);
    }

    @Test
    void othersInTheSameStepAreHeldToNothing() {
        EmbeddedEngine engine = engine(64);
        var held = new CollectingSink();
        var free = new CollectingSink();
        engine.start(request("rises", RANDOM, LONG, 1), held);
        engine.start(request("rises", RANDOM, Stopping.after(60), 1).withConstraint(null), free);
        held.await();
        assertWhole(held, 0);
        free.await();
        assertThat(free.tokens(0)).anyMatch(token -> token < FIRST || token > LAST);
    }

    @Test
    void whoLosesItsBlocksGoesOnWhereItWas() {
        EmbeddedEngine engine = engine(32);
        List<CollectingSink> sinks = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            var sink = new CollectingSink();
            // Up to 101 tokens each without an end: together more than the 512 that the pool holds.
            engine.start(request("rises", RANDOM.withSeed(i), new Stopping(101, 0, Set.of(), true), 1), sink);
            sinks.add(sink);
        }
        for (CollectingSink sink : sinks) {
            sink.await();
            assertRises(sink.tokens(0));
            assertThat(sink.tokens(0).getLast()).isEqualTo(LAST);
            assertThat(sink.finishes()).containsEntry(0, FinishReason.STOP);
        }
    }

    @Test
    void anotherWorkerGoesOnWithinTheConstraint() {
        GenerationRequest whole = request("rises", RANDOM.withSeed(11), new Stopping(60, 0, Set.of(), true), 1);
        List<Integer> told = run(engine(64), whole).tokens(0);
        int[] begun = told.subList(0, 20).stream().mapToInt(Integer::intValue).toArray();
        var rest = new GenerationRequest(
                new RequestId("rest"),
                whole.prompt().plus(TokenIds.of(begun)),
                whole.sampling(),
                new Stopping(40, 0, Set.of(), true),
                CacheScope.SHARED,
                1,
                GenerationRequest.NO_LOGPROBS,
                GenerationRequest.NO_LOGPROBS,
                0,
                Duration.ofMinutes(1),
                GenerationRequest.UNLIMITED_CREDIT,
                new Resumption(20, 0),
                null,
                whole.constraint());
        assertThat(run(engine(64), rest).tokens(0)).isEqualTo(told.subList(20, told.size()));
    }

    @Test
    void outputThatWasNotDrawnUnderTheConstraintIsNotGoneOnWith() {
        GenerationRequest plain = request("rises", RANDOM, LONG, 1);
        var resumed = new GenerationRequest(
                plain.id(),
                TokenIds.of(7, 8, 55),
                RANDOM,
                LONG,
                CacheScope.SHARED,
                1,
                GenerationRequest.NO_LOGPROBS,
                GenerationRequest.NO_LOGPROBS,
                0,
                Duration.ofMinutes(1),
                GenerationRequest.UNLIMITED_CREDIT,
                new Resumption(1, 0),
                null,
                plain.constraint());
        assertThat(failure(run(engine(64), resumed)).message()).contains("leaves the constraint at its token 0");
    }

    @Test
    void whoIgnoresTheEndGoesOnUntilNothingCanFollow() {
        CollectingSink sink = run(engine(64), request("rises", RANDOM, new Stopping(300, 0, Set.of(), true), 1));
        assertWhole(sink, 0);
        assertThat(sink.tokens(0).getLast()).isEqualTo(LAST);
    }

    @Test
    void fewestTokensHoldAsLongAsTheTextCanGoOn() {
        EmbeddedEngine engine = engine(64);
        CollectingSink sink = run(engine, request("rises", RANDOM, new Stopping(300, 30, Set.of(), false), 1));
        assertWhole(sink, 0);
        assertThat(sink.tokens(0)).hasSizeGreaterThanOrEqualTo(30);

        GenerationEnd.Failure tooMany =
                failure(run(engine, request("rises", RANDOM, new Stopping(300, 200, Set.of(), false), 1)));
        assertThat(tooMany.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(tooMany.message()).contains("min_tokens");
    }

    @Test
    void ownStopIdsEndAWholeTextToo() {
        CollectingSink sink = run(engine(64), request("rises", RANDOM, new Stopping(300, 0, Set.of(400), true), 1));
        assertThat(sink.finishes()).containsEntry(0, FinishReason.STOP);
        assertRises(sink.tokens(0));
        assertThat(sink.tokens(0).getLast() % 5).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"wrong", "deep", "defect"})
    void whatCannotBeCompiledIsToldBeforeAnyToken(String what) {
        CollectingSink sink = run(engine(64), request(what, RANDOM, LONG, 2));
        assertThat(sink.deltas()).isEmpty();
        GenerationEnd.Failure failure = failure(sink);
        assertThat(failure.code()).isEqualTo(what.equals("defect") ? ErrorCode.INTERNAL : ErrorCode.INVALID_REQUEST);
        if (what.equals("wrong")) {
            assertThat(failure.message()).isEqualTo("wrong at #/here");
        }
    }

    @Test
    void aMaskThatBreaksEndsItsRequestAndNoOther() {
        EmbeddedEngine engine = engine(64);
        var fine = new CollectingSink();
        var broken = new CollectingSink();
        engine.start(request("rises", RANDOM, new Stopping(300, 0, Set.of(), true), 1), fine);
        engine.start(request("breaks", RANDOM, new Stopping(300, 0, Set.of(), true), 1), broken);
        assertThat(failure(broken).code()).isEqualTo(ErrorCode.INTERNAL);
        assertRises(broken.tokens(0));
        fine.await();
        assertWhole(fine, 0);
        assertWhole(run(engine, request("rises", RANDOM, LONG, 1)), 0);
    }

    @Test
    void nobodyWaitsForAConstraintThatIsBeingCompiled() throws Exception {
        EmbeddedEngine engine = engine(64);
        var waiting = new CollectingSink();
        Generation slow = engine.start(request("slow", RANDOM, LONG, 2), waiting);
        masks.compiling.await();
        assertWhole(run(engine, request("rises", RANDOM, LONG, 1)), 0);
        assertThat(waiting.isFinished()).isFalse();
        slow.cancel();
        assertThat(waiting.await().failure()).isNull();
        assertThat(waiting.finishes())
                .containsOnly(Map.entry(0, FinishReason.CANCELLED), Map.entry(1, FinishReason.CANCELLED));
    }

    @Test
    void whatIsWantedMeanwhileHoldsAfterwards() throws Exception {
        EmbeddedEngine engine = engine(64);
        GenerationRequest whole = request("slow", RANDOM, LONG, 2);
        var reluctant = new GenerationRequest(
                whole.id(),
                whole.prompt(),
                RANDOM,
                LONG,
                CacheScope.SHARED,
                2,
                GenerationRequest.NO_LOGPROBS,
                GenerationRequest.NO_LOGPROBS,
                0,
                Duration.ofMinutes(1),
                1,
                Resumption.NONE,
                null,
                whole.constraint());
        var sink = new CollectingSink();
        Generation slow = engine.start(reluctant, sink);
        masks.compiling.await();
        slow.cancel(1);
        slow.grant(400);
        masks.goOn.countDown();
        sink.await();
        // No text is whole after the one token that it may have before the grant, which comes after the choice is
        // dropped.
        assertThat(sink.finishes()).containsEntry(1, FinishReason.CANCELLED);
        assertWhole(sink, 0);
    }

    @Test
    void aClosedEngineEndsThoseThatWait() throws Exception {
        EmbeddedEngine engine = engine(64);
        List<CollectingSink> sinks =
                IntStream.range(0, 5).mapToObj(i -> new CollectingSink()).toList();
        for (CollectingSink sink : sinks) {
            engine.start(request("slow", RANDOM, LONG, 1), sink);
        }
        masks.compiling.await();
        engine.close();
        assertThat(sinks).allSatisfy(sink -> assertThat(sink.failure()).isEqualTo(ErrorCode.WORKER_LOST));
    }

    @Test
    void anEngineWithoutMasksSaysSo() {
        EngineOptions options = EngineOptions.of("test", 512, 64);
        var runner = new FakeRunner(512, options.kvBlocks(), options.blockTokens());
        var model = new EmbeddedEngine.Model("fake", 512, Set.of(EOS), null);
        var engine = new EmbeddedEngine(new WorkerId(1), options, model, runner);
        open.add(engine);
        assertThat(engine.card().capabilities()).doesNotContainAnyElementsOf(Capability.CONSTRAINED);
        assertThat(failure(run(engine, request("rises", RANDOM, LONG, 1))).code())
                .isEqualTo(ErrorCode.UNSUPPORTED_PARAMETER);
    }
}

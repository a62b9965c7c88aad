package io.jynamo.engine.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.engine.BlockSpace;
import io.jynamo.engine.CollectingSink;
import io.jynamo.engine.Engine;
import io.jynamo.engine.EngineContract;
import io.jynamo.engine.EngineOptions;
import io.jynamo.engine.step.FakeRunner;
import io.jynamo.engine.step.StepRunner;
import io.jynamo.protocol.BlockHasher;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.SequenceHash;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.WorkerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EmbeddedEngineTest extends EngineContract {
    private static final EmbeddedEngine.Model MODEL = new EmbeddedEngine.Model("fake", 4096, Set.of(1), null);
    private static final int POISON = 77;

    @Override
    protected Engine create(EngineOptions options) {
        return create(options, new FakeRunner(VOCABULARY, options.kvBlocks(), options.blockTokens()));
    }

    @Test
    void failsOnlyTheRequestThatBreaksTheModel() {
        FakeRunner runner = new FakeRunner(VOCABULARY, 256, 16);
        runner.before(step -> step.slices().forEach(slice -> {
            if (slice.tokens()[0] == POISON) {
                throw new IllegalStateException("a poisoned prompt of a test");
            }
        }));
        Engine engine = engine(options(), runner);
        List<CollectingSink> fine = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            CollectingSink sink = new CollectingSink();
            engine.start(request("fine" + i, prompt(20, i + 1), endless(40)), sink);
            fine.add(sink);
        }
        CollectingSink poisoned = new CollectingSink();
        engine.start(request("poisoned", TokenIds.of(POISON, 5, 6), endless(10)), poisoned);
        GenerationEnd.Failure failure = Objects.requireNonNull(poisoned.await().failure());
        assertThat(failure.code()).isEqualTo(ErrorCode.INTERNAL);
        assertThat(failure.message()).contains("position 0").contains("poisoned prompt");
        assertThat(fine).allSatisfy(s -> assertThat(s.await().usage().output()).isEqualTo(40));
    }

    @Test
    void endsEverybodyWhenMemoryRunsOut() {
        FakeRunner runner = new FakeRunner(VOCABULARY, 256, 16);
        runner.before(step -> {
            if (step.slices().getFirst().position() > 30) {
                throw new OutOfMemoryError("of a test");
            }
        });
        Engine engine = engine(options(), runner);
        List<CollectingSink> sinks = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            CollectingSink sink = new CollectingSink();
            engine.start(request("r" + i, prompt(20, i + 1), endless(400)), sink);
            sinks.add(sink);
        }
        assertThat(sinks).allSatisfy(s -> assertThat(s.failure()).isEqualTo(ErrorCode.WORKER_LOST));
        CollectingSink late = new CollectingSink();
        engine.start(request("late", prompt(20, 1), endless(4)), late);
        assertThat(late.failure()).isEqualTo(ErrorCode.WORKER_LOST);
    }

    @Test
    void pinsBlocksThatAreThere() {
        Engine engine = engine(options());
        CollectingSink sink = new CollectingSink();
        engine.start(request("a", prompt(33, 1), endless(2)), sink);
        sink.await();
        BlockSpace space = engine.blocks().orElseThrow();
        long[] hashes =
                new BlockHasher(16, CacheScope.SHARED).hash(prompt(33, 1)).sequence();
        assertThat(space.pin(new SequenceHash(12345))).isEmpty();
        BlockSpace.Pin pin = space.pin(new SequenceHash(hashes[1])).orElseThrow();
        assertThat(pin.address()).isEqualTo(4096L * pin.block());
        assertThat(pin.generation()).isEqualTo(1);
        pin.close();
        pin.close();
        assertThatThrownBy(pin::address).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aPinnedBlockOutlivesEveryEviction() {
        EngineOptions small = EngineOptions.of("test", 128, 8);
        Engine engine = engine(small);
        CollectingSink first = new CollectingSink();
        engine.start(request("a", prompt(40, 1), endless(2)), first);
        first.await();
        long[] hashes =
                new BlockHasher(16, CacheScope.SHARED).hash(prompt(40, 1)).sequence();
        BlockSpace space = engine.blocks().orElseThrow();
        try (BlockSpace.Pin pin = space.pin(new SequenceHash(hashes[0])).orElseThrow()) {
            for (int i = 0; i < 6; i++) {
                CollectingSink other = new CollectingSink();
                engine.start(request("b" + i, prompt(80, i + 2), endless(10)), other);
                assertThat(other.await().failure()).isNull();
            }
            try (BlockSpace.Pin again = space.pin(new SequenceHash(hashes[0])).orElseThrow()) {
                assertThat(again.block()).isEqualTo(pin.block());
                assertThat(again.generation()).isEqualTo(pin.generation());
            }
        }
    }

    @Test
    void refusesMemoryThatDoesNotFitItsOptions() {
        assertThatThrownBy(() -> create(options(), new FakeRunner(VOCABULARY, 100, 16)))
                .isInstanceOf(JynamoException.class)
                .hasMessageContaining("100 blocks of 16");
    }

    private Engine engine(EngineOptions options, StepRunner runner) {
        Engine engine = create(options, runner);
        closeAtEnd(engine);
        return engine;
    }

    private static Engine create(EngineOptions options, StepRunner runner) {
        return new EmbeddedEngine(new WorkerId(1), options, MODEL, runner);
    }
}

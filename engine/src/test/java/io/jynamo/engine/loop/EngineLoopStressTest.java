package io.jynamo.engine.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.engine.CollectingSink;
import io.jynamo.engine.Engine;
import io.jynamo.engine.EngineOptions;
import io.jynamo.engine.simulated.SimulatedEngine;
import io.jynamo.engine.simulated.TimingModel;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.WorkerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads start, cancel and grant at once, some while the engine closes: everybody hears of the end exactly once. */
class EngineLoopStressTest {
    private static final int THREADS = 6;
    private static final int REQUESTS = 150;

    @ParameterizedTest
    @ValueSource(ints = {REQUESTS, REQUESTS / 2, 5})
    void everybodyHearsOfTheEndOnce(int closeAfter) throws Exception {
        Engine engine = engine(EngineOptions.of("stress", 512, 64).withBatch(8, 64));
        List<CollectingSink> sinks = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<CollectingSink>>> all = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                all.add(threads.submit(client(engine, t, t == 0 ? closeAfter : REQUESTS)));
            }
            for (Future<List<CollectingSink>> one : all) {
                sinks.addAll(one.get());
            }
        }
        engine.close();
        assertThat(sinks).hasSize(THREADS * REQUESTS - (REQUESTS - closeAfter));
        for (CollectingSink sink : sinks) {
            ErrorCode failure = sink.failure(); // throws if the sink was called out of order
            assertThat(failure == null || failure == ErrorCode.WORKER_LOST || failure == ErrorCode.OVERLOADED)
                    .as("%s", failure)
                    .isTrue();
        }
        assertThat(engine.load().usedBlocks()).isZero();
    }

    /** Told to close while it reads its mailbox, the loop takes the message that should wake it, and must not sleep. */
    @Test
    void closesThoughItHasReadTheMessage() {
        Engine engine = engine(EngineOptions.of("close", 512, 64));
        CollectingSink waiting = new CollectingSink();
        engine.start(request("waiting", 1, 100), waiting);
        CountDownLatch started = new CountDownLatch(2);
        CollectingSink closing = new CollectingSink().andThen(delta -> {
            if (delta.finish() == null) {
                started.countDown();
            } else {
                engine.close();
            }
        });
        Generation handle = engine.start(request("closing", 1, 100), closing);
        assertThat(awaits(started)).isTrue();
        handle.cancel();
        assertThat(waiting.failure()).isEqualTo(ErrorCode.WORKER_LOST);
    }

    private static boolean awaits(CountDownLatch latch) {
        try {
            return latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void boundsWhatIsOpen() {
        EngineOptions options =
                EngineOptions.of("bound", 512, 64).withBatch(2, 64).withQueue(3, Duration.ofSeconds(1));
        Engine engine = engine(options);
        List<CollectingSink> sinks = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            CollectingSink sink = new CollectingSink();
            sinks.add(sink);
            engine.start(request("r" + i, 1, 100), sink);
        }
        engine.close();
        assertThat(sinks.stream().map(CollectingSink::failure).filter(f -> f == ErrorCode.OVERLOADED))
                .hasSizeGreaterThanOrEqualTo(1_900);
    }

    private static Callable<List<CollectingSink>> client(Engine engine, int thread, int requests) {
        return () -> {
            Random random = new Random(thread);
            List<CollectingSink> sinks = new ArrayList<>();
            for (int i = 0; i < requests; i++) {
                CollectingSink sink = new CollectingSink();
                sinks.add(sink);
                int output = 1 + random.nextInt(60);
                Generation handle = engine.start(request(thread + "-" + i, 1 + random.nextInt(3), output), sink);
                switch (random.nextInt(4)) {
                    case 0 -> handle.cancel();
                    case 1 -> handle.cancel(0);
                    default -> handle.grant(5);
                }
                handle.grant(1_000);
            }
            if (requests < REQUESTS) {
                engine.close();
            }
            return sinks;
        };
    }

    private static GenerationRequest request(String id, int credit, int output) {
        int[] prompt = new Random(id.hashCode()).ints(20, 2, 200).toArray();
        return new GenerationRequest(
                new RequestId(id),
                TokenIds.of(prompt),
                Sampling.GREEDY,
                new Stopping(output, 0, Set.of(), true),
                CacheScope.SHARED,
                2,
                GenerationRequest.NO_LOGPROBS,
                GenerationRequest.NO_LOGPROBS,
                0,
                Duration.ofMinutes(5),
                credit);
    }

    private static Engine engine(EngineOptions options) {
        var vocabulary = new SimulatedEngine.Vocabulary(256, 1, (prompt, seed, most) -> new int[] {5, 6, 7});
        return new SimulatedEngine(new WorkerId(1), options, vocabulary, TimingModel.INSTANT, TimeSource.SYSTEM, 1);
    }
}

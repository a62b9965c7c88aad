package io.jynamo.bench.frontend;

import io.jynamo.bench.process.Child;
import io.jynamo.engine.EngineOptions;
import io.jynamo.engine.loop.TimeSource;
import io.jynamo.engine.simulated.PolynomialTiming;
import io.jynamo.engine.simulated.SimulatedEngine;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenDelta;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.TokenLogprobs;
import io.jynamo.protocol.WorkerId;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** The simulated engine in this process, asked without HTTP, text or routing. */
final class EngineFloor implements Target.Floor {
    private static final int VOCABULARY = 32_000;

    @Override
    public Latency measure(int promptTokens, int outputTokens, int requests) {
        EngineOptions options = EngineOptions.of("floor", 16_384, 16_384)
                .withBatch(64, 8_192)
                .withPrefill(8_192, java.time.Duration.ZERO);
        SimulatedEngine.Vocabulary vocabulary = new SimulatedEngine.Vocabulary(VOCABULARY, 0, (prompt, seed, most) -> {
            int[] answer = new int[most];
            Arrays.fill(answer, 7);
            return answer;
        });
        double[] first = new double[requests];
        double[] each = new double[requests];
        try (SimulatedEngine engine = new SimulatedEngine(
                new WorkerId(1), options, vocabulary, PolynomialTiming.dynamo(1), TimeSource.SYSTEM, 1)) {
            Random random = new Random(1);
            for (int i = 0; i < requests; i++) {
                Timed sink = new Timed();
                TokenIds prompt =
                        TokenIds.of(random.ints(promptTokens, 1, VOCABULARY).toArray());
                Stopping stopping = new Stopping(outputTokens, 0, Set.of(), true);
                long start = System.nanoTime();
                engine.start(
                        GenerationRequest.of(new RequestId("floor-" + i), prompt, Sampling.GREEDY, stopping), sink);
                sink.await();
                first[i] = (sink.first - start) / 1e6;
                each[i] = (sink.last - sink.first) / 1e6 / Math.max(1, sink.tokens - 1);
            }
        }
        Arrays.sort(first);
        Arrays.sort(each);
        return new Latency(first[requests / 2], each[requests / 2]);
    }

    /** Written by the engine's thread, read after the latch. */
    private static final class Timed implements OutputSink {
        private final CountDownLatch ended = new CountDownLatch(1);
        private long first;
        private long last;
        private int tokens;

        @Override
        public void onPrompt(int cachedTokens, List<TokenLogprobs> logprobs) {}

        @Override
        public void onDelta(TokenDelta delta) {
            if (delta.tokens().isEmpty()) {
                return;
            }
            last = System.nanoTime();
            if (tokens == 0) {
                first = last;
            }
            tokens += delta.tokens().count();
        }

        @Override
        public void onFinished(GenerationEnd end) {
            ended.countDown();
        }

        void await() {
            try {
                ended.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw Child.failed("interrupted");
            }
        }
    }
}

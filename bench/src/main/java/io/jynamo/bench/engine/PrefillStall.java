package io.jynamo.bench.engine;

import io.jynamo.engine.BlockSpace;
import io.jynamo.engine.EngineOptions;
import io.jynamo.engine.embedded.EmbeddedEngine;
import io.jynamo.engine.tensor.ThreadTeam;
import io.jynamo.engine.transformer.TransformerModel;
import io.jynamo.engine.transformer.TransformerRunner;
import io.jynamo.engine.weights.ModelConfig;
import io.jynamo.protocol.Generation;
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
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What a running stream feels while a huge prompt is computed beside it: its inter-token gaps before and during that
 * prefill, on one engine over a real model.
 */
final class PrefillStall {
    private static final int STREAM_PROMPT = 64;
    private static final int QUIET_TOKENS = 200;
    private static final int LIMIT_SECONDS = 300;

    private final EmbeddedEngine engine;
    private final int vocabulary;
    private final int promptTokens;

    private PrefillStall(EmbeddedEngine engine, int vocabulary, int promptTokens) {
        this.engine = engine;
        this.vocabulary = vocabulary;
        this.promptTokens = promptTokens;
    }

    /**
     * Gaps in milliseconds.
     *
     * @param promptTokens computed beside the stream
     * @param prefillSeconds from submission of the prompt to its first token
     */
    record Report(
            int promptTokens,
            double prefillSeconds,
            double quietMedian,
            double quietMost,
            double duringMedian,
            double duringP99,
            double duringMost) {}

    /** Runs it once; takes as long as the prefill. */
    static Report measure(TransformerModel model, ThreadTeam team, int promptTokens) throws InterruptedException {
        ModelConfig config = model.config();
        int length = Math.min(config.contextLength(), promptTokens + 8);
        int blocks = 2 * (config.contextLength() / EngineOptions.DEFAULT_BLOCK_TOKENS + 1);
        var options = EngineOptions.of("prefill-stall", config.contextLength(), blocks);
        var runner = new TransformerRunner(
                model, blocks, EngineOptions.DEFAULT_BLOCK_TOKENS, BlockSpace.ElementType.F32, team);
        var about = new EmbeddedEngine.Model(config.architecture(), config.contextLength(), Set.of(), null);
        try (var engine = new EmbeddedEngine(new WorkerId(1), options, about, runner)) {
            return new PrefillStall(engine, config.vocabularySize(), length - 8).run();
        }
    }

    private Report run() throws InterruptedException {
        var stream = new Clock(QUIET_TOKENS);
        Generation running = engine.start(request("stream", STREAM_PROMPT, 100_000), stream);
        stream.awaitTokens();
        int quiet = stream.count();
        long submitted = System.nanoTime();
        var prompt = new Clock(1);
        engine.start(request("prompt", promptTokens, 1), prompt);
        prompt.awaitTokens();
        int during = stream.count();
        double seconds = (prompt.first() - submitted) / 1e9;
        running.cancel();
        stream.awaitEnd();
        double[] before = stream.gaps(quiet / 2, quiet);
        double[] beside = stream.gaps(quiet, during);
        return new Report(
                promptTokens,
                seconds,
                quantile(before, 0.5),
                quantile(before, 1),
                quantile(beside, 0.5),
                quantile(beside, 0.99),
                quantile(beside, 1));
    }

    private GenerationRequest request(String id, int tokens, int maxTokens) {
        int[] prompt = new int[tokens];
        for (int i = 0; i < tokens; i++) {
            prompt[i] = (int) ((i * 2_654_435_761L + id.hashCode()) & Integer.MAX_VALUE) % vocabulary;
        }
        int most = Math.min(maxTokens, engine.card().maxModelLen() - tokens);
        var stopping = new Stopping(most, 0, Set.of(), true);
        return GenerationRequest.of(new RequestId(id), TokenIds.of(prompt), Sampling.GREEDY, stopping);
    }

    private static double quantile(double[] sorted, double share) {
        return sorted.length == 0 ? Double.NaN : sorted[(int) Math.min(sorted.length - 1, share * sorted.length)];
    }

    /** When each token came. */
    private static final class Clock implements OutputSink {
        private final CountDownLatch wanted;
        private final CountDownLatch ended = new CountDownLatch(1);
        private long[] at = new long[1024];
        private int count;

        Clock(int wanted) {
            this.wanted = new CountDownLatch(wanted);
        }

        void awaitTokens() throws InterruptedException {
            if (!wanted.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("no token within " + LIMIT_SECONDS + " s");
            }
        }

        void awaitEnd() throws InterruptedException {
            if (!ended.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("not ended within " + LIMIT_SECONDS + " s");
            }
        }

        synchronized int count() {
            return count;
        }

        synchronized long first() {
            return at[0];
        }

        /** Gaps between the tokens of an index range, in milliseconds, ascending. */
        synchronized double[] gaps(int from, int to) {
            double[] gaps = new double[Math.max(0, to - from - 1)];
            for (int i = 0; i < gaps.length; i++) {
                gaps[i] = (at[from + i + 1] - at[from + i]) / 1e6;
            }
            Arrays.sort(gaps);
            return gaps;
        }

        @Override
        public synchronized void onDelta(TokenDelta delta) {
            for (int i = 0; i < delta.tokens().count(); i++) {
                if (count == at.length) {
                    at = Arrays.copyOf(at, 2 * count);
                }
                at[count++] = System.nanoTime();
                wanted.countDown();
            }
        }

        @Override
        public void onPrompt(int cachedTokens, List<TokenLogprobs> logprobs) {}

        @Override
        public void onFinished(GenerationEnd end) {
            ended.countDown();
            if (end.failure() != null) {
                throw new IllegalStateException(end.failure().message());
            }
        }
    }
}

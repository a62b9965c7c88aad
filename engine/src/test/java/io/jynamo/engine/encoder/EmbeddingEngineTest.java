package io.jynamo.engine.encoder;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.EmbeddingCall;
import io.jynamo.protocol.EmbeddingRequest;
import io.jynamo.protocol.EmbeddingRequest.Text;
import io.jynamo.protocol.EmbeddingResult;
import io.jynamo.protocol.EmbeddingResult.Failed;
import io.jynamo.protocol.EmbeddingResult.Vectors;
import io.jynamo.protocol.Encoding;
import io.jynamo.protocol.ErrorCode;
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
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The engine around a made-up encoder, whose vector of a text is its length and its first token. */
@Timeout(30)
class EmbeddingEngineTest {
    private static final int POISON = 99;
    private static final int NOT_A_NUMBER = 98;
    private static final int DEADLY = 97;

    private final Semaphore batches = new Semaphore(0);
    private final BlockingQueue<EmbeddingResult> results = new ArrayBlockingQueue<>(16);
    private final BlockingQueue<Integer> begun = new ArrayBlockingQueue<>(64);
    private final EmbeddingEngine engine = new EmbeddingEngine(
            new WorkerId(1), new EmbeddingOptions("m", 8, 8, 6), Encoding.embedding(2), "bert", new MadeUp());

    private final class MadeUp implements Encoder {
        @Override
        public int vocabularySize() {
            return 100;
        }

        @Override
        public int width() {
            return 2;
        }

        @Override
        public float[] run(List<Text> texts) {
            begun.add(texts.size());
            batches.acquireUninterruptibly();
            float[] out = new float[texts.size() * 2];
            for (int i = 0; i < texts.size(); i++) {
                int first = texts.get(i).tokens().at(0);
                if (first == POISON) {
                    throw new IllegalStateException("poison");
                }
                if (first == DEADLY) {
                    throw new OutOfMemoryError("made up");
                }
                out[2 * i] = texts.get(i).tokens().count();
                out[2 * i + 1] = first == NOT_A_NUMBER ? Float.NaN : first;
            }
            return out;
        }
    }

    @AfterEach
    void close() {
        batches.release(1000);
        engine.close();
    }

    private static EmbeddingRequest request(Duration limit, int[]... texts) {
        return new EmbeddingRequest(
                new RequestId("r"),
                List.of(texts).stream().map(TokenIds::of).map(Text::of).toList(),
                limit);
    }

    private EmbeddingCall embed(int[]... texts) {
        return engine.embed(request(Duration.ofMinutes(1), texts), results::add);
    }

    private ErrorCode failure() throws InterruptedException {
        return ((Failed) result()).failure().code();
    }

    private EmbeddingResult result() throws InterruptedException {
        EmbeddingResult result = results.poll(20, TimeUnit.SECONDS);
        assertThat(result).isNotNull();
        return result;
    }

    @Test
    void vectorsComeInTheOrderOfTheTexts() throws InterruptedException {
        batches.release(100);
        embed(new int[] {5, 5, 5}, new int[] {7}, new int[] {1, 2, 3, 4, 5, 6, 7});
        Vectors vectors = (Vectors) result();
        assertThat(vectors.numbers()).containsExactly(3, 5, 1, 7, 7, 1);
        assertThat(vectors.width()).isEqualTo(2);
        assertThat(vectors.count()).isEqualTo(3);
        assertThat(vectors.tokens()).isEqualTo(11);
        assertThat(engine.load().waiting()).isZero();
    }

    @Test
    void whatCannotBeComputedIsRefusedByName() throws InterruptedException {
        embed(new int[9]);
        Failed tooLong = (Failed) result();
        assertThat(tooLong.failure().code()).isEqualTo(ErrorCode.CONTEXT_LENGTH_EXCEEDED);
        assertThat(tooLong.failure().message()).contains("9 tokens").contains("takes 8");
        embed(new int[] {100});
        Failed unknown = (Failed) result();
        assertThat(unknown.failure().code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(unknown.failure().message()).contains("token id 100");
    }

    @Test
    void aFullQueueRefusesAndTakesAgain() throws InterruptedException {
        embed(new int[] {1}, new int[] {2}, new int[] {3}, new int[] {4});
        begun.take();
        embed(new int[] {1}, new int[] {2}, new int[] {3});
        assertThat(failure()).isEqualTo(ErrorCode.OVERLOADED);
        batches.release(100);
        assertThat(result()).isInstanceOf(Vectors.class);
        embed(new int[] {1}, new int[] {2}, new int[] {3});
        assertThat(result()).isInstanceOf(Vectors.class);
    }

    @Test
    void moreTextsThanTheQueueHoldsAreNeverTaken() throws InterruptedException {
        embed(new int[] {1}, new int[] {2}, new int[] {3}, new int[] {4}, new int[] {5}, new int[] {6}, new int[] {7});
        Failed failed = (Failed) result();
        assertThat(failed.failure().code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(failed.failure().message()).contains("7 texts, and 6");
    }

    @Test
    void aTextThatBreaksTheModelFailsItsOwnRequest() throws InterruptedException {
        embed(new int[] {1, 1, 1, 1, 1, 1, 1, 1}); // holds the thread, so that the next two share a batch
        begun.take();
        embed(new int[] {POISON});
        engine.embed(request(Duration.ofMinutes(1), new int[] {4}), result -> {
            assertThat(((Vectors) result).numbers()).containsExactly(1, 4);
            results.add(result);
        });
        batches.release(100);
        assertThat(List.of(result(), result(), result()))
                .filteredOn(Failed.class::isInstance)
                .singleElement()
                .satisfies(
                        failed -> assertThat(((Failed) failed).failure().code()).isEqualTo(ErrorCode.INTERNAL));
    }

    @Test
    void numbersThatAreNotFiniteAreNoAnswer() throws InterruptedException {
        batches.release(100);
        embed(new int[] {NOT_A_NUMBER}, new int[] {1});
        assertThat(failure()).isEqualTo(ErrorCode.INTERNAL);
    }

    @Test
    void cancelledAndLateRequestsAreToldSo() throws InterruptedException {
        embed(new int[] {1, 1, 1, 1, 1, 1, 1, 1});
        begun.take();
        EmbeddingCall unwanted = embed(new int[] {2});
        engine.embed(request(Duration.ZERO, new int[] {3}), results::add);
        unwanted.cancel();
        unwanted.cancel();
        batches.release(1);
        assertThat(result()).isInstanceOf(Vectors.class);
        assertThat(List.of(failure(), failure()))
                .containsExactlyInAnyOrder(ErrorCode.CANCELLED, ErrorCode.DEADLINE_EXCEEDED);
    }

    @Test
    void anErrorOfTheMachineEndsTheEngine() throws InterruptedException {
        batches.release(100);
        embed(new int[] {DEADLY});
        assertThat(failure()).isEqualTo(ErrorCode.WORKER_LOST);
        embed(new int[] {1});
        assertThat(failure()).isEqualTo(ErrorCode.WORKER_LOST);
    }

    @Test
    void drainingFinishesWhatItHasAndTakesNoMore() throws InterruptedException {
        embed(new int[] {1});
        begun.take();
        assertThat(engine.drain(Duration.ofMillis(1))).isFalse();
        embed(new int[] {2});
        assertThat(failure()).isEqualTo(ErrorCode.NOT_READY);
        batches.release(100);
        assertThat(engine.drain(Duration.ofSeconds(20))).isTrue();
        assertThat(result()).isInstanceOf(Vectors.class);
    }

    @Test
    void itGeneratesNothing() {
        List<GenerationEnd> ends = new java.util.ArrayList<>();
        var sink = new OutputSink() {
            @Override
            public void onPrompt(int cachedTokens, List<TokenLogprobs> logprobs) {
                throw new AssertionError("a prompt");
            }

            @Override
            public void onDelta(TokenDelta delta) {
                throw new AssertionError("output");
            }

            @Override
            public void onFinished(GenerationEnd end) {
                ends.add(end);
            }
        };
        engine.start(
                GenerationRequest.of(new RequestId("r"), TokenIds.of(1), Sampling.GREEDY, Stopping.after(1)), sink);
        GenerationEnd.Failure failure =
                java.util.Objects.requireNonNull(ends.getFirst().failure());
        assertThat(ends).hasSize(1);
        assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(failure.message()).contains("`m` makes embeddings");
    }
}

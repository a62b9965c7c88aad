package io.jynamo.frontend.fake;

import io.jynamo.protocol.Capability;
import io.jynamo.protocol.EmbeddingCall;
import io.jynamo.protocol.EmbeddingRequest;
import io.jynamo.protocol.EmbeddingResult;
import io.jynamo.protocol.EmbeddingSink;
import io.jynamo.protocol.Encoding;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.Worker;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerLoad;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A worker whose vector of a text counts its letters a, b, c and d; of a pair its score is the number of tokens before the second text. It
 * notes what it was asked.
 */
public final class VectorWorker implements Worker {
    private static final int MOST_TOKENS = 16;

    private final WorkerId id;
    private final ModelCard card;
    private final List<EmbeddingRequest> asked = new CopyOnWriteArrayList<>();
    private final List<EmbeddingSink> held = new CopyOnWriteArrayList<>();
    private final AtomicInteger cancelled = new AtomicInteger();
    private volatile Function<EmbeddingRequest, EmbeddingResult> answers;
    private volatile boolean holds;

    public VectorWorker(long id, Encoding encoding) {
        this.id = new WorkerId(id);
        this.card = new ModelCard(
                "vectors",
                "bert",
                259,
                MOST_TOKENS,
                MOST_TOKENS,
                16,
                0,
                512,
                64,
                Set.of(),
                null,
                Set.of(Capability.TOKEN_INPUT, Capability.CANCEL, Capability.PRIORITY),
                encoding);
        this.answers = encoding.kind() == Encoding.Kind.EMBEDDING ? VectorWorker::vectors : VectorWorker::scores;
    }

    /** Every request that came, in order. */
    public List<EmbeddingRequest> asked() {
        return asked;
    }

    /** Calls that were cancelled. */
    public int cancelled() {
        return cancelled.get();
    }

    /** From now on nothing is answered before {@link #answerHeld}. */
    public void hold() {
        holds = true;
    }

    /** Answers one of them, by its place among {@link #asked}; others go on being held. */
    public void answer(int index) {
        held.get(index).onResult(answers.apply(asked.get(index)));
    }

    public void answerHeld() {
        holds = false;
        for (int i = 0; i < held.size(); i++) {
            held.get(i).onResult(answers.apply(asked.get(i)));
        }
    }

    public VectorWorker failing(ErrorCode code, String message) {
        answers = request -> new EmbeddingResult.Failed(code, message);
        return this;
    }

    private static EmbeddingResult vectors(EmbeddingRequest request) {
        float[] numbers = new float[4 * request.texts().size()];
        for (int i = 0; i < request.texts().size(); i++) {
            var tokens = request.texts().get(i).tokens();
            for (int k = 0; k < tokens.count(); k++) {
                if (tokens.at(k) >= 'a' && tokens.at(k) <= 'd') {
                    numbers[4 * i + tokens.at(k) - 'a']++;
                }
            }
        }
        return new EmbeddingResult.Vectors(4, numbers, request.tokens());
    }

    private static EmbeddingResult scores(EmbeddingRequest request) {
        float[] numbers = new float[request.texts().size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = request.texts().get(i).secondAt();
        }
        return new EmbeddingResult.Vectors(1, numbers, request.tokens());
    }

    @Override
    public WorkerId id() {
        return id;
    }

    @Override
    public ModelCard card() {
        return card;
    }

    @Override
    public EmbeddingCall embed(EmbeddingRequest request, EmbeddingSink sink) {
        asked.add(request);
        if (holds) {
            held.add(sink);
        } else {
            Thread.ofVirtual().start(() -> sink.onResult(answers.apply(request)));
        }
        return cancelled::incrementAndGet;
    }

    @Override
    public Generation start(GenerationRequest request, OutputSink sink) {
        throw new AssertionError("nothing is generated here");
    }

    @Override
    public WorkerLoad load() {
        return new WorkerLoad(0, 0, 0, 0, 0);
    }

    @Override
    public AutoCloseable subscribe(Consumer<KvEvent> listener) {
        return () -> {};
    }
}

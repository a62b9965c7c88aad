package io.jynamo.engine.openai;

import io.jynamo.engine.BlockSpace;
import io.jynamo.engine.Engine;
import io.jynamo.engine.attached.AttachOptions;
import io.jynamo.engine.attached.EngineFailure;
import io.jynamo.engine.attached.EngineHttp;
import io.jynamo.engine.attached.MalformedAnswer;
import io.jynamo.engine.attached.ServedModel;
import io.jynamo.protocol.Capability;
import io.jynamo.protocol.EmbeddingCall;
import io.jynamo.protocol.EmbeddingRequest;
import io.jynamo.protocol.EmbeddingRequest.Text;
import io.jynamo.protocol.EmbeddingResult;
import io.jynamo.protocol.EmbeddingSink;
import io.jynamo.protocol.Encoding;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.Usage;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerLoad;
import io.jynamo.protocol.WorkerState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A server of somebody else's with OpenAI's {@code /v1/embeddings} as an engine. It ran before and runs on after {@link #close}.
 *
 * <p>Each request has a virtual thread; cancelling interrupts it, which closes its connection. One more thread asks for
 * {@code /v1/models} now and then: a server that does not answer is out of reach, one that serves something else is gone.
 */
public final class EmbeddingServer implements Engine {
    private static final System.Logger LOG = System.getLogger(EmbeddingServer.class.getName());
    /** What of an answer is read at most stays far below what a page may have. */
    private static final int ANSWER_BYTES = 4 << 20;

    /** Of a request that gives way, in one call: few enough to be no wait for others. */
    private static final int TEXTS_BEHIND = 32;

    private static final int BYTES_OF_A_NUMBER = 14;
    private static final int BLOCK_TOKENS = 16;

    private final WorkerId id;
    private final AttachOptions options;
    private final EngineHttp http;
    private final ServedModel.Identity served;
    private final EmbeddingsDialect dialect;
    private final ModelCard card;
    private final int width;
    private final CallTurns turns = new CallTurns();
    private final Set<Thread> open = ConcurrentHashMap.newKeySet();
    private final Thread watch;
    private volatile WorkerState state = WorkerState.READY;
    private volatile boolean draining;
    private volatile boolean closed;

    /**
     * What is known of the model by its files.
     *
     * @param maxTokens of one text
     * @param vocabularySize ids are below it
     */
    public record Model(String architecture, int maxTokens, int vocabularySize) {}

    private EmbeddingServer(
            WorkerId id,
            AttachOptions options,
            EngineHttp http,
            ServedModel.Identity served,
            EmbeddingsDialect dialect,
            ModelCard card,
            int width) {
        this.id = id;
        this.options = options;
        this.http = http;
        this.served = served;
        this.dialect = dialect;
        this.card = card;
        this.width = width;
        this.watch = Thread.ofVirtual().name("embedding-server-" + id).start(this::watch);
    }

    /**
     * Joins a running server. Whether it takes token ids, and how wide its vectors are, is found out by a small request.
     *
     * @throws JynamoException if it does not answer ({@code WORKER_LOST}), or is not what the options say
     */
    public static EmbeddingServer attach(WorkerId id, AttachOptions options, Model model) {
        EngineHttp http = new EngineHttp(options);
        try {
            ServedModel found = ServedModel.find(http, options);
            List<Text> probe = List.of(new Text(TokenIds.of(model.vocabularySize() - 1), 1, "a"));
            var dialect = new EmbeddingsDialect(found.name(), true);
            EngineHttp.Page page = http.post("/v1/embeddings", dialect.body(probe), options.probeLimit());
            if (!page.ok()) {
                dialect = new EmbeddingsDialect(found.name(), false);
                page = http.post("/v1/embeddings", dialect.body(probe), options.probeLimit());
            }
            if (!page.ok()) {
                throw ServedModel.failure(http, page, "/v1/embeddings");
            }
            int width = EmbeddingsDialect.vectors(page.text(), 1)[0].length;
            ModelCard card = card(found, model, dialect.takesIds(), width, options.maxOpen());
            return new EmbeddingServer(id, options, http, found.identity(), dialect, card, width);
        } catch (MalformedAnswer malformed) {
            http.close();
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "the engine at " + http.url() + " makes no embeddings as OpenAI does: " + malformed.getMessage(),
                    malformed);
        } catch (RuntimeException failed) {
            http.close();
            throw failed;
        }
    }

    private static ModelCard card(ServedModel found, Model model, boolean takesIds, int width, int maxOpen) {
        int tokens = Math.min(model.maxTokens(), found.maxModelLen().orElse(model.maxTokens()));
        return new ModelCard(
                found.name(),
                model.architecture(),
                model.vocabularySize(),
                tokens,
                tokens,
                BLOCK_TOKENS,
                0,
                0,
                maxOpen,
                Set.of(),
                null,
                takesIds
                        ? Set.of(Capability.TOKEN_INPUT, Capability.CANCEL, Capability.PRIORITY)
                        : Set.of(Capability.CANCEL, Capability.PRIORITY),
                Encoding.embedding(width));
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
    public WorkerState state() {
        return closed ? WorkerState.GONE : state;
    }

    @Override
    public EmbeddingCall embed(EmbeddingRequest request, EmbeddingSink sink) {
        GenerationEnd.Failure refusal = refusal(request);
        if (refusal != null) {
            sink.onResult(new EmbeddingResult.Failed(refusal));
            return () -> {};
        }
        Thread thread = Thread.ofVirtual().unstarted(() -> {
            EmbeddingResult result = compute(request);
            open.remove(Thread.currentThread());
            sink.onResult(result);
        });
        open.add(thread);
        thread.start();
        return thread::interrupt;
    }

    private GenerationEnd.@Nullable Failure refusal(EmbeddingRequest request) {
        if (closed) {
            return new GenerationEnd.Failure(ErrorCode.WORKER_LOST, "the engine was left");
        }
        if (draining) {
            return new GenerationEnd.Failure(ErrorCode.NOT_READY, "the engine finishes what it has and takes no more");
        }
        if (open.size() >= options.maxOpen()) {
            return new GenerationEnd.Failure(
                    ErrorCode.OVERLOADED, "the engine has " + options.maxOpen() + " requests open already");
        }
        boolean pairs = request.texts().stream()
                .anyMatch(text -> text.secondAt() < text.tokens().count());
        return pairs
                ? new GenerationEnd.Failure(ErrorCode.INVALID_REQUEST, "the engine takes single texts, no pairs")
                : null;
    }

    private EmbeddingResult compute(EmbeddingRequest request) {
        if (request.priority() < 0) {
            return compute(request, true);
        }
        turns.onOther();
        try {
            return compute(request, false);
        } finally {
            turns.onOtherEnd();
        }
    }

    /** Has the texts computed, so many at a time that their vectors can be read at once. */
    private EmbeddingResult compute(EmbeddingRequest request, boolean givesWay) {
        long deadline = System.nanoTime() + request.timeLimit().toNanos();
        int most = Math.max(1, ANSWER_BYTES / (width * BYTES_OF_A_NUMBER));
        if (givesWay) {
            most = Math.min(most, TEXTS_BEHIND);
        }
        float[] numbers = new float[Math.multiplyExact(request.texts().size(), width)];
        int tokens = 0;
        try {
            for (int from = 0; from < request.texts().size(); from += most) {
                List<Text> texts =
                        request.texts().subList(from, Math.min(request.texts().size(), from + most));
                EngineHttp.Page page = ask(texts, givesWay, deadline);
                if (!page.ok()) {
                    return new EmbeddingResult.Failed(EngineFailure.of(http.url(), page.status(), null, page.text()));
                }
                put(EmbeddingsDialect.vectors(page.text(), texts.size()), numbers, from);
                int sent =
                        texts.stream().mapToInt(text -> text.tokens().count()).sum();
                tokens += EmbeddingsDialect.tokens(page.text(), sent);
            }
            return new EmbeddingResult.Vectors(width, numbers, tokens);
        } catch (MalformedAnswer malformed) {
            return new EmbeddingResult.Failed(
                    ErrorCode.WORKER_LOST, "the engine at " + http.url() + ": " + malformed.getMessage());
        } catch (JynamoException lost) {
            return failed(lost, deadline);
        }
    }

    private EngineHttp.Page ask(List<Text> texts, boolean givesWay, long deadline) {
        if (givesWay) {
            turns.await(deadline);
        }
        try {
            Duration left = Duration.ofNanos(Math.max(1_000_000, deadline - System.nanoTime()));
            return http.post("/v1/embeddings", dialect.body(texts), left);
        } finally {
            if (givesWay) {
                turns.onCallEnd();
            }
        }
    }

    private void put(float[][] vectors, float[] numbers, int from) {
        for (int i = 0; i < vectors.length; i++) {
            if (vectors[i].length != width) {
                throw new MalformedAnswer("a vector has " + vectors[i].length + " numbers, not " + width);
            }
            System.arraycopy(vectors[i], 0, numbers, (from + i) * width, width);
        }
    }

    private EmbeddingResult failed(JynamoException lost, long deadline) {
        if (closed) {
            return new EmbeddingResult.Failed(ErrorCode.WORKER_LOST, "the engine was left");
        }
        if (Thread.interrupted()) {
            return new EmbeddingResult.Failed(ErrorCode.CANCELLED, "the request was cancelled");
        }
        if (deadline - System.nanoTime() <= 0) {
            return new EmbeddingResult.Failed(ErrorCode.DEADLINE_EXCEEDED, String.valueOf(lost.getMessage()));
        }
        if (state == WorkerState.READY) {
            state = WorkerState.UNREACHABLE; // until it shows its models again
        }
        return new EmbeddingResult.Failed(lost.code(), String.valueOf(lost.getMessage()));
    }

    private void watch() {
        while (!closed && state != WorkerState.GONE) {
            LockSupport.parkNanos(this, options.pollInterval().toNanos());
            if (Thread.interrupted() || closed) {
                return;
            }
            try {
                ServedModel.Identity now = ServedModel.find(http, options).identity();
                if (!now.equals(served)) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "the engine at {0} serves {1} and no longer {2}: its worker is gone",
                            http.url(),
                            now,
                            served);
                    state = WorkerState.GONE;
                    return;
                }
                state = WorkerState.READY;
            } catch (JynamoException out) {
                LOG.log(
                        System.Logger.Level.DEBUG,
                        "the engine at {0} is out of reach: {1}",
                        http.url(),
                        out.getMessage());
                state = WorkerState.UNREACHABLE;
            }
        }
    }

    @Override
    public Generation start(GenerationRequest request, OutputSink sink) {
        sink.onFinished(new GenerationEnd(
                new Usage(0, 0, 0),
                new GenerationEnd.Failure(
                        ErrorCode.INVALID_REQUEST,
                        "the model `" + card.name() + "` makes embeddings; it generates no text")));
        return new Generation() {
            @Override
            public void cancel() {}

            @Override
            public void cancel(int choice) {}

            @Override
            public void grant(int tokens) {}
        };
    }

    @Override
    public WorkerLoad load() {
        return new WorkerLoad(open.size(), 0, 0, 0, 0);
    }

    @Override
    public AutoCloseable subscribe(Consumer<KvEvent> listener) {
        return () -> {};
    }

    @Override
    public Optional<BlockSpace> blocks() {
        return Optional.empty();
    }

    @Override
    public boolean drain(Duration limit) throws InterruptedException {
        draining = true;
        long end = System.nanoTime() + limit.toNanos();
        for (Thread thread : open) {
            if (!thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        closed = true;
        watch.interrupt();
        open.forEach(Thread::interrupt);
        http.close();
    }
}

package io.jynamo.frontend.embed;

import io.jynamo.frontend.ModelRegistry;
import io.jynamo.frontend.ServedModel;
import io.jynamo.frontend.generate.GenerationLimits;
import io.jynamo.frontend.generate.Lanes;
import io.jynamo.frontend.generate.RequestHeaders;
import io.jynamo.frontend.generate.TimeLimit;
import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.http.RequestBody;
import io.jynamo.frontend.keys.KeyTerms;
import io.jynamo.frontend.keys.Visit;
import io.jynamo.frontend.metrics.FrontendMetrics;
import io.jynamo.frontend.metrics.Kind;
import io.jynamo.frontend.openai.EmbeddingsBody;
import io.jynamo.frontend.openai.ErrorBody;
import io.jynamo.frontend.openai.RerankBody;
import io.jynamo.frontend.openai.ScoreBody;
import io.jynamo.protocol.Capability;
import io.jynamo.protocol.EmbeddingRequest;
import io.jynamo.protocol.EmbeddingResult;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.RequestId;
import io.jynamo.router.Claim;
import io.jynamo.router.Placement;
import io.jynamo.router.Router;
import io.jynamo.router.Wishes;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Answers the endpoints for vectors and scores: takes a request off the event loop, reads it, has the least loaded worker compute it,
 * another where that one is lost, and answers.
 */
public final class EmbeddingService {
    private static final System.Logger LOG = System.getLogger(EmbeddingService.class.getName());

    private final ModelRegistry models;
    private final FrontendMetrics metrics;
    private final GenerationLimits limits;
    private final Lanes lanes;
    private final BooleanSupplier mayRetry;
    private final JobReader reader;
    private final AtomicInteger running = new AtomicInteger();
    private final Set<VectorRun> runs = ConcurrentHashMap.newKeySet();

    /** @param mayRetry whether one more request may be given to another worker, all kinds of requests together */
    public EmbeddingService(
            ModelRegistry models,
            FrontendMetrics metrics,
            GenerationLimits limits,
            Lanes lanes,
            BooleanSupplier mayRetry) {
        this.models = models;
        this.metrics = metrics;
        this.limits = limits;
        this.lanes = lanes;
        this.mayRetry = mayRetry;
        this.reader = new JobReader(metrics);
    }

    /** {@code POST /v1/embeddings}. */
    public void embeddings(Exchange exchange) {
        embeddings(exchange, EmbeddingsBody::parse);
    }

    /** The same where the body is of another form. */
    public void embeddings(Exchange exchange, BodyParser<EmbeddingsBody> parser) {
        begin(exchange, new Way<>(Kind.EMBEDDINGS, parser, EmbeddingsBody::model, reader::embeddings));
    }

    /** {@code POST /v1/rerank}. */
    public void rerank(Exchange exchange) {
        begin(exchange, new Way<>(Kind.RERANK, RerankBody::parse, RerankBody::model, reader::rerank));
    }

    /** {@code POST /v1/score}. */
    public void score(Exchange exchange) {
        begin(exchange, new Way<>(Kind.SCORE, ScoreBody::parse, ScoreBody::model, reader::score));
    }

    /** Requests that run. */
    public int running() {
        return running.get();
    }

    /** Ends every request with an error. */
    public void abandonAll(ErrorCode code, String message) {
        runs.forEach(run -> run.refuse(new GenerationEnd.Failure(code, message)));
    }

    /** Reads a body of so many bytes. */
    @FunctionalInterface
    public interface BodyParser<T> {
        /** Reads and checks it, on a preparing thread. */
        T parse(byte[] bytes, int count);
    }

    /** Makes a job of a checked body. */
    private interface BodyReader<T> {
        VectorJob read(T body, ServedModel model);
    }

    /** How one endpoint goes about it. */
    private record Way<T>(String endpoint, BodyParser<T> parser, Function<T, String> model, BodyReader<T> reader) {}

    private void begin(Exchange exchange, Way<?> way) {
        if (running.incrementAndGet() > limits.maxRequests()) {
            running.decrementAndGet();
            metrics.model(FrontendMetrics.UNKNOWN_MODEL).refused(way.endpoint());
            exchange.respond(exchange.errors()
                    .answer(
                            ErrorCode.OVERLOADED,
                            "The server runs as many requests as it may (" + limits.maxRequests()
                                    + "); try again shortly."));
            return;
        }
        VectorRun run = new VectorRun(exchange, TimeLimit.of(exchange, limits.timeLimit()), this::onEnd);
        runs.add(run);
        exchange.listen(run);
        exchange.visit().onRun();
        onThread(run, () -> place(run, read(run, way)));
    }

    private void onEnd(VectorRun run) {
        if (runs.remove(run)) {
            running.decrementAndGet();
        }
    }

    private void onThread(VectorRun run, Runnable step) {
        try {
            lanes.execute(run.exchange().body(), () -> guarded(run, step));
        } catch (RejectedExecutionException full) {
            run.refuse(new JynamoException(ErrorCode.OVERLOADED, "The server is too busy; try again shortly.", full));
        }
    }

    private static void guarded(VectorRun run, Runnable step) {
        if (run.isEnded()) {
            return;
        }
        try {
            step.run();
        } catch (RuntimeException | Error failed) {
            // Whatever it is, a thread that ended with it would leave the client without an answer.
            if (ErrorBody.code(failed) == ErrorCode.INTERNAL) {
                LOG.log(System.Logger.Level.ERROR, "a request failed", failed);
            }
            run.refuse(failed);
        }
    }

    private <T> VectorJob read(VectorRun run, Way<T> way) {
        metrics.onPreprocessBegin();
        try {
            RequestHeaders.check(run.exchange().head());
            T body = parse(run, way);
            Visit visit = run.exchange().visit();
            ServedModel model = models.require(way.model().apply(body), visit.terms());
            VectorJob job = way.reader().read(body, model);
            visit.reserve(job.tokens());
            visit.onLaunch(run.id(), model.name());
            return job;
        } finally {
            metrics.onPreprocessEnd(System.nanoTime() - run.exchange().arrivedNanos());
        }
    }

    /** Parses, and begins to measure under the model's name, or under "unknown" where there is none to name. */
    private <T> T parse(VectorRun run, Way<T> way) {
        RequestBody body = run.exchange().body();
        byte[] bytes = body.bytes();
        run.exchange().visit().onBody(bytes, Math.min(bytes.length, body.count()));
        String name = FrontendMetrics.UNKNOWN_MODEL;
        try {
            T parsed = way.parser().parse(bytes, Math.min(bytes.length, body.count()));
            String model = way.model().apply(parsed);
            if (models.stages().containsKey(model)) {
                name = model;
            }
            return parsed;
        } finally {
            body.release();
            run.meter(metrics.model(name)
                    .begin(new Kind(way.endpoint(), false), run.exchange().arrivedNanos()));
        }
    }

    private void place(VectorRun run, VectorJob job) {
        Router.Request asked = asked(run, job);
        Placement now;
        long before = System.nanoTime();
        metrics.onRouteBegin();
        try {
            now = job.model().router().placeNow(asked);
        } finally {
            metrics.onRouteEnd(System.nanoTime() - before);
        }
        if (now != null) {
            start(run, job, now);
            return;
        }
        metrics.queue().onBackpressure(job.model().name());
        try {
            run.waitsOn(lanes.waiting().enter(() -> guarded(run, () -> await(run, job, asked))));
        } catch (RejectedExecutionException closed) {
            throw new JynamoException(ErrorCode.NOT_READY, "the server is stopping", closed);
        }
    }

    private void await(VectorRun run, VectorJob job, Router.Request asked) {
        long before = System.nanoTime();
        Placement placement;
        try {
            placement = job.model().router().place(asked);
        } catch (RuntimeException | Error failed) {
            metrics.queue().onRefused(ErrorBody.code(failed));
            throw failed;
        } finally {
            metrics.queue().onWaited(System.nanoTime() - before);
        }
        start(run, job, placement);
    }

    /** The prompt's length alone says where it goes: nothing is cached of texts. */
    private Router.Request asked(VectorRun run, VectorJob job) {
        var head = run.exchange().head();
        KeyTerms terms = run.exchange().visit().terms();
        Claim claim = terms.claim(RequestHeaders.claim(head, terms.tenant(head.header("x-tenant-id"))));
        return Router.Request.of(
                        new Router.HashedPrompt(Router.HashedPrompt.NO_BLOCKS, job.tokens()), 1, 0, priority(run))
                .withClaim(run.restOf(claim))
                .withWishes(RequestHeaders.wishes(head, Wishes.NONE))
                .withTried(run.tried());
    }

    private static int priority(VectorRun run) {
        return run.exchange()
                .visit()
                .terms()
                .priority(RequestHeaders.priority(run.exchange().head(), 0));
    }

    private void start(VectorRun run, VectorJob job, Placement placement) {
        Object token = run.begin(placement, job.tokens());
        if (token == null) {
            return;
        }
        boolean knowsPriority = placement.worker().card().can(Capability.PRIORITY);
        var request = new EmbeddingRequest(
                new RequestId(run.id()),
                job.texts(),
                knowsPriority ? priority(run) : 0,
                run.limit().left());
        run.started(token, placement.worker().embed(request, result -> onResult(run, job, token, result)));
        placement.booking().onGiveWay(() -> giveWay(run, job, token));
    }

    /** Others need its place: it waits behind them, and is computed anew. On a thread that must not be held up. */
    private void giveWay(VectorRun run, VectorJob job, Object token) {
        if (run.onGaveWay(token)) {
            metrics.queue().onPreempted();
            onThread(run, () -> place(run, job));
        }
    }

    /** On the engine's thread, which must not be held up: what takes time goes elsewhere. */
    private void onResult(VectorRun run, VectorJob job, Object token, EmbeddingResult result) {
        switch (result) {
            case EmbeddingResult.Vectors vectors -> {
                if (run.onVectors(token)) {
                    onThread(run, () -> answer(run, job, vectors));
                }
            }
            case EmbeddingResult.Failed(GenerationEnd.Failure failure) -> {
                if (run.onFailed(token, failure)) {
                    onFailure(run, job, failure);
                }
            }
        }
    }

    private void answer(VectorRun run, VectorJob job, EmbeddingResult.Vectors vectors) {
        if (vectors.count() != job.texts().size()) {
            throw new JynamoException(
                    ErrorCode.INTERNAL,
                    "a worker gave " + vectors.count() + " vectors of "
                            + job.texts().size() + " texts");
        }
        run.answer(job.answer().apply(vectors), vectors);
        metrics.onEmbedding(
                job.model().name(), System.nanoTime() - run.exchange().arrivedNanos());
    }

    private void onFailure(VectorRun run, VectorJob job, GenerationEnd.Failure failure) {
        boolean again = failure.code().anotherWorkerMayHelp()
                && run.tried().size() <= limits.migrationLimit()
                && mayRetry.getAsBoolean();
        if (!again) {
            run.refuse(failure);
            return;
        }
        LOG.log(System.Logger.Level.DEBUG, "a request for vectors goes to another worker: {0}", failure.message());
        onThread(run, () -> {
            try {
                place(run, job);
            } catch (JynamoException none) {
                run.refuse(failure); // what the worker said tells more than that there is no other
            }
        });
    }
}

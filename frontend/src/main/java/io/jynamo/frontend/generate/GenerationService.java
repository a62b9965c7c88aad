package io.jynamo.frontend.generate;

import io.jynamo.frontend.ModelRegistry;
import io.jynamo.frontend.ServedModel;
import io.jynamo.frontend.fleet.MoveLedger;
import io.jynamo.frontend.fleet.StreamSight;
import io.jynamo.frontend.http.Exchange;
import io.jynamo.frontend.http.RequestBody;
import io.jynamo.frontend.http.RequestHead;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.frontend.keys.KeyTerms;
import io.jynamo.frontend.keys.Visit;
import io.jynamo.frontend.metrics.FrontendMetrics;
import io.jynamo.frontend.metrics.Kind;
import io.jynamo.frontend.metrics.RequestMeter;
import io.jynamo.frontend.openai.ErrorBody;
import io.jynamo.frontend.openai.GenerationOptions;
import io.jynamo.frontend.resume.ResumableStreams;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.Media;
import io.jynamo.protocol.WorkerId;
import io.jynamo.router.Explanation;
import io.jynamo.router.Placement;
import io.jynamo.router.Router;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers the generation endpoints: takes a request off the event loop, prepares it and starts its run. */
public final class GenerationService implements RunHost {
    private static final System.Logger LOG = System.getLogger(GenerationService.class.getName());

    private static final Dialect CHAT = new ChatDialect();
    private static final Dialect COMPLETION = new CompletionDialect();

    /** In a header, where proxies allow 8 KB. */
    private static final int MOST_TOLD_CANDIDATES = 16;

    private final ModelRegistry models;
    private final FrontendMetrics metrics;
    private final GenerationLimits limits;
    private final ResumableStreams streams;
    private final Lanes lanes;
    private final MediaGate media;
    private final Placing placing;
    private final Preprocessor preprocessor;
    private final AtomicInteger running = new AtomicInteger();
    private final RetryBudget budget;
    private final Hedges hedges;
    private final Map<Run, RunSight> runs = new ConcurrentHashMap<>();
    private final MoveLedger moves = new MoveLedger();

    public GenerationService(
            ModelRegistry models,
            FrontendMetrics metrics,
            GenerationLimits limits,
            ResumableStreams streams,
            Lanes lanes,
            MediaGate media) {
        this.models = models;
        this.metrics = metrics;
        this.limits = limits;
        this.streams = streams;
        this.lanes = lanes;
        this.media = media;
        this.placing = new Placing(metrics, lanes.waiting());
        this.preprocessor = new Preprocessor(metrics, media.runs());
        this.budget = new RetryBudget(limits.retryShare());
        this.hedges = new Hedges(limits.hedging(), metrics.queue(), lanes.ordinary(), placing);
    }

    /** {@code POST /v1/chat/completions}. */
    public void chat(Exchange exchange) {
        begin(exchange, CHAT);
    }

    /** {@code POST /v1/completions}. */
    public void completion(Exchange exchange) {
        begin(exchange, COMPLETION);
    }

    /** A completion for a client that takes values. */
    public void direct(Exchange exchange, DirectClient client) {
        begin(exchange, new DirectDialect(client));
    }

    /** Requests that run. */
    public int running() {
        return running.get();
    }

    /** The requests in flight whose prompts are prepared. */
    public List<StreamSight> streams() {
        List<StreamSight> streams = new ArrayList<>();
        runs.forEach((run, sight) -> {
            StreamSight seen = sight.look(moves.isLooking(run));
            if (seen != null) {
                streams.add(seen);
            }
        });
        return streams;
    }

    /** What becomes of streams that lose their worker. */
    public MoveLedger moves() {
        return moves;
    }

    /** Ends whatever still runs, telling the clients why. */
    public void abandonAll(ErrorCode code, String message) {
        for (Run run : runs.keySet()) {
            try {
                run.loop().execute(() -> run.abandon(code, message));
            } catch (RejectedExecutionException closed) {
                LOG.log(System.Logger.Level.DEBUG, "an event loop was closed before its runs", closed);
            }
        }
    }

    /** Answers a request of a dialect. */
    void begin(Exchange exchange, Dialect dialect) {
        String lastEvent = exchange.head().lastEvent();
        if (lastEvent != null) {
            streams.resume(exchange, lastEvent);
            return;
        }
        Run run = new Run(exchange, this);
        if (running.incrementAndGet() > limits.maxRequests()) {
            running.decrementAndGet();
            metrics.model(FrontendMetrics.UNKNOWN_MODEL).refused(dialect.endpoint());
            exchange.respond(exchange.errors()
                    .answer(
                            ErrorCode.OVERLOADED,
                            "The server runs as many requests as it may (" + limits.maxRequests()
                                    + "); try again shortly."));
            return;
        }
        synchronized (budget) {
            budget.onRequest(System.nanoTime());
        }
        hedges.onRequest();
        RunSight sight = new RunSight(run, exchange.arrivedNanos());
        runs.put(run, sight);
        exchange.listen(run);
        exchange.visit().onRun();
        try {
            lanes.execute(exchange.body(), () -> attempt(new Attempt(exchange, run, sight, dialect)));
        } catch (RejectedExecutionException full) {
            run.refuse(new JynamoException(ErrorCode.OVERLOADED, "The server is too busy; try again shortly.", full));
        }
    }

    private void attempt(Attempt attempt) {
        Run run = attempt.run();
        if (run.isEnded()) {
            return;
        }
        guarded(run, () -> preprocess(attempt));
    }

    private void guarded(Run run, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error failed) {
            // Whatever it is, a thread that ended with it would leave the client without an answer.
            refuse(run, failed);
        }
    }

    private void refuse(Run run, Throwable failed) {
        if (ErrorBody.code(failed) == ErrorCode.INTERNAL) {
            onDefect(failed);
        }
        run.refuse(failed);
    }

    /** A request that was read, and the model that it is for. */
    private record Parsed(ClientRequest request, ServedModel model) {}

    private void preprocess(Attempt attempt) {
        Parsed parsed;
        Launch launch = null;
        metrics.onPreprocessBegin();
        try {
            RequestHeaders.check(attempt.exchange().head());
            ClientRequest request = parse(attempt);
            parsed = new Parsed(request, models.require(request.options().model(), attempt.terms()));
            if (request.media().isEmpty()) {
                launch = prepare(attempt, parsed, List.of());
            }
        } finally {
            metrics.onPreprocessEnd(System.nanoTime() - attempt.exchange().arrivedNanos());
        }
        if (launch == null) {
            gather(attempt, parsed);
        } else if (!attempt.run().isEnded()) {
            launch(launch);
        }
    }

    /** Gets the media of a request, and goes on with it. */
    private void gather(Attempt attempt, Parsed parsed) {
        Run run = attempt.run();
        MediaGate.requireRead(parsed.request().media(), parsed.model());
        media.load(
                run,
                attempt,
                parsed.request().media(),
                new MediaGate.Outcome(
                        loaded -> guarded(run, () -> {
                            if (!run.isEnded()) {
                                launch(prepare(attempt, parsed, loaded));
                            }
                        }),
                        failed -> refuse(run, failed)));
    }

    private Launch prepare(Attempt attempt, Parsed parsed, List<Media> loaded) {
        Prepared prepared = parsed.request().prepare(preprocessor, parsed.model(), loaded);
        attempt.exchange().visit().reserve(prepared.promptTokens());
        return Launch.of(attempt, parsed.request(), prepared);
    }

    /** Parses, and begins to measure under the model's name, or under "unknown" where there is none to name. */
    private ClientRequest parse(Attempt attempt) {
        RequestBody body = attempt.exchange().body();
        byte[] bytes = body.bytes();
        String model = FrontendMetrics.UNKNOWN_MODEL;
        boolean stream = false;
        attempt.exchange().visit().onBody(bytes, Math.min(bytes.length, body.count()));
        try {
            ClientRequest request = attempt.dialect().parse(bytes, Math.min(bytes.length, body.count()));
            GenerationOptions asked = request.options();
            stream = asked.stream();
            if (models.stages().containsKey(asked.model())) {
                model = asked.model();
            }
            return request;
        } finally {
            body.release();
            RequestMeter meter = metrics.model(model)
                    .begin(
                            new Kind(attempt.dialect().endpoint(), stream),
                            attempt.exchange().arrivedNanos());
            attempt.run().meter(meter);
            attempt.sight().onMeter(meter);
        }
    }

    private void launch(Launch launch) {
        Run run = launch.attempt().run();
        Prepared prepared = launch.prepared();
        RequestHead head = launch.attempt().exchange().head();
        GenerationOptions options = prepared.options();
        Visit visit = launch.attempt().exchange().visit();
        visit.onLaunch(launch.identity().id(), launch.identity().model());
        launch.attempt()
                .sight()
                .onLaunch(launch.identity().id(), launch.identity().model());
        KeyTerms terms = visit.terms();
        CacheScope scope = KeyedScope.of(terms, head, prepared);
        boolean echoesLogprobs = prepared.prompts().stream().anyMatch(Prepared.Prompt::echoesLogprobs);
        CapabilityCheck.check(prepared, echoesLogprobs, scope.salt());
        List<GenerationRequest> requests =
                launch.requests(scope, terms.priority(RequestHeaders.priority(head, options)), limits.streamCredit());
        run.claim()
                .set(
                        terms.claim(RequestHeaders.claim(head, options, terms.tenant(head.header("x-tenant-id")))),
                        RequestHeaders.wishes(head, options));
        placing.place(
                run,
                prepared.model(),
                launch.asked(requests.getFirst(), isTraced()),
                new Placing.Outcome(
                        first -> guarded(run, () -> begin(launch, requests, first)), failed -> refuse(run, failed)));
    }

    /** Starts a run whose first prompt has a worker. */
    private void begin(Launch launch, List<GenerationRequest> requests, Placement first) {
        Run run = launch.attempt().run();
        Prepared prepared = launch.prepared();
        GenerationOptions options = prepared.options();
        if (run.isEnded()) {
            first.booking().release();
            return;
        }
        List<Move> waiting = new ArrayList<>(0);
        List<Leg> legs = place(launch, requests, first, waiting);
        ChoiceState[] choices = new ChoiceState[prepared.choices()];
        for (int i = 0; i < choices.length; i++) {
            choices[i] = new ChoiceState(i, prepared, prepared.prompts().get(i / options.choices()));
        }
        if (isTraced()) {
            LOG.log(System.Logger.Level.DEBUG, "request " + launch.identity().id() + " goes to " + routes(legs));
        }
        RunExtras extras = new RunExtras(prepared, run.timing(), launch.headers(launch.isTold() ? routes(legs) : null));
        RunAnswer answer = answer(launch, extras);
        run.place(prepared, legs, choices, answer);
        if (run.isEnded()) {
            run.onLoop(answer::onGone);
        }
        legs.forEach(run::start);
        waiting.forEach(move -> run.onLoop(() -> run.seekFirst(move)));
    }

    private RunAnswer answer(Launch launch, RunExtras extras) {
        Exchange exchange = launch.attempt().exchange();
        if (launch.request() instanceof DirectDialect.Asked direct) {
            return direct.answer(exchange);
        }
        AnswerParts parts = new AnswerParts(launch.prepared(), launch.identity(), extras);
        return launch.prepared().options().stream()
                ? new StreamAnswer(
                        exchange,
                        streams.open(exchange, launch.attempt().run()).orElse(null),
                        launch.request().events(parts),
                        extras.headers())
                : new FoldedAnswer(exchange, launch.request().body(parts), extras.headers());
    }

    /** Whether the log has why each worker was chosen. */
    private static boolean isTraced() {
        return LOG.isLoggable(System.Logger.Level.DEBUG);
    }

    /** Why each prompt's worker was chosen, as a JSON array. */
    private static String routes(List<Leg> legs) {
        JsonWriter out = new JsonWriter(1_024);
        out.beginArray();
        for (Leg leg : legs) {
            Explanation why = leg.placement().explanation();
            if (why != null) {
                RouteJson.write(out, why, MOST_TOLD_CANDIDATES);
            }
        }
        return new String(out.endArray().toArray(), StandardCharsets.UTF_8);
    }

    /**
     * Books every request or, if one is refused, none. Those that must wait do so while the others run: two that waited for
     * each other's places would wait for ever.
     */
    private List<Leg> place(Launch launch, List<GenerationRequest> requests, Placement first, List<Move> waiting) {
        Run run = launch.attempt().run();
        List<Leg> legs = new ArrayList<>();
        legs.add(new Leg(run, 0, requests.getFirst(), first, List.of()));
        try {
            for (int i = 1; i < requests.size(); i++) {
                GenerationRequest request = requests.get(i);
                int firstChoice = i * request.choices();
                Placement placement = placing.placeNow(launch.prepared().model(), launch.asked(request, isTraced()));
                if (placement == null) {
                    var why = new GenerationEnd.Failure(ErrorCode.OVERLOADED, "every worker is full");
                    long giveUpNanos = run.limit().giveUpNanos();
                    waiting.add(new Move(firstChoice, request, List.of(), null, why, giveUpNanos));
                } else {
                    legs.add(new Leg(run, firstChoice, request, placement, List.of()));
                }
            }
        } catch (RuntimeException failed) {
            legs.forEach(leg -> leg.placement().booking().release());
            throw failed;
        }
        return legs;
    }

    @Override
    public void place(Run run, Prepared prepared, Move move) {
        WorkerId from = move.from();
        if (from != null) {
            moves.onLooking(move, run, from, System.nanoTime());
        }
        Placing.Outcome outcome = new Placing.Outcome(
                placement -> onPlaced(run, move, placement), none -> run.onLoop(() -> run.onNotPlaced(move, none)));
        try {
            lanes.ordinary().execute(() -> {
                Router.Request asked = prepared.asked(move.request(), move.patience(System.nanoTime()), run.claim())
                        .withTried(Set.copyOf(move.tried()));
                try {
                    placing.place(run, prepared.model(), asked, outcome);
                } catch (RuntimeException none) {
                    outcome.refused().accept(none);
                }
            });
        } catch (RejectedExecutionException full) {
            run.onNotPlaced(
                    move, new JynamoException(ErrorCode.OVERLOADED, "the server is too busy to place it", full));
        }
    }

    private void onPlaced(Run run, Move move, Placement placement) {
        if (!run.onLoop(() -> run.onPlaced(move, placement))) {
            placement.booking().release();
        }
        WorkerId from = move.from();
        if (from != null) {
            onMoved(run, move, from);
        }
    }

    private void onMoved(Run run, Move move, WorkerId lost) {
        RunSight sight = runs.get(run);
        if (sight != null) {
            sight.onMoved(lost);
        }
        moves.onMoved(move, System.nanoTime());
    }

    @Override
    public boolean tryRetry() {
        boolean allowed;
        synchronized (budget) {
            allowed = budget.tryRetry(System.nanoTime(), running.get());
        }
        if (!allowed) {
            metrics.onRetryRefused();
        }
        return allowed;
    }

    @Override
    public int migrationLimit() {
        return limits.migrationLimit();
    }

    @Override
    public Duration migrationPatience() {
        return limits.migrationPatience();
    }

    @Override
    public Duration timeLimit() {
        return limits.timeLimit();
    }

    @Override
    public long keepAliveNanos() {
        return limits.keepAlive().toNanos();
    }

    @Override
    public void onRunEnd(Run run) {
        RunSight sight = runs.remove(run);
        if (sight != null) {
            running.decrementAndGet();
            sight.onEnd();
        }
        moves.onEnd(run);
    }

    @Override
    public Hedges hedges() {
        return hedges;
    }

    @Override
    public void onGaveWay() {
        metrics.queue().onPreempted();
    }

    @Override
    public void onDisconnect() {
        metrics.onDisconnect();
    }

    @Override
    public void onClosed() {
        LOG.log(System.Logger.Level.DEBUG, "the server was closed under a run");
    }

    @Override
    public void onDefect(Throwable failure) {
        LOG.log(System.Logger.Level.ERROR, "a request failed", failure);
    }
}

package io.jynamo.frontend;

import io.jynamo.frontend.admin.AdminAnswer;
import io.jynamo.frontend.admin.AdminSubject;
import io.jynamo.frontend.embed.EmbeddingService;
import io.jynamo.frontend.fleet.FleetControl;
import io.jynamo.frontend.fleet.FleetRoster;
import io.jynamo.frontend.fleet.FleetService;
import io.jynamo.frontend.generate.GenerationService;
import io.jynamo.frontend.generate.HugeLane;
import io.jynamo.frontend.generate.Lanes;
import io.jynamo.frontend.generate.MediaGate;
import io.jynamo.frontend.generate.MessagesService;
import io.jynamo.frontend.generate.ResponsesService;
import io.jynamo.frontend.generate.RouteService;
import io.jynamo.frontend.generate.TextService;
import io.jynamo.frontend.generate.WaitingRoom;
import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.http.FrontDoor;
import io.jynamo.frontend.http.HttpServer;
import io.jynamo.frontend.http.Routes;
import io.jynamo.frontend.http.SiteGuard;
import io.jynamo.frontend.keys.Keys;
import io.jynamo.frontend.kserve.CallDoor;
import io.jynamo.frontend.kserve.KserveOptions;
import io.jynamo.frontend.kserve.KserveServer;
import io.jynamo.frontend.media.HostResolver;
import io.jynamo.frontend.media.MediaLoader;
import io.jynamo.frontend.media.MediaRuns;
import io.jynamo.frontend.metrics.FrontendMetrics;
import io.jynamo.frontend.page.Page;
import io.jynamo.frontend.responses.ResponseStore;
import io.jynamo.frontend.resume.ResumableStreams;
import io.jynamo.protocol.ErrorCode;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A running frontend: the OpenAI HTTP surface over the models of a {@link ModelRegistry}.
 *
 * <p>It listens at once; models may come later and are refused with 503 until then. {@link #close()} refuses new
 * requests, lets running answers finish within the shutdown timeout, ends the rest with an error and closes.
 */
public final class FrontendNode implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(FrontendNode.class.getName());

    /** Requests with a huge body that may wait for their turn. */
    private static final int HUGE_WAITING = 64;

    /** As the pom has it. */
    private static final String VERSION = "0.1.0";

    private final FrontendOptions options;
    private final Lifecycle lifecycle;
    private final ModelRegistry models;
    private final Readiness readiness;
    private final GenerationService generation;
    private final EmbeddingService embedding;
    private final FleetService fleet;
    private final HttpServer server;
    private final FrontendMetrics metrics;
    private final @Nullable KserveServer kserve;

    private FrontendNode(
            FrontendOptions options,
            Lifecycle lifecycle,
            ModelRegistry models,
            Readiness readiness,
            GenerationService generation,
            EmbeddingService embedding,
            FleetService fleet,
            HttpServer server,
            FrontendMetrics metrics,
            @Nullable KserveServer kserve) {
        this.options = options;
        this.lifecycle = lifecycle;
        this.models = models;
        this.readiness = readiness;
        this.generation = generation;
        this.embedding = embedding;
        this.fleet = fleet;
        this.server = server;
        this.metrics = metrics;
        this.kserve = kserve;
    }

    /**
     * Binds and answers from now on.
     *
     * @throws io.jynamo.protocol.JynamoException INVALID_CONFIGURATION, ADDRESS_IN_USE
     */
    public static FrontendNode start(FrontendOptions options, ModelRegistry models) {
        return start(options, models, FleetRoster.NONE, FleetControl.NONE);
    }

    /**
     * Binds and answers from now on, and shows a fleet.
     *
     * @param roster who is in the fleet besides the workers that the models' routers know
     * @param control a hand on workers' processes, {@link FleetControl#NONE} where there is none
     * @throws io.jynamo.protocol.JynamoException INVALID_CONFIGURATION, ADDRESS_IN_USE
     */
    public static FrontendNode start(
            FrontendOptions options, ModelRegistry models, FleetRoster roster, FleetControl control) {
        return start(options, null, models, roster, control);
    }

    /**
     * The same with KServe's port beside HTTP's, on the same host.
     *
     * @param kservePort 0 takes any free one; null for none
     */
    public static FrontendNode start(
            FrontendOptions options,
            @Nullable Integer kservePort,
            ModelRegistry models,
            FleetRoster roster,
            FleetControl control) {
        InetSocketAddress address = options.address();
        Lifecycle lifecycle = new Lifecycle();
        try {
            var tls = Tls.context(options.tls());
            Keys keys = lifecycle.own(Keys.start(options.apiKeys(), options.keys()));
            FrontendMetrics metrics = new FrontendMetrics(options.metricsPrefix());
            metrics.showTokenizerCaches(models::tokenizerCaches);
            metrics.showWorkers(models::workers);
            metrics.queue().show(models::queues);
            metrics.showRouters(models::decisions);
            metrics.index().show(models::routers);
            metrics.showKeys(keys);
            Readiness readiness = new Readiness(models, options.shutdownTimeout());
            ComputePool compute = lifecycle.own(new ComputePool(
                    options.generation().computeThreads(), options.generation().maxRequests()));
            HugeLane huge = lifecycle.own(new HugeLane(HUGE_WAITING));
            WaitingRoom waiting = lifecycle.own(new WaitingRoom());
            Lanes lanes = new Lanes(compute, huge, waiting);
            ResumableStreams streams = new ResumableStreams(options.resume(), metrics::onResumption);
            metrics.showKeptStreams(streams::kept, streams::keptBytes);
            MediaLoader media = lifecycle.own(
                    new MediaLoader(options.generation().media(), HostResolver.system(), metrics.media()));
            metrics.media().show(media.budget()::held, media::keptBytes);
            MediaRuns runs = new MediaRuns();
            GenerationService generation = new GenerationService(
                    models, metrics, options.generation(), streams, lanes, new MediaGate(media, lanes, runs));
            MessagesService messages =
                    new MessagesService(generation, models, metrics, lanes, options.stripsPreamble());
            ResponseStore kept = new ResponseStore(options.responses(), System::nanoTime);
            metrics.showKeptResponses(kept::count, kept::bytes);
            ResponsesService responses = new ResponsesService(generation, kept, lanes);
            TextService text = new TextService(models, metrics, lanes);
            RouteService route = new RouteService(models, metrics, lanes, runs);
            EmbeddingService embedding =
                    new EmbeddingService(models, metrics, options.generation(), lanes, generation::tryRetry);
            boolean localOnly = address.getAddress().isLoopbackAddress();
            Routes routes = Surface.routes(
                    models,
                    readiness,
                    generation,
                    messages,
                    responses,
                    streams,
                    text,
                    route,
                    embedding,
                    metrics,
                    compute,
                    localOnly);
            BatchSurface batches = BatchSurface.open(options.batches(), metrics.batches(), lifecycle);
            batches.addTo(routes);
            FleetService fleet = lifecycle.own(FleetService.start(
                    new FleetService.Parts(
                            roster, control, models::workers, generation::streams, generation.moves(), metrics),
                    compute));
            SiteGuard guard = new SiteGuard(keys.ring().isOpen());
            Surface.addFleet(routes, fleet, guard);
            new Page(compute).addTo(routes, guard);
            FrontDoor door =
                    new FrontDoor(routes, keys.ring(), readiness::isDraining, readiness::untilStopped, Surface::errors);
            HttpServer server = lifecycle.own(
                    HttpServer.listen(address, options.eventLoops(), options.http(), tls, door, metrics::onLoopDelay));
            batches.start(
                    server, keys.ring(), models, generation, responses, embedding, readiness::isDraining, lifecycle);
            KserveServer kserve = kservePort == null
                    ? null
                    : lifecycle.own(KserveServer.start(
                            new KserveOptions(
                                    new InetSocketAddress(address.getAddress(), kservePort),
                                    tls,
                                    options.http(),
                                    VERSION),
                            new KserveServer.Parts(
                                    models,
                                    generation,
                                    embedding,
                                    new CallDoor(keys.ring(), readiness::isDraining, readiness::untilStopped),
                                    readiness::stage,
                                    server)));
            if (kserve != null) {
                LOG.log(System.Logger.Level.INFO, "KServe over gRPC on port {0}", Integer.toString(kserve.port()));
            }
            return new FrontendNode(
                    options, lifecycle, models, readiness, generation, embedding, fleet, server, metrics, kserve);
        } catch (RuntimeException failed) {
            lifecycle.close();
            throw failed;
        }
    }

    /** The port it listens on. */
    public int port() {
        return server.address().getPort();
    }

    /** The port of KServe's gRPC service, or null where there is none. */
    public @Nullable Integer kservePort() {
        return kserve == null ? null : (Integer) kserve.port();
    }

    /** The address clients use, for example {@code http://127.0.0.1:8000}. */
    public String url() {
        InetSocketAddress address = server.address();
        String host = address.getAddress() instanceof java.net.Inet6Address six
                ? "[" + six.getHostAddress() + "]"
                : address.getAddress().getHostAddress();
        return (options.tls() == null ? "http://" : "https://") + host + ":" + address.getPort();
    }

    /** What it measures. */
    public FrontendMetrics metrics() {
        return metrics;
    }

    HttpServer server() {
        return server;
    }

    /** Requests that run. */
    public int running() {
        return generation.running() + embedding.running();
    }

    /** Refuses new requests from now on; running ones go on. Idempotent. */
    public void drain() {
        readiness.drain();
    }

    /** What its admin port shows: the same health and metrics as here, and a way to drain it. */
    public AdminSubject admin() {
        return new AdminSubject() {
            @Override
            public Answer health() {
                return Surface.health(readiness, models);
            }

            @Override
            public Answer metrics() {
                return Surface.metricsPage(metrics, models);
            }

            @Override
            public Answer drain() {
                FrontendNode.this.drain();
                return AdminAnswer.draining(running());
            }
        };
    }

    @Override
    public void close() {
        drain();
        awaitQuiet(options.shutdownTimeout());
        fleet.close(); // who watches sees the drain to its end
        String stopped = "The server stopped before the answer was complete.";
        generation.abandonAll(ErrorCode.NOT_READY, stopped);
        embedding.abandonAll(ErrorCode.NOT_READY, stopped);
        awaitQuiet(Duration.ofSeconds(1));
        lifecycle.close();
    }

    private void awaitQuiet(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            while (server.exchanges() - fleet.watchers() + running() > 0 && System.nanoTime() < deadline) {
                Thread.sleep(10);
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.jynamo.frontend.routing;

import io.jynamo.frontend.ComputePool;
import io.jynamo.frontend.generate.WaitingRoom;
import io.jynamo.frontend.http.ApiKeys;
import io.jynamo.frontend.http.HttpServer;
import io.jynamo.frontend.http.Routes;
import io.jynamo.frontend.http.SiteGuard;
import io.jynamo.frontend.routing.RouterServiceOptions.Kind;
import io.jynamo.router.PolicyRouter;
import io.jynamo.router.Router;
import io.jynamo.router.RouterOptions;
import io.jynamo.router.admission.AdmissionOptions;
import io.jynamo.router.admission.AdmittingRouter;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A running router service: the services that it was told to offer, together on one port and, where told, alone on
 * others.
 *
 * <p>On the common port the first service of {@link Kind} has its paths as they are, the others those that are left, and
 * each has all of its own below its name: {@code /indexer/register}, {@code /slots/loads}.
 */
public final class RouterServiceNode implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RouterServiceNode.class.getName());
    private static final int WAITING = 4_096;
    private static final Duration LONGEST_SWEEP = Duration.ofSeconds(5);
    private static final int SWEEPS_PER_TTL = 10;

    private final ArrayDeque<AutoCloseable> opened = new ArrayDeque<>();
    private final RouterServiceOptions options;
    private final IndexerService indexer;
    private final SelectionService selection;
    private final SlotService slots;
    private final IndexMetrics metrics;
    private final ComputePool lane;
    private final WaitingRoom room;
    private final ApiKeys keys;
    private volatile boolean stopping;
    private int port;
    private int indexerPort = -1;
    private int slotsPort = -1;

    private RouterServiceNode(RouterServiceOptions options, KvSource.Opener opener, ReplicaMesh.Opener meshes) {
        this.options = options;
        this.keys = new ApiKeys(options.apiKeys());
        Inheritance inheritance = Inheritance.from(options.peers());
        this.indexer = own(new IndexerService(opener, options.indexBytes(), inheritance));
        this.selection = own(new SelectionService(
                opener,
                inheritance,
                this::router,
                options,
                System::nanoTime,
                listener -> replicas(Kind.SELECTION, meshes, listener)));
        this.slots = own(new SlotService(
                options.times().reservation(), System::nanoTime, listener -> replicas(Kind.SLOTS, meshes, listener)));
        this.metrics = new IndexMetrics(indexer, this::replicaFigures);
        this.lane = own(new ComputePool(Math.max(2, Runtime.getRuntime().availableProcessors()), WAITING));
        this.room = own(new WaitingRoom());
    }

    /** Of one service: the selection service, or the slot tracker where that is offered without it. */
    private Replicas replicas(Kind kind, ReplicaMesh.Opener meshes, Replicas.Listener listener) {
        Kind sharing = options.services().contains(Kind.SELECTION) ? Kind.SELECTION : Kind.SLOTS;
        boolean shares = options.replicaSync().port() >= 0 && kind == sharing;
        return new Replicas(shares ? new Replicas.Way(options.replicaSync(), options.host(), meshes) : null, listener);
    }

    private Replicas.Figures replicaFigures() {
        Replicas sharing = selection.replicas().port() >= 0 ? selection.replicas() : slots.replicas();
        return sharing.figures();
    }

    /**
     * Listens and answers from now on.
     *
     * @param opener hears engines
     * @param meshes makes the way to replicas
     * @throws io.jynamo.protocol.JynamoException INVALID_CONFIGURATION, ADDRESS_IN_USE
     */
    public static RouterServiceNode start(
            RouterServiceOptions options, KvSource.Opener opener, ReplicaMesh.Opener meshes) {
        RouterServiceNode node = new RouterServiceNode(options, opener, meshes);
        try {
            node.selection.replicas().open();
            node.slots.replicas().open();
            node.own(node.sweeper());
            node.listen();
            return node;
        } catch (RuntimeException | Error failed) {
            node.close();
            throw failed;
        }
    }

    private Router router(int blockTokens) {
        Router plain = new PolicyRouter(
                new RouterOptions(
                        options.policy(),
                        blockTokens,
                        options.indexBytes(),
                        Integer.MAX_VALUE, // clients know what their workers take
                        Duration.ofSeconds(1)),
                new SplittableRandom());
        RouterServiceOptions.Queue queue = options.queue();
        return queue.threshold() == null
                ? plain
                : new AdmittingRouter(
                        plain,
                        new AdmissionOptions(
                                queue.policy(),
                                queue.requests(),
                                AdmissionOptions.DEFAULT_MAX_TOKENS,
                                queue.threshold(),
                                Map.of()),
                        System::nanoTime);
    }

    private <T extends AutoCloseable> T own(T resource) {
        opened.push(resource);
        return resource;
    }

    private void listen() {
        Routes all = new Routes();
        for (Kind kind : Kind.values()) {
            if (options.services().contains(kind)) {
                add(kind, table(all, "", kind));
            }
        }
        for (Kind kind : Kind.values()) {
            if (options.services().contains(kind)) {
                String prefix = "/" + kind.name().toLowerCase(Locale.ROOT);
                add(kind, table(all, prefix, kind));
                addMetrics(table(all, prefix, Kind.SELECTION));
            }
        }
        addMetrics(table(all, "", Kind.SELECTION));
        port = listen(options.ports().all(), all);
        if (options.ports().indexer() >= 0) {
            indexerPort = listenAlone(options.ports().indexer(), Kind.INDEXER);
        }
        if (options.ports().slots() >= 0) {
            slotsPort = listenAlone(options.ports().slots(), Kind.SLOTS);
        }
    }

    private int listenAlone(int at, Kind kind) {
        Routes routes = new Routes();
        add(kind, table(routes, "", kind));
        addMetrics(table(routes, "", Kind.SELECTION));
        return listen(at, routes);
    }

    private int listen(int at, Routes routes) {
        InetSocketAddress address = options.address(at);
        HttpServer server = own(HttpServer.listen(
                address,
                Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors())),
                options.http(),
                null,
                new ServiceDoor(routes, keys, () -> stopping),
                delay -> {}));
        return server.address().getPort();
    }

    private RouteTable table(Routes routes, String prefix, Kind kind) {
        RouteTable.Watch watch = kind == Kind.INDEXER ? metrics : RouteTable.Watch.NONE;
        return new RouteTable(routes, prefix, lane, room, new SiteGuard(keys.isEmpty()), watch);
    }

    private void add(Kind kind, RouteTable table) {
        switch (kind) {
            case SELECTION -> selection.addTo(table);
            case INDEXER -> indexer.addTo(table);
            case SLOTS -> slots.addTo(table);
        }
    }

    private void addMetrics(RouteTable table) {
        if (keys.isEmpty()) {
            table.open("/metrics", call -> metrics.page());
        } else {
            table.get("/metrics", call -> metrics.page());
        }
    }

    private AutoCloseable sweeper() {
        Duration between = options.times().reservation().dividedBy(SWEEPS_PER_TTL);
        Duration pause = between.compareTo(LONGEST_SWEEP) < 0 ? between : LONGEST_SWEEP;
        Thread thread = Thread.ofVirtual().name("router-service-sweep").start(() -> {
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    Thread.sleep(pause);
                    selection.sweep();
                    slots.sweep();
                }
            } catch (InterruptedException closed) {
                Thread.currentThread().interrupt();
            }
        });
        return () -> {
            thread.interrupt();
            thread.join();
        };
    }

    /** The port of all services together. */
    public int port() {
        return port;
    }

    /** The port of the indexer alone, negative where there is none. */
    public int indexerPort() {
        return indexerPort;
    }

    /** The port of the slot tracker alone, negative where there is none. */
    public int slotsPort() {
        return slotsPort;
    }

    /** Where replicas listen to this one, negative where none can. */
    public int replicaPort() {
        return Math.max(selection.replicas().port(), slots.replicas().port());
    }

    /** Where the services answer together, for example {@code http://127.0.0.1:8092}. */
    public String url() {
        return "http://" + (options.host().contains(":") ? "[" + options.host() + "]" : options.host()) + ":" + port;
    }

    @Override
    public void close() {
        stopping = true;
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (InterruptedException hurry) {
                Thread.currentThread().interrupt();
            } catch (Exception failed) {
                LOG.log(System.Logger.Level.ERROR, "something could not be closed", failed);
            }
        }
    }
}

package io.jynamo.cli.worker;

import io.jynamo.cli.Lifecycle;
import io.jynamo.cli.settings.Stores;
import io.jynamo.engine.Engine;
import io.jynamo.frontend.admin.AdminServer;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.WorkerId;
import io.jynamo.runtime.discovery.Discovery;
import io.jynamo.runtime.session.SessionLimits;
import io.jynamo.runtime.session.Transport;
import io.jynamo.runtime.session.WorkerServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * The workers of one process, offered to a fleet: announced while they load, ready once they have, and drained before
 * they go.
 */
public final class WorkerNode implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(WorkerNode.class.getName());
    private static final int EVENT_LOOPS = 2;

    private final Lifecycle lifecycle;
    private final WorkerServer server;
    private final ProcessOffers offers;
    private final Duration drain;

    private WorkerNode(Lifecycle lifecycle, WorkerServer server, ProcessOffers offers, Duration drain) {
        this.lifecycle = lifecycle;
        this.server = server;
        this.offers = offers;
        this.drain = drain;
    }

    /**
     * Listens, announces its workers, and loads the model; returns once they are ready, or those of some engine where
     * several of others are joined.
     *
     * @param find finds a model's files by what {@code --model} says, pulling them if need be
     */
    public static WorkerNode start(WorkerNodeOptions options, Function<String, Path> find) {
        WorkerSetup setup = options.setup();
        ServedNames names = ServedNames.of(setup);
        String engine = setup.engine().kind().name().toLowerCase(Locale.ROOT);
        String namespace = options.fleet().namespace();
        var lifecycle = new Lifecycle();
        try {
            Transport transport = lifecycle.own(new Transport(EVENT_LOOPS));
            WorkerServer server = lifecycle.own(WorkerServer.listen(
                    new InetSocketAddress(address(options.host()), options.port()),
                    options.fleet().credentials(),
                    SessionLimits.DEFAULT,
                    transport));
            Discovery discovery = lifecycle.own(Stores.open(options.fleet()));
            Optional<GroupMember> group =
                    setup.foreign().group().map(told -> lifecycle.own(GroupMember.join(discovery, namespace, told)));
            String host = options.advertised().orElse(options.host());
            ProcessOffers offers = lifecycle.own(new ProcessOffers(
                    server,
                    discovery,
                    new WorkerOffers.Announcement(
                            namespace,
                            host,
                            engine,
                            options.taints(),
                            options.parsers().told())));
            offers.announce(names.all(), WorkerCount.expected(setup));
            options.adminPort()
                    .map(port -> lifecycle.own(
                            AdminServer.start(port, new WorkerAdmin(server, offers::hosted, namespace, offers::drain))))
                    .ifPresent(admin -> LOG.log(System.Logger.Level.INFO, "admin port: {0}", admin.url()));
            lifecycle.own(LoadedModel.load(setup, names, new Loading(offers.each(), find, group)));
            return new WorkerNode(lifecycle, server, offers, options.drain());
        } catch (RuntimeException | Error failed) {
            lifecycle.close();
            throw failed;
        }
    }

    private static InetAddress address(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException unknown) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION, "worker-host " + host + " is no address of this machine", unknown);
        }
    }

    /** Where frontends reach its workers. */
    public InetSocketAddress address() {
        return server.address();
    }

    public List<WorkerId> ids() {
        return offers.ids();
    }

    /** Takes no new requests, lets running streams end within the drain time, and stops; what is left goes elsewhere. */
    @Override
    public void close() {
        offers.drain();
        long end = System.nanoTime() + drain.toNanos();
        for (Engine engine : offers.engines()) {
            try {
                if (!engine.drain(Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
                    LOG.log(
                            System.Logger.Level.INFO,
                            "worker {0} still had streams; they go on elsewhere",
                            engine.id());
                }
            } catch (InterruptedException hurry) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        offers.close();
        lifecycle.close();
    }
}

package io.jynamo.cli.worker;

import io.jynamo.cli.Lifecycle;
import io.jynamo.cli.settings.Stores;
import io.jynamo.engine.Engine;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerState;
import io.jynamo.runtime.discovery.Discovery;
import io.jynamo.runtime.discovery.Registration;
import io.jynamo.runtime.session.HostedWorker;
import io.jynamo.runtime.session.SessionLimits;
import io.jynamo.runtime.session.Transport;
import io.jynamo.runtime.session.WorkerDescription;
import io.jynamo.runtime.session.WorkerServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
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
    private final List<HostedWorker> hosted;
    private final List<Registration> announced;
    private final Workers workers;
    private final Duration drain;

    private WorkerNode(
            Lifecycle lifecycle,
            WorkerServer server,
            List<HostedWorker> hosted,
            List<Registration> announced,
            Workers workers,
            Duration drain) {
        this.lifecycle = lifecycle;
        this.server = server;
        this.hosted = hosted;
        this.announced = announced;
        this.workers = workers;
        this.drain = drain;
    }

    /**
     * Listens, announces its workers, and loads the model; returns once they are ready.
     *
     * @param find finds a model's files by what {@code --model} says, pulling them if need be
     */
    public static WorkerNode start(WorkerNodeOptions options, Function<String, Path> find) {
        ServedNames names = ServedNames.of(options.setup());
        String engine = options.setup().engine().kind().name().toLowerCase(Locale.ROOT);
        var lifecycle = new Lifecycle();
        try {
            Transport transport = lifecycle.own(new Transport(EVENT_LOOPS));
            WorkerServer server = lifecycle.own(WorkerServer.listen(
                    new InetSocketAddress(address(options.host()), options.port()),
                    options.fleet().credentials(),
                    SessionLimits.DEFAULT,
                    transport));
            Discovery discovery = lifecycle.own(Stores.open(options.fleet()));
            List<HostedWorker> hosted = new ArrayList<>();
            List<Registration> announced = new ArrayList<>();
            for (int i = 0; i < options.setup().engine().workers(); i++) {
                WorkerId id = freshId();
                hosted.add(server.host(WorkerDescription.loading(id, engine, names.all(), "")));
                var record = new InstanceRecord(
                        id,
                        options.advertised().orElse(options.host()),
                        server.address().getPort(),
                        engine,
                        names.all(),
                        OptionalLong.of(ProcessHandle.current().pid()));
                announced.add(lifecycle.own(
                        discovery.publish(record.entry(options.fleet().namespace()))));
            }
            LoadedModel model = LoadedModel.load(
                    options.setup(),
                    names.primary(),
                    index -> hosted.get(index).id(),
                    find,
                    progress -> hosted.forEach(worker -> loading(worker, progress)));
            lifecycle.own(model.workers());
            for (int i = 0; i < hosted.size(); i++) {
                hosted.get(i).ready(model.workers().engines().get(i), model.files());
            }
            if (options.setup().engine().kind().isForeign()) {
                lifecycle.own(new StateFollower(model.workers().engines().getFirst(), hosted.getFirst()));
            }
            return new WorkerNode(lifecycle, server, hosted, announced, model.workers(), options.drain());
        } catch (RuntimeException | Error failed) {
            lifecycle.close();
            throw failed;
        }
    }

    private static void loading(HostedWorker worker, String progress) {
        LOG.log(System.Logger.Level.INFO, "engine: {0}", progress);
        if (worker.description().state() == WorkerState.LOADING) {
            worker.loading(progress);
        }
    }

    /** Another with each start, so that nobody takes a restarted worker for the one that held the KV blocks. */
    private static WorkerId freshId() {
        return new WorkerId(new SecureRandom().nextLong(1, Long.MAX_VALUE));
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
        return hosted.stream().map(HostedWorker::id).toList();
    }

    /** Takes no new requests, lets running streams end within the drain time, and stops; what is left goes elsewhere. */
    @Override
    public void close() {
        hosted.forEach(worker -> worker.become(WorkerState.DRAINING));
        announced.forEach(Registration::close);
        long end = System.nanoTime() + drain.toNanos();
        for (Engine engine : workers.engines()) {
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
        hosted.forEach(worker -> worker.become(WorkerState.GONE));
        lifecycle.close();
    }
}

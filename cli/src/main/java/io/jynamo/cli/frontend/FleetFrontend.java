package io.jynamo.cli.frontend;

import io.jynamo.cli.Lifecycle;
import io.jynamo.cli.graph.GraphControl;
import io.jynamo.cli.settings.Stores;
import io.jynamo.cli.text.ReceivedText;
import io.jynamo.cli.worker.InstanceRecord;
import io.jynamo.frontend.FrontendNode;
import io.jynamo.frontend.ModelRegistry;
import io.jynamo.frontend.admin.AdminServer;
import io.jynamo.frontend.fleet.FleetControl;
import io.jynamo.runtime.discovery.Discovery;
import io.jynamo.runtime.session.RemoteWorker;
import io.jynamo.runtime.session.SessionLimits;
import io.jynamo.runtime.session.Transport;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** A frontend whose workers are other processes: it listens at once and serves what it finds announced. */
public final class FleetFrontend implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(FleetFrontend.class.getName());

    private final Lifecycle lifecycle;
    private final FrontendNode frontend;
    private final FleetWatch watch;

    private FleetFrontend(Lifecycle lifecycle, FrontendNode frontend, FleetWatch watch) {
        this.lifecycle = lifecycle;
        this.frontend = frontend;
        this.watch = watch;
    }

    /** Listens, and returns at once; models are served as their workers are found. */
    public static FleetFrontend start(FleetFrontendOptions options) {
        var lifecycle = new Lifecycle();
        try {
            Transport transport =
                    lifecycle.own(new Transport(Runtime.getRuntime().availableProcessors()));
            var registry = new ModelRegistry();
            Fleet fleet = lifecycle.own(new Fleet(registry, options.router(), options.parsers(), Optional.empty()));
            SessionLimits limits = SessionLimits.DEFAULT.withBusySilence(options.workerSilence());
            FleetWatch watch = lifecycle.own(new FleetWatch(
                    fleet, transport, options.fleet().credentials(), limits, ReceivedText.ofUser(System.getenv())));
            FleetControl control = GraphControl.ofEnvironment(System.getenv())
                    .<FleetControl>map(graph -> new WorkerProcesses(watch::pid, graph::kill, graph::drain))
                    .orElse(FleetControl.NONE);
            FrontendNode frontend = lifecycle.own(FrontendNode.start(
                    FrontendWiring.options(options.http(), options.router()),
                    options.http().kservePort().orElse(null),
                    registry,
                    watch,
                    control));
            options.adminPort()
                    .map(port -> lifecycle.own(AdminServer.start(port, frontend.admin())))
                    .ifPresent(admin -> LOG.log(System.Logger.Level.INFO, "admin port: {0}", admin.url()));
            Discovery discovery = lifecycle.own(Stores.open(options.fleet()));
            lifecycle.own(discovery.watch(InstanceRecord.folder(options.fleet().namespace()), watch));
            return new FleetFrontend(lifecycle, frontend, watch);
        } catch (RuntimeException | Error failed) {
            lifecycle.close();
            throw failed;
        }
    }

    /** Where it answers, for example {@code http://127.0.0.1:8000}. */
    public URI address() {
        return URI.create(frontend.url());
    }

    /** The workers it knows of. */
    public List<RemoteWorker> workers() {
        return watch.workers();
    }

    /** Takes no new requests, lets running streams end within the drain time, and stops. */
    @Override
    public void close() {
        frontend.close(); // while workers are still called
        lifecycle.close();
    }
}

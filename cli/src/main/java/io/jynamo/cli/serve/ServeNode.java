package io.jynamo.cli.serve;

import io.jynamo.cli.Lifecycle;
import io.jynamo.cli.frontend.Fleet;
import io.jynamo.cli.frontend.FrontendWiring;
import io.jynamo.cli.worker.LoadedModel;
import io.jynamo.cli.worker.Loading;
import io.jynamo.cli.worker.ServedNames;
import io.jynamo.cli.worker.WorkerCount;
import io.jynamo.cli.worker.WorkerSetup;
import io.jynamo.frontend.FrontendNode;
import io.jynamo.frontend.ModelRegistry;
import io.jynamo.frontend.fleet.FleetControl;
import io.jynamo.frontend.fleet.FleetMember;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Everything that {@code serve} runs in one process: model, workers, router, frontend. */
public final class ServeNode implements AutoCloseable {
    private final FrontendNode frontend;
    private final ServeRoster roster;
    private final Lifecycle lifecycle;

    private ServeNode(FrontendNode frontend, ServeRoster roster, Lifecycle lifecycle) {
        this.frontend = frontend;
        this.roster = roster;
        this.lifecycle = lifecycle;
    }

    /**
     * Builds and starts it; returns once it answers requests.
     *
     * @param files finds a model's files by what {@code --model} says, pulling them if need be
     */
    public static ServeNode start(ServeOptions options, Function<String, Path> files) {
        WorkerSetup setup = options.setup();
        ServedNames names = ServedNames.of(setup);
        var registry = new ModelRegistry();
        var lifecycle = new Lifecycle();
        var fleet = lifecycle.own(new Fleet(
                registry, options.router(), options.parsers(), setup.engine().seed()));
        var roster = new ServeRoster(fleet, setup.engine().kind());
        List<LocalOffers> offers = WorkerCount.expected(setup).stream()
                .map(workers -> roster.add(names.all(), workers))
                .toList();
        // It listens before the model is loaded: a taken port shows at once, and early clients get 503, not a refusal.
        FrontendNode frontend = FrontendNode.start(
                FrontendWiring.options(options.http(), options.router()),
                options.http().kservePort().orElse(null),
                registry,
                roster,
                FleetControl.NONE);
        try {
            lifecycle.own(LoadedModel.load(setup, names, new Loading(offers, files, Optional.empty())));
            return new ServeNode(frontend, roster, lifecycle);
        } catch (RuntimeException | Error failed) {
            frontend.close();
            lifecycle.close();
            throw failed;
        }
    }

    /** Where it answers, for example {@code http://127.0.0.1:8000}. */
    public URI address() {
        return URI.create(frontend.url());
    }

    /** Its workers, ready or not. */
    List<FleetMember> workers() {
        return roster.members();
    }

    /** Takes no new requests, lets running streams end within the drain time, and stops. */
    @Override
    public void close() {
        frontend.close();
        lifecycle.close();
    }
}

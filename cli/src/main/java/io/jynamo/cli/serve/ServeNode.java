package io.jynamo.cli.serve;

import io.jynamo.cli.Lifecycle;
import io.jynamo.cli.frontend.Fleet;
import io.jynamo.cli.frontend.FrontendWiring;
import io.jynamo.cli.text.OfferedText;
import io.jynamo.cli.worker.LoadedModel;
import io.jynamo.cli.worker.Loading;
import io.jynamo.cli.worker.ServedNames;
import io.jynamo.engine.Engine;
import io.jynamo.frontend.FrontendNode;
import io.jynamo.frontend.ModelRegistry;
import io.jynamo.frontend.fleet.FleetControl;
import io.jynamo.runtime.session.TextContent;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/** Everything that {@code serve} runs in one process: model, workers, router, frontend. */
public final class ServeNode implements AutoCloseable {
    private final FrontendNode frontend;
    private final Lifecycle lifecycle;

    private ServeNode(FrontendNode frontend, Lifecycle lifecycle) {
        this.frontend = frontend;
        this.lifecycle = lifecycle;
    }

    /**
     * Builds and starts it; returns once it answers requests.
     *
     * @param files finds a model's files by what {@code --model} says, pulling them if need be
     */
    public static ServeNode start(ServeOptions options, Function<String, Path> files) {
        ServedNames names = ServedNames.of(options.setup());
        var registry = new ModelRegistry();
        var lifecycle = new Lifecycle();
        // It listens before the model is loaded: a taken port shows at once, and early clients get 503, not a refusal.
        var roster = new ServeRoster(options.setup(), names.primary());
        FrontendNode frontend = FrontendNode.start(
                FrontendWiring.options(options.http(), options.router()), registry, roster, FleetControl.NONE);
        try {
            Fleet fleet = new Fleet(
                    registry, options.router().mode(), options.setup().engine().seed());
            fleet.announce(names.all());
            LoadedModel model = LoadedModel.load(
                    options.setup(),
                    names.primary(),
                    new Loading(roster.ids(), files, progress -> {}, Optional.empty()));
            lifecycle.own(model.workers());
            lifecycle.own(fleet);
            String digest = OfferedText.digest(
                    model.files().stream().map(TextContent::file).toList());
            for (Engine engine : model.workers().engines()) {
                fleet.add(engine, names.all(), model.text(), digest);
            }
            roster.onLoaded(model.workers().engines());
            return new ServeNode(frontend, lifecycle);
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

    /** Takes no new requests, lets running streams end within the drain time, and stops. */
    @Override
    public void close() {
        frontend.close();
        lifecycle.close();
    }
}

package io.jynamo.cli.serve;

import io.jynamo.frontend.FrontendNode;
import io.jynamo.frontend.ModelRegistry;
import io.jynamo.frontend.ServedModel;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.Sampling;
import io.jynamo.router.PolicyRouter;
import io.jynamo.router.Router;
import io.jynamo.router.RouterOptions;
import io.jynamo.router.RoutingPolicy;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Everything that {@code serve} runs in one process: model, workers, router, frontend. */
public final class ServeNode implements AutoCloseable {
    private final FrontendNode frontend;
    private final Router router;
    private final Workers workers;

    private ServeNode(FrontendNode frontend, Router router, Workers workers) {
        this.frontend = frontend;
        this.router = router;
        this.workers = workers;
    }

    /**
     * Builds and starts it; returns once it answers requests.
     *
     * @param files finds a model's files by what {@code --model} says, pulling them if need be
     */
    public static ServeNode start(ServeOptions options, Function<String, Path> files) {
        return start(options, files, ServeNode::router);
    }

    /** @param routing puts a router before the workers */
    static ServeNode start(
            ServeOptions options, Function<String, Path> files, BiFunction<ServeOptions, Workers, Router> routing) {
        ServedNames names = ServedNames.of(options);
        var registry = new ModelRegistry();
        names.all().forEach(registry::announce);
        // It listens before the model is loaded: a taken port shows at once, and early clients get 503, not a refusal.
        FrontendNode frontend = FrontendNode.start(HttpSettings.frontend(options.http()), registry);
        try {
            LoadedModel model = load(options, names.primary(), files);
            Router router = offer(options, names, model, routing, registry);
            return new ServeNode(frontend, router, model.workers());
        } catch (RuntimeException | Error failed) {
            frontend.close();
            throw failed;
        }
    }

    /** Puts a loaded model on offer; one that cannot be is closed. */
    private static Router offer(
            ServeOptions options,
            ServedNames names,
            LoadedModel model,
            BiFunction<ServeOptions, Workers, Router> routing,
            ModelRegistry registry) {
        try {
            Router router = routing.apply(options, model.workers());
            for (String name : names.all()) {
                registry.offer(served(name, options, model, router));
            }
            return router;
        } catch (RuntimeException | Error failed) {
            model.workers().close();
            throw failed;
        }
    }

    private static LoadedModel load(ServeOptions options, String name, Function<String, Path> files) {
        Optional<Path> found = options.model().model().map(files);
        return switch (options.engine().kind()) {
            case EMBEDDED -> LoadedModel.embedded(options, name, found.orElseThrow());
            case SIM ->
                LoadedModel.simulated(
                        options, name, found.map(LoadedModel::text).orElseGet(ModelText::simulated));
        };
    }

    private static Router router(ServeOptions options, Workers workers) {
        RoutingPolicy policy = RoutingPolicy.valueOf(options.routerMode().name());
        var router = new PolicyRouter(RouterOptions.of(policy, options.engine().blockTokens()), new SplittableRandom());
        try {
            workers.engines().forEach(router::add);
            return router;
        } catch (RuntimeException | Error failed) {
            router.close();
            throw failed;
        }
    }

    private static ServedModel served(String name, ServeOptions options, LoadedModel model, Router router) {
        ModelCard card = model.workers().engines().getFirst().card();
        ModelText text = model.text();
        Sampling sampling =
                options.engine().seed().map(text.sampling()::withSeed).orElse(text.sampling());
        return new ServedModel(
                name,
                card,
                text.tokenizer(),
                text.prompt(),
                router,
                sampling,
                Instant.now().getEpochSecond());
    }

    /** Where it answers, for example {@code http://127.0.0.1:8000}. */
    public URI address() {
        return URI.create(frontend.url());
    }

    /** Takes no new requests, lets running streams end within the drain time, and stops. */
    @Override
    public void close() {
        try {
            frontend.close();
        } finally {
            try {
                router.close();
            } finally {
                workers.close();
            }
        }
    }
}

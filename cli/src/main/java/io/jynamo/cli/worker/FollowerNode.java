package io.jynamo.cli.worker;

import io.jynamo.cli.Lifecycle;
import io.jynamo.cli.settings.Stores;
import io.jynamo.engine.process.EngineGroup;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * A node of an engine group that offers no worker: its engine computes for the one that the leader offers, and it looks
 * after that engine.
 */
public final class FollowerNode implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(FollowerNode.class.getName());

    private final Lifecycle lifecycle;

    private FollowerNode(Lifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    /**
     * Joins the group, launches the engine, and returns once the whole group is ready.
     *
     * @param find finds a model's files by what {@code --model} says, pulling them if need be
     */
    public static FollowerNode start(WorkerNodeOptions options, Function<String, Path> find) {
        EngineGroup group = options.setup().foreign().group().orElseThrow();
        var lifecycle = new Lifecycle();
        try {
            Path model = options.setup().model().model().map(find).orElseThrow();
            GroupMember member = lifecycle.own(GroupMember.join(
                    lifecycle.own(Stores.open(options.fleet())), options.fleet().namespace(), group));
            LaunchedEngine engine = lifecycle.own(LaunchedEngine.start(
                    options.setup(), ServedNames.of(options.setup()).primary(), model.toString(), status -> {
                        LOG.log(System.Logger.Level.INFO, "engine: {0}", status.detail());
                        member.onEngine(status);
                    }));
            member.drive(engine.process());
            member.awaitReady(engine, options.setup().foreign().readyTimeout());
            return new FollowerNode(lifecycle);
        } catch (RuntimeException | Error failed) {
            lifecycle.close();
            throw failed;
        }
    }

    /** Leaves the group, whose leader then withdraws what it offers, and ends the engine. */
    @Override
    public void close() {
        lifecycle.close();
    }
}

package io.jynamo.cli.serve;

import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.config.YamlFile;
import io.jynamo.cli.models.ModelFiles;
import io.jynamo.cli.settings.HttpSettings;
import io.jynamo.cli.settings.ModelSettings;
import io.jynamo.cli.settings.WorkerSettings;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A server for this process alone: a free port of loopback, one worker, everything else as {@code serve} has it. */
public final class InProcessServer implements AutoCloseable {
    private final ServeNode node;

    private InProcessServer(ServeNode node) {
        this.node = node;
    }

    /** Starts it, pulling the model if need be; empty means what {@code serve} would take. */
    public static InProcessServer start(Optional<String> model, Optional<String> engine) {
        Map<String, List<String>> flags = new HashMap<>();
        flags.put(HttpSettings.HOST.name(), List.of("127.0.0.1"));
        flags.put(HttpSettings.PORT.name(), List.of("0"));
        flags.put(WorkerSettings.WORKERS.name(), List.of("1"));
        model.ifPresent(value -> flags.put(ModelSettings.MODEL.name(), List.of(value)));
        engine.ifPresent(value -> flags.put(WorkerSettings.ENGINE.name(), List.of(value)));
        var problems = new Problems();
        var sources = new Configuration.Sources(flags, Map.of(), YamlFile.NONE);
        var options = ServeOptions.of(Configuration.resolve(ServeSettings.ALL, sources, problems), problems);
        problems.throwIfAny();
        return new InProcessServer(ServeNode.start(options, ModelFiles::require));
    }

    public URI address() {
        return node.address();
    }

    @Override
    public void close() {
        node.close();
    }
}

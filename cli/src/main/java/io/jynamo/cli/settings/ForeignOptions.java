package io.jynamo.cli.settings;

import io.jynamo.engine.process.EngineGroup;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How an engine of others is joined or launched.
 *
 * @param attach the running one, or empty to launch one
 * @param command what launches it; empty for the engine's own program
 * @param flags of the launched engine itself
 * @param files where a launched engine's log and record are kept
 * @param kvEvents where a joined one publishes its KV events
 * @param kvReplay where it says missed ones again
 * @param dataParallelSize ranks behind its one server, where that was told
 * @param group the engines of several nodes that it is one of
 */
public record ForeignOptions(
        Optional<URI> attach,
        Optional<String> apiKey,
        Optional<String> command,
        List<String> flags,
        Duration readyTimeout,
        Optional<Path> files,
        Optional<String> kvEvents,
        Optional<String> kvReplay,
        Lmcache lmcache,
        Optional<Integer> dataParallelSize,
        Optional<EngineGroup> group) {
    /** Whether KV goes to LMCache too, and where that is. */
    public record Lmcache(boolean on, Optional<Integer> maxLocalCpuGigabytes, Optional<URI> server) {}

    public ForeignOptions {
        flags = List.copyOf(flags);
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "ForeignOptions[attach=" + attach + ", command=" + command + ", key given=" + apiKey.isPresent() + "]";
    }
}

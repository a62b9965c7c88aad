package io.jynamo.cli.settings;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How an engine of others is joined or launched.
 *
 * @param attach the running one, or empty to launch one
 * @param command what launches it
 * @param flags of the launched engine itself
 * @param files where a launched engine's log and record are kept
 * @param kvEvents where a joined one publishes its KV events
 * @param kvReplay where it says missed ones again
 */
public record ForeignOptions(
        Optional<URI> attach,
        Optional<String> apiKey,
        String command,
        List<String> flags,
        Duration readyTimeout,
        Optional<Path> files,
        Optional<String> kvEvents,
        Optional<String> kvReplay,
        Lmcache lmcache) {
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

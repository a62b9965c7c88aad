package io.jynamo.cli.settings;

import io.jynamo.engine.process.EngineGroup;
import io.jynamo.protocol.Modality;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * How an engine of others is joined or launched.
 *
 * @param attach the running ones, or none to launch one
 * @param command what launches it; empty for the engine's own program
 * @param flags of the launched engine itself
 * @param files where a launched engine's log and record are kept
 * @param kvEvents where each publishes its KV events, in the order of {@code attach}; or none
 * @param kvReplay where each says missed ones again, likewise
 * @param dataParallelSize ranks behind its one server, where that was told
 * @param group the engines of several nodes that it is one of
 * @param modalities what the model reads, where that was told
 */
public record ForeignOptions(
        List<URI> attach,
        Optional<String> apiKey,
        Optional<String> command,
        List<String> flags,
        Duration readyTimeout,
        Optional<Path> files,
        List<String> kvEvents,
        List<String> kvReplay,
        Lmcache lmcache,
        Optional<Integer> dataParallelSize,
        Optional<EngineGroup> group,
        Optional<Set<Modality>> modalities) {
    /** Whether KV goes to LMCache too, and where that is. */
    public record Lmcache(boolean on, Optional<Integer> maxLocalCpuGigabytes, Optional<URI> server) {}

    /**
     * One of the engines.
     *
     * @param url where it runs; empty for one that is launched
     * @param kvEvents where it publishes its KV events, where that was told
     * @param kvReplay where it says missed ones again, likewise
     */
    public record Target(Optional<URI> url, Optional<String> kvEvents, Optional<String> kvReplay) {}

    public ForeignOptions {
        attach = List.copyOf(attach);
        flags = List.copyOf(flags);
        kvEvents = List.copyOf(kvEvents);
        kvReplay = List.copyOf(kvReplay);
    }

    /** Every engine there is: those that run, or the one that is launched. */
    public List<Target> targets() {
        return IntStream.range(0, Math.max(1, attach.size()))
                .mapToObj(i -> new Target(at(attach, i), at(kvEvents, i), at(kvReplay, i)))
                .toList();
    }

    private static <T> Optional<T> at(List<T> each, int index) {
        return index < each.size() ? Optional.of(each.get(index)) : Optional.empty();
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "ForeignOptions[attach=" + attach + ", command=" + command + ", key given=" + apiKey.isPresent() + "]";
    }
}

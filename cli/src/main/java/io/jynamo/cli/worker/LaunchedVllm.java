package io.jynamo.cli.worker;

import io.jynamo.cli.settings.ForeignOptions;
import io.jynamo.engine.process.EngineCommand;
import io.jynamo.engine.process.EngineProcess;
import io.jynamo.engine.process.EngineSpec;
import io.jynamo.engine.process.LmcacheSettings;
import io.jynamo.engine.process.ReadyCheck;
import io.jynamo.engine.process.RestartPolicy;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A {@code vllm serve} of ours: on ports of this machine's choice, with KV events, supervised until it is closed. */
final class LaunchedVllm implements AutoCloseable {
    private static final Duration STOP_GRACE = Duration.ofSeconds(20);

    private final EngineProcess process;
    private final URI url;
    private final @Nullable String kvEvents;
    private final @Nullable String kvReplay;

    private LaunchedVllm(EngineProcess process, URI url, @Nullable String kvEvents, @Nullable String kvReplay) {
        this.process = process;
        this.url = url;
        this.kvEvents = kvEvents;
        this.kvReplay = kvReplay;
    }

    /**
     * Launches it and returns once it serves.
     *
     * @param model folder or name, as vLLM takes it
     * @throws JynamoException with its last words when it cannot be had
     */
    static LaunchedVllm start(WorkerSetup setup, String name, String model, Consumer<String> progress) {
        ForeignOptions told = setup.foreign();
        int port = freePort();
        boolean ownEvents = told.flags().stream().noneMatch(flag -> flag.startsWith("--kv-events-config"));
        int events = ownEvents ? freePort() : 0;
        int replay = ownEvents ? freePort() : 0;
        List<String> line = new ArrayList<>(List.of(
                told.command(),
                "serve",
                model,
                "--host",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                "--served-model-name",
                name,
                "--enable-prompt-tokens-details"));
        setup.model().maxModelLen().ifPresent(tokens -> line.addAll(List.of("--max-model-len", tokens.toString())));
        if (ownEvents) {
            line.addAll(List.of("--kv-events-config", eventsConfig(events, replay)));
        }
        Map<String, String> environment = new LinkedHashMap<>();
        if (told.lmcache().on()) {
            LmcacheSettings lmcache = LmcacheSettings.of(
                    new LmcacheSettings.Flags(
                            told.lmcache().maxLocalCpuGigabytes().orElse(null),
                            told.lmcache().server().orElse(null)),
                    System.getenv());
            environment.putAll(lmcache.environment());
            line.addAll(List.of("--kv-transfer-config", lmcache.transferConfig()));
        }
        line.addAll(told.flags());
        Path folder = told.files().orElseGet(LaunchedVllm::temporary);
        URI url = URI.create("http://127.0.0.1:" + port);
        var spec = new EngineSpec(
                "vllm-" + port,
                new EngineCommand(line, environment, Set.of(), folder.toAbsolutePath()),
                EngineSpec.Files.in(folder),
                new EngineSpec.Readiness(ReadyCheck.http(url.resolve("/health")), told.readyTimeout()),
                EngineSpec.Probing.NONE, // the worker asks it for tokens when it falls silent
                RestartPolicy.Limits.USUAL,
                STOP_GRACE);
        EngineProcess process = EngineProcess.start(spec, status -> progress.accept(status.detail()));
        try {
            awaitReady(process, told.readyTimeout());
        } catch (RuntimeException | Error failed) {
            process.close();
            throw failed;
        }
        return new LaunchedVllm(
                process,
                url,
                ownEvents ? "tcp://127.0.0.1:" + events : null,
                ownEvents ? "tcp://127.0.0.1:" + replay : null);
    }

    private static void awaitReady(EngineProcess process, Duration limit) {
        try {
            if (!process.awaitReady(limit.plusSeconds(5))) {
                throw process.failure()
                        .orElseGet(() -> new JynamoException(
                                ErrorCode.NOT_READY, "vLLM was not ready within " + limit + "; see its log"));
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new JynamoException(ErrorCode.NOT_READY, "stopped while vLLM was loading", stopped);
        }
    }

    /** vLLM binds only what begins with a star; the other end is on this machine. */
    private static String eventsConfig(int events, int replay) {
        return "{\"enable_kv_cache_events\":true,\"publisher\":\"zmq\",\"endpoint\":\"tcp://*:" + events
                + "\",\"replay_endpoint\":\"tcp://127.0.0.1:" + replay + "\"}";
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException none) {
            throw new JynamoException(ErrorCode.ADDRESS_IN_USE, "no free port for vLLM: " + none.getMessage(), none);
        }
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("jynamo-vllm");
        } catch (IOException full) {
            throw new JynamoException(
                    ErrorCode.DISK_FULL, "no folder for vLLM's log can be made: " + full.getMessage(), full);
        }
    }

    URI url() {
        return url;
    }

    @Nullable
    String kvEvents() {
        return kvEvents;
    }

    @Nullable
    String kvReplay() {
        return kvReplay;
    }

    @Override
    public void close() {
        process.close();
    }
}

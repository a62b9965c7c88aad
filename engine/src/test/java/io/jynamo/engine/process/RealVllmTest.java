package io.jynamo.engine.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jynamo.engine.kvfeed.KvFeedOptions;
import io.jynamo.engine.kvfeed.ZmqKvEvents;
import io.jynamo.protocol.BlockHasher;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.WorkerState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real vLLM on the CPU: launched, served from, its KV events heard, killed, started again; and one that cannot start. */
@Tag("long")
@Timeout(900)
class RealVllmTest {
    private static final String HOME = System.getProperty("user.home");
    private static final Path PEERS =
            Path.of(System.getenv().getOrDefault("JYNAMO_PEERS", HOME + "/.cache/jynamo-peers"));
    private static final Duration LOADING = Duration.ofMinutes(5);

    @TempDir
    Path folder;

    @Test
    void servesTellsItsBlocksAndComesBackAfterAKill() throws Exception {
        int port = freePort();
        int events = freePort();
        int replay = freePort();
        String config = "{\"enable_kv_cache_events\":true,\"publisher\":\"zmq\",\"endpoint\":\"tcp://*:" + events
                + "\",\"replay_endpoint\":\"tcp://127.0.0.1:" + replay + "\"}";
        List<KvEvent> told = new CopyOnWriteArrayList<>();
        KvFeedOptions options = KvFeedOptions.of("tcp://127.0.0.1:" + events, "tcp://127.0.0.1:" + replay, 32);
        try (EngineProcess engine = EngineProcess.start(
                        spec(port, RestartPolicy.Limits.USUAL, "--block-size", "32", "--kv-events-config", config),
                        status -> {});
                ZmqKvEvents feed = ZmqKvEvents.connect(options)) {
            feed.subscribe(told::add);
            assertThat(engine.awaitReady(LOADING)).as("%s", engine.failure()).isTrue();
            Set<Long> expected = complete(port);
            EngineScript.await("the prompt's blocks", () -> stored(told).equals(expected));
            ProcessHandle.of(engine.status().pid()).orElseThrow().destroyForcibly();
            EngineScript.await("its death", () -> engine.status().state() == WorkerState.UNREACHABLE);
            assertThat(engine.awaitReady(LOADING)).as("%s", engine.failure()).isTrue();
            assertThat(engine.lastFailure().orElseThrow().exit()).isEqualTo("killed by signal 9");
            EngineScript.await("forgetting", () -> told.stream().anyMatch(KvEvent.Cleared.class::isInstance));
            assertThat(feed.counts().restarts()).isEqualTo(1);
            told.clear();
            complete(port);
            EngineScript.await("the new engine's blocks", () -> stored(told).equals(expected));
        }
    }

    @Test
    void saysWhyItCannotStart() throws Exception {
        try (EngineProcess engine =
                EngineProcess.start(spec(freePort(), RestartPolicy.Limits.NEVER, "--block-size", "16"), status -> {})) {
            assertThat(engine.awaitReady(LOADING)).isFalse();
            assertThat(engine.failure().orElseThrow())
                    .hasMessageContaining("ValueError: No common block size for 16")
                    .hasMessageContaining("--block-size");
        }
    }

    private EngineSpec spec(int port, RestartPolicy.Limits restarts, String... flags) {
        Path vllm = PEERS.resolve("vllm/bin/vllm");
        Path model = PEERS.resolve("tiny");
        assumeTrue(
                Files.exists(vllm) && Files.exists(PEERS.resolve("vllm/ready")) && Files.exists(model),
                () -> "not run: there is no vLLM in " + PEERS);
        List<String> line = new ArrayList<>(List.of(
                vllm.toString(),
                "serve",
                model.toString(),
                "--served-model-name",
                "tiny",
                "--host",
                "127.0.0.1",
                "--port",
                String.valueOf(port),
                "--dtype",
                "bfloat16",
                "--enforce-eager",
                "--max-model-len",
                "2048",
                "--kv-cache-memory-bytes",
                "67108864"));
        line.addAll(Arrays.asList(flags));
        Map<String, String> environment = Map.of(
                "OMP_NUM_THREADS",
                "1",
                "VLLM_CPU_OMP_THREADS_BIND",
                "nobind",
                "HF_HUB_OFFLINE",
                "1",
                "VLLM_NO_USAGE_STATS",
                "1",
                "DO_NOT_TRACK",
                "1");
        return new EngineSpec(
                "vllm",
                new EngineCommand(line, environment, Set.of(), folder),
                EngineSpec.Files.in(folder),
                new EngineSpec.Readiness(ReadyCheck.http(URI.create("http://127.0.0.1:" + port + "/health")), LOADING),
                EngineSpec.Probing.NONE,
                restarts,
                Duration.ofSeconds(30));
    }

    /** Has a prompt computed and says what its full blocks are called. */
    private static Set<Long> complete(int port) throws IOException, InterruptedException {
        int[] prompt = IntStream.range(1000, 1070).toArray();
        String body = "{\"model\":\"tiny\",\"max_tokens\":1,\"prompt\":" + Arrays.toString(prompt) + "}";
        // The offer to speak HTTP/2 makes the server lose the body.
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/completions"))
                            .header("Content-Type", "application/json")
                            .timeout(Duration.ofMinutes(2))
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        }
        return Arrays.stream(new BlockHasher(32, CacheScope.SHARED)
                        .hash(TokenIds.of(prompt))
                        .sequence())
                .boxed()
                .collect(Collectors.toSet());
    }

    private static Set<Long> stored(List<KvEvent> told) {
        return told.stream()
                .filter(KvEvent.Stored.class::isInstance)
                .flatMapToLong(
                        event -> Arrays.stream(((KvEvent.Stored) event).blocks().sequence()))
                .boxed()
                .collect(Collectors.toSet());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}

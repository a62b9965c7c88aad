package io.jynamo.cli.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The real engines installed beside this project, launched and offered as a user would; where one is not, its test says that it did not run. */
final class PeerEngines {
    static final int BLOCK = 32;

    private static final Path PEERS = Path.of(
            System.getenv().getOrDefault("JYNAMO_PEERS", System.getProperty("user.home") + "/.cache/jynamo-peers"));

    private final TestFleet fleet;
    private final Path folder;

    PeerEngines(TestFleet fleet, Path folder) {
        this.fleet = fleet;
        this.folder = folder;
    }

    /** The tiny model of random weights. */
    static Path model() {
        return PEERS.resolve("tiny");
    }

    static Path miniLm() {
        return PEERS.resolve("models/all-minilm-l6-v2");
    }

    static Path smolLm2() {
        return PEERS.resolve("models/SmolLM2-135M-Instruct.Q4_1.gguf");
    }

    WorkerNode vllm(String... more) throws IOException {
        List<String> flags = new ArrayList<>(List.of(more));
        flags.addAll(List.of("--dtype", "bfloat16", "--enforce-eager", "--kv-cache-memory-bytes", "67108864"));
        flags.addAll(List.of("--block-size", String.valueOf(BLOCK)));
        return fleet.worker(told("vllm", program("vllm", """
                        #!/bin/sh
                        export OMP_NUM_THREADS=1 VLLM_CPU_OMP_THREADS_BIND=nobind HF_HUB_OFFLINE=1 VLLM_NO_USAGE_STATS=1
                        exec nice '%s/vllm/bin/vllm' "$@"
                        """)), flags.toArray(String[]::new));
    }

    /** @param cores of each rank */
    WorkerNode sglang(String cores, String... more) throws IOException {
        List<String> flags = new ArrayList<>(List.of(
                "--device",
                "cpu",
                "--attention-backend",
                "torch_native",
                "--sampling-backend",
                "pytorch",
                "--dtype",
                "bfloat16",
                "--page-size",
                String.valueOf(BLOCK),
                "--max-total-tokens",
                "8192",
                "--max-running-requests",
                "8",
                "--disable-overlap-schedule",
                "--skip-server-warmup"));
        flags.addAll(List.of(more));
        return fleet.worker(
                told("sglang", program("sglang", """
                        #!/bin/sh
                        P='%s/sglang'
                        export SGLANG_USE_CPU_ENGINE=1 OMP_NUM_THREADS=1 HF_HUB_OFFLINE=1
                        export SGLANG_CPU_OMP_THREADS_BIND='CORES'
                        export LD_LIBRARY_PATH=$(echo "$P"/lib/python3*/site-packages/torch/lib)
                        exec nice "$P/bin/sglang" "$@"
                        """.replace("CORES", cores))), flags.toArray(String[]::new));
    }

    /** A vLLM that makes embeddings, which nobody has joined yet: its process, and where it answers. */
    record Embedding(Process process, URI url) {}

    Embedding vllmEmbeddings(Path model, int port) throws IOException {
        assumeTrue(Files.exists(model), () -> "not run: there is no " + model);
        Path vllm = program("vllm", """
                #!/bin/sh
                export OMP_NUM_THREADS=1 VLLM_CPU_OMP_THREADS_BIND=nobind HF_HUB_OFFLINE=1 VLLM_NO_USAGE_STATS=1
                exec nice '%s/vllm/bin/vllm' "$@"
                """);
        List<String> line = List.of(vllm.toString(), "serve", model.toString(), "--runner", "pooling");
        List<String> flags = List.of("--dtype", "float32", "--enforce-eager", "--kv-cache-memory-bytes", "67108864");
        List<String> place = List.of("--host", "127.0.0.1", "--port", String.valueOf(port));
        Process process = new ProcessBuilder(
                        Stream.of(line, flags, place).flatMap(List::stream).toList())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("vllm-embeddings.log").toFile())
                .start();
        fleet.own((AutoCloseable) () -> kill(process));
        URI url = URI.create("http://127.0.0.1:" + port);
        TestFleet.await("vLLM", () -> answers(url.resolve("/v1/models")));
        return new Embedding(process, url);
    }

    /** A port that was free just now. */
    static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    /** Ends it with all that it started, as the system does for want of memory. */
    static void kill(Process process) {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }

    /** llama.cpp's server with SmolLM2, joined by its URL. */
    void llamaCpp() throws IOException {
        Path python = PEERS.resolve("xllamacpp/bin/python");
        Path weights = smolLm2();
        assumeTrue(
                Files.exists(python) && Files.exists(weights),
                () -> "not run: there is no xllamacpp or SmolLM2 in " + PEERS);
        int port = freePort();
        Path script = Path.of(System.getProperty("jynamo.root"), "engine/src/test/python/llama-server.py");
        Process process = new ProcessBuilder(
                        "nice", python.toString(), script.toString(), weights.toString(), String.valueOf(port))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("llama.log").toFile())
                .start();
        fleet.own((AutoCloseable) () -> kill(process));
        URI url = URI.create("http://127.0.0.1:" + port);
        TestFleet.await("llama.cpp", () -> answers(url.resolve("/v1/models")));
        fleet.worker(Map.of(
                "engine",
                "openai",
                "attach",
                url.toString(),
                "model",
                weights.toString(),
                "served-model-name",
                "smollm2"));
    }

    private static boolean answers(URI page) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private Path program(String peer, String script) throws IOException {
        assumeTrue(
                Files.exists(PEERS.resolve(peer + "/ready")) && Files.exists(model()),
                () -> "not run: there is no " + peer + " or tiny model in " + PEERS);
        Path program = folder.resolve(peer + "-command");
        Files.writeString(program, script.formatted(PEERS));
        assertThat(program.toFile().setExecutable(true)).isTrue();
        return program;
    }

    private Map<String, String> told(String engine, Path program) {
        return Map.of(
                "engine",
                engine,
                "model",
                model().toString(),
                "served-model-name",
                "tiny",
                "max-model-len",
                "2048",
                "engine-command",
                program.toString(),
                "engine-files",
                folder.resolve("files").toString());
    }
}

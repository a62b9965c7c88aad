package io.jynamo.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Against a small server that streams, refuses or answers whole. */
class LoadCommandTest {
    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Set<String> prompts = ConcurrentHashMap.newKeySet();
    private final AtomicInteger requests = new AtomicInteger();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private HttpServer server;
    private volatile boolean refuses;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/v1/chat/completions", exchange -> {
            JsonNode body =
                    new ObjectMapper().readTree(exchange.getRequestBody().readAllBytes());
            prompts.add(body.get("messages").get(0).get("content").asString());
            requests.incrementAndGet();
            byte[] refusal = "{\"error\":{\"code\":\"overloaded\"}}".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", refuses ? "application/json" : "text/event-stream");
            exchange.sendResponseHeaders(refuses ? 529 : 200, refuses ? refusal.length : 0);
            try (OutputStream stream = exchange.getResponseBody()) {
                stream.write(refuses ? refusal : answer(body.get("max_tokens").asInt()));
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.close();
    }

    @Test
    void measuresStreamsInAClosedLoop() {
        assertThat(run("--requests", "30", "--concurrency", "4", "--output-tokens", "5", "--words", "--json", "-"))
                .as(err::toString)
                .isZero();
        JsonNode report = new ObjectMapper().readTree(out.toString(StandardCharsets.UTF_8));
        assertThat(report.get("requests").asInt()).isEqualTo(30);
        assertThat(report.get("outputTokens").asDouble()).isEqualTo(5);
        assertThat(report.get("eventsPerRequest").asDouble()).isEqualTo(5);
        assertThat(report.get("ttft").get("count").asInt()).isEqualTo(30);
        assertThat(report.get("gap").get("count").asInt()).isEqualTo(30 * 4);
        assertThat(requests).as("with the warm-up").hasValue(34);
        assertThat(prompts).as("each its own").hasSize(34);
    }

    @Test
    void measuresAnOpenLoopAndAProcess() throws IOException {
        Path file = folder.resolve("report.json");
        String self = "self=" + ProcessHandle.current().pid();
        assertThat(run(
                        "--requests",
                        "20",
                        "--rate",
                        "500",
                        "--concurrency",
                        "8",
                        "--pid",
                        self,
                        "--json",
                        file.toString()))
                .as(err::toString)
                .isZero();
        JsonNode report = new ObjectMapper().readTree(Files.readString(file));
        assertThat(report.get("lag").get("count").asInt()).isEqualTo(20);
        assertThat(report.get("processes").get("self").get("rssMib").asDouble()).isPositive();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("first token", "self");
    }

    @Test
    void sameSeedSamePrompts() {
        // Not all of the repository: what is installed in its folders has lines of any length.
        String docs = Path.of(System.getProperty("jynamo.root"), "docs").toString();
        run("--requests", "6", "--seed", "5", "--prompt-tokens", "300", "--corpus", docs);
        int first = prompts.size();
        run("--requests", "6", "--seed", "5", "--prompt-tokens", "300", "--corpus", docs);
        assertThat(prompts).hasSize(first).hasSize(7);
        assertThat(prompts).allSatisfy(prompt -> assertThat(prompt.length()).isBetween(900, 2_500));
        run("--requests", "6", "--seed", "6", "--prompt-tokens", "300", "--corpus", docs);
        assertThat(prompts).hasSize(14);
    }

    @Test
    void saysWhatFailed() {
        refuses = true;
        assertThat(run("--requests", "3", "--warmup", "0", "--words")).isEqualTo(1);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("ERROR 3 x status 529")
                .contains("overloaded");
    }

    @Test
    void refusesWrongArguments() {
        assertThat(run("--requets", "3")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("--requets").contains("--requests");
        assertThat(run("--requests", "many")).isEqualTo(2);
        assertThat(run("here")).isEqualTo(2);
        assertThat(run("--pid", "x=y")).isEqualTo(2);
        server.stop(0);
        assertThat(run("--requests", "1", "--words")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("is the server up?");
        assertThat(run("--help")).isZero();
    }

    private int run(String... args) {
        String[] all = new String[args.length + 2];
        System.arraycopy(args, 0, all, 2, args.length);
        all[0] = "--target";
        all[1] = "http://127.0.0.1:" + server.getAddress().getPort();
        return LoadCommand.run(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                all);
    }

    private static byte[] answer(int tokens) {
        StringBuilder answer = new StringBuilder();
        for (int i = 0; i < tokens; i++) {
            answer.append("data: {\"choices\":[{\"delta\":{\"content\":\" t")
                    .append(i)
                    .append("\"}}]}\n\n");
        }
        answer.append("data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":")
                .append(tokens);
        return answer.append("}}\n\ndata: [DONE]\n\n").toString().getBytes(StandardCharsets.UTF_8);
    }
}

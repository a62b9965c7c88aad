package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Triton's client for gRPC, run by Python on {@code src/test/python/triton.py}. */
@Timeout(120)
class TritonClientTest {
    private static final Path ROOM = Path.of(System.getProperty("jynamo.root"), "conformance");
    private static final Path PYTHON = ROOM.resolve("venv/bin/python");

    private static final Pattern PORT = Pattern.compile("KServe over gRPC on port (\\d+)");

    @BeforeAll
    static void client_is_there() {
        assumeTrue(
                Files.isExecutable(PYTHON),
                "not run: Python's clients are not installed (conformance/python-clients brings them)");
    }

    @Test
    void infers_streams_and_reads_errors() {
        try (Server server = Server.paced("--kserve-grpc-port", "0")) {
            var run = Command.run(
                    List.of(
                            PYTHON.toString(),
                            ROOM.resolve("src/test/python/triton.py").toString(),
                            "127.0.0.1:" + port(server),
                            Server.MODEL),
                    Map.of());

            assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
            JsonNode seen = Http.parse(run.out());
            for (String name : List.of("live", "ready", "modelReady", "decoupled")) {
                assertThat(seen.path(name).asBoolean()).as(name).isTrue();
            }
            assertThat(seen.path("index").valueStream().map(JsonNode::asString)).containsExactly(Server.MODEL);
            assertThat(seen.path("inputs").valueStream().map(JsonNode::asString))
                    .contains("text_input", "streaming");
            assertThat(seen.path("text").asString()).isNotBlank();
            assertThat(seen.path("finish").asString()).isEqualTo("length");
            assertThat(seen.path("id").asString()).isEqualTo("one");
            assertThat(seen.path("packed").asString()).isNotBlank();
            assertThat(seen.path("unknownParameter").asString()).isEqualTo("StatusCode.INVALID_ARGUMENT");
            assertThat(seen.path("unknownVersion").asString()).isEqualTo("StatusCode.NOT_FOUND");
            assertThat(seen.path("deadline").asString()).isEqualTo("StatusCode.DEADLINE_EXCEEDED");
            for (String id : List.of("0", "1", "2")) {
                assertThat(seen.path("streamed").path(id).asString()).as(id).isNotBlank();
            }
            assertThat(seen.path("errors").valueStream().map(JsonNode::asString))
                    .singleElement()
                    .asString()
                    .contains("nonsense");
            Metrics.await(server, "dynamo_frontend_active_requests", active -> active == 0);
        }
    }

    /** As the log has it, which is written a moment after the server is ready. */
    private static String port(Server server) {
        Matcher told = PORT.matcher(server.log());
        while (!told.find()) {
            LockSupport.parkNanos(1_000_000);
            told = PORT.matcher(server.log());
        }
        return told.group(1);
    }
}

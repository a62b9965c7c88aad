package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** OpenAI's JavaScript client, run by Node on {@code src/test/js/client.js}. */
@ExtendWith(SharedServers.class)
class OpenAiNodeTest {
    private static final Path ROOM = Path.of(System.getProperty("jynamo.root"), "conformance");

    private final Server server;

    OpenAiNodeTest(@Pace(Pace.Kind.REAL) Server server) {
        this.server = server;
    }

    @BeforeAll
    static void client_is_there() {
        assumeTrue(
                Files.isDirectory(ROOM.resolve("node_modules/openai")),
                "not run: the npm package openai is not installed (npm ci in conformance/ brings it)");
    }

    @Test
    void chats_streams_cancels_and_reads_errors() {
        var run = Command.run(
                List.of(
                        "node",
                        ROOM.resolve("src/test/js/client.js").toString(),
                        server.at("/v1").toString(),
                        Server.MODEL),
                Map.of());

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        JsonNode seen = Http.parse(run.out());
        assertThat(seen.path("chat").asString()).isNotBlank();
        assertThat(seen.path("streamed").asString()).isNotBlank();
        assertThat(seen.path("usage").path("completion_tokens").asInt()).isBetween(1, 10);
        assertThat(seen.path("logprobs").asInt()).isBetween(1, 10);
        assertThat(seen.path("models").valueStream().map(JsonNode::asString)).contains(Server.MODEL);
        assertThat(seen.path("completion").asString()).isNotEmpty();
        assertThat(seen.path("badRequest").path("status").asInt()).isEqualTo(400);
        assertThat(seen.path("badRequest").path("code").asString()).isEqualTo("invalid_request");
        assertThat(seen.path("notFound").path("status").asInt()).isEqualTo(404);
        assertThat(seen.path("chunksBeforeCancel").asInt()).isEqualTo(3);
        Metrics.await(server, "dynamo_frontend_active_requests", active -> active == 0);
    }

    @Test
    void makes_streams_reads_and_goes_on_from_responses() {
        var run = Command.run(
                List.of(
                        "node",
                        ROOM.resolve("src/test/js/responses.js").toString(),
                        server.at("/v1").toString(),
                        Server.MODEL),
                Map.of());

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        JsonNode seen = Http.parse(run.out());
        assertThat(seen.path("text").asString()).isNotBlank();
        assertThat(seen.path("status").asString()).isEqualTo("incomplete");
        assertThat(seen.path("usage").path("output_tokens").asInt()).isEqualTo(10);
        assertThat(seen.path("deltas").asString()).isEqualTo(seen.path("final").asString());
        assertThat(seen.path("types").valueStream().map(JsonNode::asString))
                .containsExactly(
                        "response.created",
                        "response.in_progress",
                        "response.output_item.added",
                        "response.content_part.added",
                        "response.output_text.delta",
                        "response.output_text.done",
                        "response.content_part.done",
                        "response.output_item.done",
                        "response.incomplete");
        assertThat(seen.path("previous")).isEqualTo(seen.path("id"));
        assertThat(seen.path("longer").asBoolean()).isTrue();
        assertThat(seen.path("read").asString()).isEqualTo(seen.path("text").asString());
        assertThat(seen.path("given").asString()).isEqualTo("Tell me a story.");
        assertThat(seen.path("gone").path("status").asInt()).isEqualTo(404);
        assertThat(seen.path("gone").path("code").asString()).isEqualTo("not_found");
        assertThat(seen.path("refused").path("status").asInt()).isEqualTo(400);
        assertThat(seen.path("afterCall").asString()).isNotBlank();
    }
}

package io.jynamo.frontend;

import static io.jynamo.frontend.ServerFixture.chat;
import static io.jynamo.frontend.ServerFixture.chunks;
import static io.jynamo.frontend.ServerFixture.content;
import static io.jynamo.frontend.ServerFixture.events;
import static io.jynamo.frontend.ServerFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ChatStreamTest {
    @Test
    void streamsContentThenFinishThenDone() {
        try (ServerFixture server = ServerFixture.saying("Hello \"wörld\" 😀\n")) {
            var response = server.post("/v1/chat/completions", chat("hi", "'stream':true"));
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("content-type")).hasValue("text/event-stream; charset=utf-8");
            List<JsonNode> chunks = chunks(response.body());
            assertThat(content(response.body())).isEqualTo("Hello \"wörld\" 😀\n");
            assertThat(chunks.getFirst().at("/choices/0/delta/role").asString(""))
                    .isEqualTo("assistant");
            assertThat(chunks.stream()
                            .filter(chunk -> chunk.at("/choices/0/delta").has("role")))
                    .hasSize(1);
            assertThat(chunks.getLast().at("/choices/0/finish_reason").asString(""))
                    .isEqualTo("stop");
            assertThat(events(response.body()).getLast()).isEqualTo("[DONE]");
            assertThat(chunks.getFirst().path("id").asString("")).startsWith("chatcmpl-");
            assertThat(chunks).allSatisfy(chunk -> {
                assertThat(chunk.path("object").asString("")).isEqualTo("chat.completion.chunk");
                assertThat(chunk.path("model").asString("")).isEqualTo("org/test-model");
                assertThat(chunk.path("id")).isEqualTo(chunks.getFirst().path("id"));
            });
        }
    }

    @Test
    void usageChunkHasNoChoicesAndIsTheLast() {
        try (ServerFixture server = ServerFixture.saying("abc")) {
            var response = server.post(
                    "/v1/chat/completions", chat("hi", "'stream':true,'stream_options':{'include_usage':true}"));
            List<JsonNode> chunks = chunks(response.body());
            JsonNode last = chunks.getLast();
            assertThat(last.path("choices").isArray()).isTrue();
            assertThat(last.path("choices")).isEmpty();
            int prompt = "user:hi".length() + 1 + "assistant:".length();
            assertThat(last.at("/usage/prompt_tokens").asInt()).isEqualTo(prompt);
            assertThat(last.at("/usage/completion_tokens").asInt()).isEqualTo(3);
            assertThat(last.at("/usage/total_tokens").asInt()).isEqualTo(prompt + 3);
            assertThat(last.at("/usage/prompt_tokens_details/cached_tokens").asInt())
                    .isEqualTo(prompt / 2);
            assertThat(chunks.subList(0, chunks.size() - 1))
                    .allSatisfy(
                            chunk -> assertThat(chunk.path("usage").isNull()).isTrue());
        }
    }

    @Test
    void unaryIsTheStreamFolded() {
        try (ServerFixture server = ServerFixture.saying("One answer.")) {
            var response = server.post("/v1/chat/completions", chat("hi", ""));
            JsonNode body = json(response);
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(body.path("object").asString("")).isEqualTo("chat.completion");
            assertThat(body.at("/choices/0/message/content").asString("")).isEqualTo("One answer.");
            assertThat(body.at("/choices/0/message/role").asString("")).isEqualTo("assistant");
            assertThat(body.at("/choices/0/finish_reason").asString("")).isEqualTo("stop");
            assertThat(body.at("/usage/completion_tokens").asInt()).isEqualTo(11);
            ServerFixture.await(() -> server.router.booked() == 0);
            assertThat(server.router.tokens()).isEqualTo(11);
        }
    }

    @Test
    void listsModelsAndHealth() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            assertThat(json(server.get("/v1/models")).at("/data/0/id").asString(""))
                    .isEqualTo("org/test-model");
            assertThat(json(server.get("/v1/models/org/test-model")).path("id").asString(""))
                    .isEqualTo("org/test-model");
            assertThat(server.get("/v1/models/org/other").statusCode()).isEqualTo(404);
            assertThat(server.get("/health").statusCode()).isEqualTo(200);
            assertThat(server.get("/live").statusCode()).isEqualTo(200);
        }
    }
}

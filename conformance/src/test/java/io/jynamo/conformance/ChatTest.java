package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** {@code /v1/chat/completions} byte by byte, as OpenAI documents it. */
@ExtendWith(SharedServers.class)
class ChatTest {
    private final Server server;

    ChatTest(@Pace(Pace.Kind.FAST) Server server) {
        this.server = server;
    }

    @Test
    void an_answer_has_the_documented_shape() {
        var reply = chat("\"max_completion_tokens\":8");

        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(reply.headers().firstValue("content-type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/json"));
        JsonNode body = reply.json();
        assertThat(body.path("object").asString()).isEqualTo("chat.completion");
        assertThat(body.path("id").asString()).startsWith("chatcmpl-");
        assertThat(body.path("model").asString()).isEqualTo(Server.MODEL);
        assertThat(body.path("created").asLong()).isPositive();
        assertThat(body.path("choices")).hasSize(1);
        JsonNode choice = body.path("choices").path(0);
        assertThat(choice.path("message").path("role").asString()).isEqualTo("assistant");
        assertThat(choice.path("message").path("content").asString()).isNotBlank();
        assertThat(choice.path("finish_reason").asString()).isIn("length", "stop");
        JsonNode usage = body.path("usage");
        assertThat(usage.path("completion_tokens").asInt()).isBetween(1, 8);
        assertThat(usage.path("total_tokens").asInt())
                .isEqualTo(usage.path("prompt_tokens").asInt()
                        + usage.path("completion_tokens").asInt());
    }

    @Test
    void the_streamed_answer_is_the_same_text_in_pieces() {
        String whole = chat("\"max_completion_tokens\":40,\"seed\":5")
                .json()
                .path("choices")
                .path(0)
                .path("message")
                .path("content")
                .asString();

        List<JsonNode> chunks = stream("\"max_completion_tokens\":40,\"seed\":5");

        assertThat(Http.content(chunks)).isEqualTo(whole);
        assertThat(chunks).allSatisfy(chunk -> {
            assertThat(chunk.path("object").asString()).isEqualTo("chat.completion.chunk");
            assertThat(chunk.path("id")).isEqualTo(chunks.getFirst().path("id"));
            assertThat(chunk.path("created")).isEqualTo(chunks.getFirst().path("created"));
        });
        assertThat(chunks.stream()
                        .filter(chunk ->
                                chunk.path("choices").path(0).path("delta").has("role")))
                .as("the role is sent once")
                .hasSize(1);
        assertThat(chunks.stream()
                        .map(chunk -> chunk.path("choices").path(0).path("finish_reason"))
                        .filter(reason -> reason.isString()))
                .as("one finish reason")
                .hasSize(1);
        assertThat(chunks).noneMatch(chunk -> chunk.path("usage").isObject());
    }

    @Test
    void usage_comes_in_a_last_chunk_without_choices_when_asked_for() {
        List<JsonNode> chunks = stream("\"max_completion_tokens\":8,\"stream_options\":{\"include_usage\":true}");

        JsonNode last = chunks.getLast();
        assertThat(last.path("choices")).isEmpty();
        assertThat(last.path("usage").path("completion_tokens").asInt()).isBetween(1, 8);
        assertThat(chunks.subList(0, chunks.size() - 1))
                .noneMatch(chunk -> chunk.path("usage").isObject());
    }

    @Test
    void several_choices_are_told_apart_by_index() {
        var body = chat("\"n\":3,\"temperature\":1,\"max_completion_tokens\":4").json();

        assertThat(body.path("choices")
                        .valueStream()
                        .map(choice -> choice.path("index").asInt()))
                .containsExactlyInAnyOrder(0, 1, 2);

        Map<Integer, String> reasons = new TreeMap<>();
        for (JsonNode chunk : stream("\"n\":3,\"temperature\":1,\"max_completion_tokens\":4")) {
            for (JsonNode choice : chunk.path("choices")) {
                if (choice.path("finish_reason").isString()) {
                    reasons.put(
                            choice.path("index").asInt(),
                            choice.path("finish_reason").asString());
                }
            }
        }
        assertThat(reasons).containsOnlyKeys(0, 1, 2);
    }

    @Test
    void logprobs_stand_beside_every_token() {
        var choice = chat("\"max_completion_tokens\":5,\"logprobs\":true,\"top_logprobs\":3")
                .json()
                .path("choices")
                .path(0);

        JsonNode content = choice.path("logprobs").path("content");
        assertThat(content.size()).isBetween(1, 5);
        var text = new StringBuilder();
        for (JsonNode token : content) {
            text.append(token.path("token").asString());
            assertThat(token.path("logprob").asDouble()).isLessThanOrEqualTo(0);
            assertThat(token.path("bytes").isArray()).isTrue();
            assertThat(token.path("top_logprobs")).hasSize(3);
        }
        assertThat(text.toString())
                .isEqualTo(choice.path("message").path("content").asString());
    }

    @Test
    void logprobs_stream_too() {
        long tokens = stream("\"max_completion_tokens\":5,\"logprobs\":true").stream()
                .mapToLong(chunk -> chunk.path("choices")
                        .path(0)
                        .path("logprobs")
                        .path("content")
                        .size())
                .sum();

        assertThat(tokens).isBetween(1L, 5L);
    }

    @Test
    void a_stop_string_ends_the_answer_and_is_left_out() {
        String whole = content(chat("\"max_completion_tokens\":40,\"seed\":5"));
        String stop = whole.substring(whole.length() / 2, whole.length() / 2 + 3);
        String extra = "\"max_completion_tokens\":40,\"seed\":5,\"stop\":[" + quoted(stop) + "]";

        var reply = chat(extra);

        assertThat(content(reply)).isEqualTo(whole.substring(0, whole.indexOf(stop)));
        assertThat(reply.json().path("choices").path(0).path("finish_reason").asString())
                .isEqualTo("stop");
        assertThat(Http.content(stream(extra))).isEqualTo(content(reply));
    }

    @Test
    void the_same_seed_gives_the_same_answer() {
        String extra = "\"max_completion_tokens\":20,\"temperature\":1.0,\"seed\":42";

        assertThat(content(chat(extra))).isEqualTo(content(chat(extra)));
    }

    @Test
    void token_limits_are_exact() {
        var usage = chat("\"max_completion_tokens\":17,\"min_tokens\":17,\"ignore_eos\":true")
                .json()
                .path("usage");

        assertThat(usage.path("completion_tokens").asInt()).isEqualTo(17);
    }

    @Test
    void the_extras_of_other_servers_are_taken() {
        var reply = chat("\"max_completion_tokens\":4,\"top_k\":5,\"min_p\":0.05,\"repetition_penalty\":1.1,"
                + "\"stop_token_ids\":[3],\"skip_special_tokens\":true,\"chat_template_kwargs\":{\"x\":1},"
                + "\"logit_bias\":{\"5\":-100},\"presence_penalty\":0.5,\"frequency_penalty\":0.5,\"user\":\"u\"");

        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    }

    @Test
    void content_may_come_in_parts() {
        var reply = Http.post(
                server.at("/v1/chat/completions"),
                "{\"model\":\"" + Server.MODEL + "\",\"max_completion_tokens\":2,\"messages\":[{\"role\":\"system\","
                        + "\"content\":\"Be brief.\"},{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Hi\"}]}]}");

        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    }

    private Http.Reply chat(String extra) {
        return Http.post(server.at("/v1/chat/completions"), body(extra));
    }

    private List<JsonNode> stream(String extra) {
        return Http.stream(server.at("/v1/chat/completions"), body(extra + ",\"stream\":true"));
    }

    private static String body(String extra) {
        return "{\"model\":\"" + Server.MODEL
                + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Tell me a story.\"}]," + extra + "}";
    }

    private static String content(Http.Reply reply) {
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply.json()
                .path("choices")
                .path(0)
                .path("message")
                .path("content")
                .asString();
    }

    private static String quoted(String text) {
        return tools.jackson.databind.json.JsonMapper.shared().writeValueAsString(text);
    }
}

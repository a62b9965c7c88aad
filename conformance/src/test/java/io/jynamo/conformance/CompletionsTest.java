package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** {@code /v1/completions}, {@code /tokenize} and {@code /detokenize}. */
@ExtendWith(SharedServers.class)
class CompletionsTest {
    private static final String TEXT = "Once upon a time, in a house by the sea: naïve café, 東京, 🙂🏽.";

    private final Server server;

    CompletionsTest(@Pace(Pace.Kind.FAST) Server server) {
        this.server = server;
    }

    @Test
    void a_text_is_continued() {
        var reply = complete("\"prompt\":\"Once upon a time\",\"max_tokens\":6");

        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        JsonNode body = reply.json();
        assertThat(body.path("object").asString()).isEqualTo("text_completion");
        assertThat(body.path("id").asString()).startsWith("cmpl-");
        assertThat(body.path("choices").path(0).path("text").asString()).isNotEmpty();
        assertThat(body.path("usage").path("completion_tokens").asInt()).isBetween(1, 6);
    }

    @Test
    void a_list_of_texts_gives_a_choice_for_each() {
        var body = complete("\"prompt\":[\"One\",\"Two\",\"Three\"],\"max_tokens\":3")
                .json();

        assertThat(body.path("choices")
                        .valueStream()
                        .map(choice -> choice.path("index").asInt()))
                .containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    void token_ids_are_a_prompt_too() {
        List<Integer> ids = tokenize("Once upon a time");

        var reply = complete("\"prompt\":" + ids + ",\"max_tokens\":3");

        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(reply.json().path("usage").path("prompt_tokens").asInt()).isEqualTo(ids.size());
    }

    @Test
    void echo_repeats_the_prompt() {
        String text = complete("\"prompt\":\"Once upon a time\",\"max_tokens\":3,\"echo\":true")
                .json()
                .path("choices")
                .path(0)
                .path("text")
                .asString();

        assertThat(text).startsWith("Once upon a time").hasSizeGreaterThan("Once upon a time".length());
    }

    @Test
    void a_completion_streams() {
        String extra = "\"prompt\":\"Once upon a time\",\"max_tokens\":20,\"seed\":3";
        String whole =
                complete(extra).json().path("choices").path(0).path("text").asString();

        var text = new StringBuilder();
        Http.stream(server.at("/v1/completions"), body(extra + ",\"stream\":true"))
                .forEach(chunk ->
                        text.append(chunk.path("choices").path(0).path("text").asString("")));

        assertThat(text.toString()).isEqualTo(whole);
    }

    @Test
    void tokens_and_text_turn_into_each_other() {
        List<Integer> ids = tokenize(TEXT);

        var back = Http.post(server.at("/detokenize"), "{\"model\":\"" + Server.MODEL + "\",\"tokens\":" + ids + "}");

        assertThat(back.status()).as(back.text()).isEqualTo(200);
        assertThat(back.json().path("prompt").asString()).isEqualTo(TEXT);
    }

    private List<Integer> tokenize(String text) {
        var reply = Http.post(
                server.at("/tokenize"),
                "{\"model\":\"" + Server.MODEL + "\",\"add_special_tokens\":false,\"prompt\":\"" + text + "\"}");
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        List<Integer> ids = new ArrayList<>();
        reply.json().path("tokens").forEach(id -> ids.add(id.asInt()));
        assertThat(reply.json().path("count").asInt()).isEqualTo(ids.size());
        return ids;
    }

    private Http.Reply complete(String extra) {
        return Http.post(server.at("/v1/completions"), body(extra));
    }

    private static String body(String extra) {
        return "{\"model\":\"" + Server.MODEL + "\"," + extra + "}";
    }
}

package io.jynamo.frontend;

import static io.jynamo.frontend.ServerFixture.chunks;
import static io.jynamo.frontend.ServerFixture.content;
import static io.jynamo.frontend.ServerFixture.error;
import static io.jynamo.frontend.ServerFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ByteTokenizer;
import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.protocol.OutputConstraint;
import io.jynamo.text.reply.ReplyFormat;
import io.jynamo.text.template.ChatPrompt;
import io.jynamo.text.template.SpecialTokens;
import io.jynamo.text.template.TemplateSources;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Tool calls and reasoning of chat completions, whole and streamed, of a model that writes Hermes' markup. */
class ToolCallsTest {
    private static final String CALL =
            "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Paris\"}}\n</tool_call>";
    private static final String TOOLS =
            "'tools':[{'type':'function','function':{'name':'weather','description':'of now',"
                    + "'parameters':{'type':'object','properties':{'city':{'type':'string'}}}}}]";
    private static final String TEMPLATE = "{% for m in messages %}{{ m.role + ':' + m.content + '\n' }}{% endfor %}"
            + "{% for t in tools or [] %}{{ '[' + t.function.name + ']' }}{% endfor %}assistant:";

    private static ServerFixture saying(String text) {
        return of(ServerFixture.saying(text), TEMPLATE);
    }

    private static ServerFixture of(ServerFixture server, String template) {
        server.models.offer(new ServedModel(
                "org/caller",
                "org/caller",
                null,
                server.worker.card(),
                new ByteTokenizer(),
                ChatPrompt.compile(TemplateSources.of(template), SpecialTokens.of("<bos>", "<eos>")),
                ReplyFormat.PLAIN.withCalls("hermes").withReasoning("qwen3"),
                server.router,
                ServedModel.PLAIN_SAMPLING,
                1_700_000_000));
        return server;
    }

    private static HttpResponse<String> ask(ServerFixture server, String more) {
        return server.post("/v1/chat/completions", body(more));
    }

    private static String body(String more) {
        return ServerFixture.chat("hi", more).replace("org/test-model", "org/caller");
    }

    private static JsonNode message(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response).at("/choices/0/message");
    }

    private static String finish(HttpResponse<String> response) {
        return json(response).at("/choices/0/finish_reason").asString("");
    }

    @Test
    void a_whole_answer_has_its_calls_beside_what_it_says() {
        try (ServerFixture server = saying("Let me look. " + CALL)) {
            HttpResponse<String> response = ask(server, TOOLS);
            JsonNode message = message(response);
            assertThat(message.path("content").asString("")).isEqualTo("Let me look. ");
            JsonNode call = message.at("/tool_calls/0");
            assertThat(call.path("id").asString("")).matches("call_[0-9a-f]{32}");
            assertThat(call.path("type").asString("")).isEqualTo("function");
            assertThat(call.at("/function/name").asString("")).isEqualTo("weather");
            assertThat(call.at("/function/arguments").asString("")).isEqualTo("{\"city\": \"Paris\"}");
            assertThat(call.has("index")).isFalse();
            assertThat(finish(response)).isEqualTo("tool_calls");
        }
    }

    @Test
    void an_answer_of_calls_alone_has_no_content() {
        try (ServerFixture server = saying(CALL + CALL)) {
            JsonNode message = message(ask(server, TOOLS));
            assertThat(message.path("content").isNull()).isTrue();
            assertThat(message.path("tool_calls")).hasSize(2);
            assertThat(message.at("/tool_calls/0/id")).isNotEqualTo(message.at("/tool_calls/1/id"));
            assertThat(message(ask(server, TOOLS + ",'parallel_tool_calls':false"))
                            .path("tool_calls"))
                    .hasSize(1);
        }
    }

    @Test
    void a_stream_tells_name_and_arguments_as_they_come() {
        try (ServerFixture server = saying("Well.\n" + CALL)) {
            HttpResponse<String> response = ask(server, TOOLS + ",'stream':true");
            assertThat(content(response.body())).isEqualTo("Well.\n");
            List<JsonNode> news = new ArrayList<>();
            Map<Integer, StringBuilder> arguments = new TreeMap<>();
            for (JsonNode chunk : chunks(response.body())) {
                for (JsonNode call : chunk.at("/choices/0/delta/tool_calls")) {
                    news.add(call);
                    arguments
                            .computeIfAbsent(call.path("index").asInt(), index -> new StringBuilder())
                            .append(call.at("/function/arguments").asString(""));
                }
            }
            assertThat(news.getFirst().at("/function/name").asString("")).isEqualTo("weather");
            assertThat(news.getFirst().path("id").asString("")).startsWith("call_");
            assertThat(news.stream().filter(call -> call.has("id"))).hasSize(1);
            assertThat(news.size()).as("pieces").isGreaterThan(1);
            assertThat(arguments.getOrDefault(0, new StringBuilder()).toString())
                    .isEqualTo("{\"city\": \"Paris\"}");
            assertThat(chunks(response.body())
                            .getLast()
                            .at("/choices/0/finish_reason")
                            .asString(""))
                    .isEqualTo("tool_calls");
            assertThat(response.body()).doesNotContain("tool_call>");
        }
    }

    @Test
    void usage_counts_reasoning_among_the_output() {
        String said = "<think>\nParis?\n</think>\n\nSunny.";
        try (ServerFixture server = saying(said)) {
            JsonNode whole = json(ask(server, "")).path("usage");
            int reasoned =
                    whole.at("/completion_tokens_details/reasoning_tokens").asInt(-1);
            // Its tokens are bytes. The tag that ends reasoning, and white space behind it, count until content comes.
            assertThat(reasoned).isEqualTo("Paris?\n</think>\n\n".length());
            assertThat(whole.path("completion_tokens").asInt()).isEqualTo(said.length());
            String streamed = ask(server, "'stream':true,'stream_options':{'include_usage':true}")
                    .body();
            JsonNode last = chunks(streamed).getLast().path("usage");
            assertThat(last.at("/completion_tokens_details/reasoning_tokens").asInt(-1))
                    .isEqualTo(reasoned);
            JsonNode hidden = json(ask(server, "'include_reasoning':false")).path("usage");
            assertThat(hidden.at("/completion_tokens_details/reasoning_tokens").asInt(-1))
                    .as("what is not told was drawn all the same")
                    .isEqualTo(reasoned);
            JsonNode both = json(ask(server, "'n':2")).path("usage");
            assertThat(both.at("/completion_tokens_details/reasoning_tokens").asInt(-1))
                    .isEqualTo(2 * reasoned);
        }
        try (ServerFixture server = saying("Sunny.")) {
            JsonNode none = json(ask(server, "")).at("/usage/completion_tokens_details");
            assertThat(none.path("reasoning_tokens").asInt(-1)).isZero();
        }
    }

    @Test
    void reasoning_is_told_apart_unless_it_is_not_wanted() {
        try (ServerFixture server = saying("<think>\nParis?\n</think>\n\nSunny.")) {
            JsonNode apart = message(ask(server, ""));
            assertThat(apart.path("reasoning_content").asString("")).isEqualTo("Paris?");
            assertThat(apart.path("content").asString("")).isEqualTo("Sunny.");
            JsonNode hidden = message(ask(server, "'include_reasoning':false"));
            assertThat(hidden.has("reasoning_content")).isFalse();
            assertThat(hidden.path("content").asString("")).isEqualTo("Sunny.");
            JsonNode together = message(ask(server, "'separate_reasoning':false"));
            assertThat(together.path("content").asString("")).isEqualTo("<think>\nParis?\n</think>\n\nSunny.");
            String stream = ask(server, "'stream':true").body();
            assertThat(content(stream)).isEqualTo("Sunny.");
            StringBuilder reasoning = new StringBuilder();
            chunks(stream)
                    .forEach(chunk -> reasoning.append(
                            chunk.at("/choices/0/delta/reasoning_content").asString("")));
            assertThat(reasoning.toString()).isEqualTo("Paris?");
        }
    }

    @Test
    void a_prompt_that_ends_in_reasoning_is_gone_on_with() {
        try (ServerFixture server = of(ServerFixture.saying("Paris?</think>Sunny. " + CALL), TEMPLATE + "<think>\n")) {
            HttpResponse<String> response = ask(server, TOOLS);
            JsonNode message = message(response);
            assertThat(message.path("reasoning_content").asString("")).isEqualTo("Paris?");
            assertThat(message.path("content").asString("")).isEqualTo("Sunny. ");
            assertThat(message.path("tool_calls")).hasSize(1);
        }
    }

    @Test
    void what_is_no_call_stays_text_with_a_warning() {
        try (ServerFixture server = saying("<tool_call>{\"arguments\": {}}</tool_call> so")) {
            HttpResponse<String> response = ask(server, TOOLS);
            assertThat(message(response).path("content").asString(""))
                    .isEqualTo("<tool_call>{\"arguments\": {}}</tool_call> so");
            assertThat(message(response).has("tool_calls")).isFalse();
            assertThat(finish(response)).isEqualTo("stop");
            assertThat(json(response).at("/nvext/warnings/0/code").asString("")).isEqualTo("call_malformed");
        }
    }

    @Test
    void a_call_that_the_limit_cuts_is_not_made() {
        String half = CALL.substring(0, CALL.indexOf("ris"));
        try (ServerFixture server = of(ServerFixture.saying(half), TEMPLATE)) {
            HttpResponse<String> response = ask(server, TOOLS + ",'max_tokens':" + half.length());
            assertThat(message(response).has("tool_calls")).isFalse();
            assertThat(finish(response)).isEqualTo("length");
            assertThat(json(response).at("/nvext/warnings/0/code").asString("")).isEqualTo("call_cut");
        }
    }

    @Test
    void stop_texts_end_reasoning_and_calls_like_any_text() {
        try (ServerFixture server = saying("<think>a</think>one STOP " + CALL)) {
            HttpResponse<String> response = ask(server, TOOLS + ",'stop':'STOP'");
            assertThat(message(response).path("content").asString("")).isEqualTo("one ");
            assertThat(message(response).has("tool_calls")).isFalse();
            assertThat(finish(response)).isEqualTo("stop");
        }
    }

    @Test
    void tools_are_shown_to_the_model_unless_none_may_be_called() {
        List<String> prompts = new ArrayList<>();
        try (ServerFixture server = of(
                new ServerFixture(request -> {
                    prompts.add(new ByteTokenizer().decode(request.prompt().toArray(), false));
                    return ScriptedWorker.Script.text(CALL);
                }),
                TEMPLATE)) {
            message(ask(server, TOOLS + ",'tool_choice':'auto'"));
            JsonNode none = message(ask(server, TOOLS + ",'tool_choice':'none'"));
            assertThat(prompts.getFirst()).contains("[weather]");
            assertThat(prompts.getLast()).doesNotContain("[weather]");
            assertThat(none.has("tool_calls")).isFalse();
            assertThat(none.path("content").asString("")).isEqualTo(CALL);
        }
    }

    @Test
    void a_forced_call_is_asked_for_in_the_markup_and_read_from_it() {
        try (ServerFixture server = saying(CALL)) {
            server.worker.constrained();
            of(server, TEMPLATE);
            JsonNode message = message(ask(server, TOOLS + ",'tool_choice':'required'"));
            assertThat(message.at("/tool_calls/0/function/arguments").asString(""))
                    .isEqualTo("{\"city\": \"Paris\"}");
            OutputConstraint asked = Objects.requireNonNull(
                    server.worker.started().getFirst().request().constraint());
            assertThat(asked.thinking())
                    .isEqualTo(new OutputConstraint.Thinking(false, List.of("<think>"), List.of("</think>")));
            var calls = (OutputConstraint.Calls) asked.form();
            assertThat(calls.begin()).isEqualTo("<tool_call>\n");
            assertThat(calls.several()).isTrue();
            assertThat(calls.calls()).singleElement().satisfies(call -> {
                assertThat(call.head()).isEqualTo("{\"name\": \"weather\", \"arguments\": ");
                assertThat(ServerFixture.JSON
                                .readTree(call.arguments())
                                .at("/properties/city/type")
                                .asString(""))
                        .isEqualTo("string");
            });
        }
    }

    @Test
    void a_message_that_only_calls_may_come_back_without_content() {
        List<String> prompts = new ArrayList<>();
        try (ServerFixture server = of(
                new ServerFixture(request -> {
                    prompts.add(new ByteTokenizer().decode(request.prompt().toArray(), false));
                    return ScriptedWorker.Script.text("Sunny.");
                }),
                TEMPLATE)) {
            String call = "'tool_calls':[{'id':'c1','type':'function','function':{'name':'weather','arguments':'{}'}}]";
            for (String content : List.of("", ",'content':null")) {
                message(server.post(
                        "/v1/chat/completions",
                        "{'model':'org/caller','messages':[{'role':'assistant'," + call + content
                                + "},{'role':'tool','tool_call_id':'c1','content':'sunny'}]}"));
            }
            assertThat(prompts).allSatisfy(prompt -> assertThat(prompt).startsWith("assistant:\ntool:sunny\n"));
            assertThat(prompts).hasSize(2);
        }
    }

    @Test
    void what_cannot_be_kept_is_refused_by_name() {
        try (ServerFixture server = saying("x")) {
            refused(ask(server, TOOLS + ",'tool_choice':'required'"), "unsupported_parameter", "tool_choice");
            refused(
                    ask(server, TOOLS + ",'tool_choice':{'type':'function','function':{'name':'weather'}}"),
                    "unsupported_parameter",
                    "tool_choice");
            refused(ask(server, TOOLS + ",'tool_choice':'any'"), "invalid_request", "tool_choice");
            refused(ask(server, "'tools':[{'type':'web_search'}]"), "unsupported_parameter", "tools[0].type");
            refused(ask(server, "'tools':[{'type':'function'}]"), "invalid_request", "tools[0].function");
            refused(
                    ask(server, "'tools':[{'type':'function','function':{'name':'a b'}}]"),
                    "invalid_request",
                    "tools[0].function.name");
            refused(
                    ask(
                            server,
                            "'tools':[{'type':'function','function':{'name':'a'}},{'type':'function','function':{'name':'a'}}]"),
                    "invalid_request",
                    "tools");
            HttpResponse<String> plain = server.post("/v1/chat/completions", ServerFixture.chat("hi", TOOLS));
            refused(plain, "unsupported_parameter", "tools");
            assertThat(error(plain, "message")).contains("--tool-call-parser");
        }
    }

    private static void refused(HttpResponse<String> response, String code, String param) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(error(response, "code")).isEqualTo(code);
        assertThat(error(response, "param")).isEqualTo(param);
    }

    @Test
    void tools_count_in_tokenized_conversations() {
        try (ServerFixture server = saying("x")) {
            String chat = "{'model':'org/caller','messages':[{'role':'user','content':'hi'}]";
            int without =
                    json(server.post("/tokenize", chat + "}")).path("count").asInt();
            int with = json(server.post("/tokenize", chat + "," + TOOLS + "}"))
                    .path("count")
                    .asInt();
            assertThat(with - without).isEqualTo("[weather]".length());
        }
    }
}

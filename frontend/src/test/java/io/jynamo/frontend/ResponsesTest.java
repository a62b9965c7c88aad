package io.jynamo.frontend;

import static io.jynamo.frontend.ResponsesFixture.CALL;
import static io.jynamo.frontend.ResponsesFixture.TOOLS;
import static io.jynamo.frontend.ResponsesFixture.ask;
import static io.jynamo.frontend.ResponsesFixture.events;
import static io.jynamo.frontend.ResponsesFixture.made;
import static io.jynamo.frontend.ResponsesFixture.normal;
import static io.jynamo.frontend.ResponsesFixture.prompts;
import static io.jynamo.frontend.ResponsesFixture.saying;
import static io.jynamo.frontend.ServerFixture.error;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.protocol.ErrorCode;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** OpenAI's Responses, whole and streamed, of a model that writes Hermes' markup of calls and Qwen's of thinking. */
class ResponsesTest {
    @Test
    void a_text_is_answered_with_a_response() {
        try (ServerFixture server = saying("Hello.")) {
            JsonNode response = made(server, "'input':'hi','instructions':'Be brief.','metadata':{'a':'b'}");
            assertThat(response.path("id").asString("")).matches("resp_[0-9a-f]{32}");
            assertThat(response.path("object").asString("")).isEqualTo("response");
            assertThat(response.path("status").asString("")).isEqualTo("completed");
            JsonNode message = response.at("/output/0");
            assertThat(message.path("type").asString("")).isEqualTo("message");
            assertThat(message.path("id").asString("")).startsWith("msg_");
            assertThat(message.path("role").asString("")).isEqualTo("assistant");
            assertThat(message.at("/content/0/type").asString("")).isEqualTo("output_text");
            assertThat(message.at("/content/0/text").asString("")).isEqualTo("Hello.");
            assertThat(message.at("/content/0/annotations").isArray()).isTrue();
            assertThat(response.path("output")).hasSize(1);
            assertThat(response.at("/metadata/a").asString("")).isEqualTo("b");
            assertThat(response.path("instructions").asString("")).isEqualTo("Be brief.");
            assertThat(response.path("error").isNull()).isTrue();
            String prompt = prompts(server).getFirst();
            assertThat(prompt).isEqualTo("system:Be brief.\nuser:hi\nassistant:");
            assertThat(response.at("/usage/input_tokens").asInt()).isEqualTo(prompt.length());
            assertThat(response.at("/usage/input_tokens_details/cached_tokens").asInt())
                    .isEqualTo(prompt.length() / 2);
            int output = response.at("/usage/output_tokens").asInt();
            assertThat(output).isEqualTo("Hello.".length());
            assertThat(response.at("/usage/total_tokens").asInt()).isEqualTo(prompt.length() + output);
            assertThat(server.node.metrics().page()).asString().contains("endpoint=\"responses\"");
        }
    }

    @Test
    void items_become_the_messages_of_one_conversation() {
        try (ServerFixture server = saying("ok")) {
            made(
                    server,
                    "'instructions':'one','input':[{'role':'developer','content':'two'},{'role':'user','content':"
                            + "[{'type':'input_text','text':'a'},{'type':'input_text','text':'b'}]},"
                            + "{'type':'reasoning','id':'rs_1','summary':[{'type':'summary_text','text':'hm'}]},"
                            + "{'type':'message','role':'assistant','id':'msg_1','status':'completed','content':"
                            + "[{'type':'output_text','text':'let me','annotations':[],'logprobs':[]}]},"
                            + "{'type':'function_call','call_id':'c1','name':'f','arguments':'{}'},"
                            + "{'type':'function_call','call_id':'c2','name':'g','arguments':'{}'},"
                            + "{'type':'function_call_output','call_id':'c1','output':'1'},"
                            + "{'type':'function_call_output','call_id':'c2','output':[{'type':'input_text','text':'2'}]},"
                            + "{'role':'system','content':'late'}]");
            assertThat(prompts(server).getFirst())
                    .isEqualTo("system:one\n\ntwo\nuser:ab\nassistant[hm]:let me<f><g>\ntool:1\ntool:2\nsystem:late\n"
                            + "assistant:");
        }
    }

    @Test
    void effort_is_handed_to_the_template() {
        try (ServerFixture server = saying("ok")) {
            JsonNode response = made(server, "'input':'hi','reasoning':{'effort':'low'}");
            assertThat(prompts(server).getFirst()).contains("low\n");
            assertThat(response.at("/reasoning/effort").asString("")).isEqualTo("low");
        }
    }

    @Test
    void reasoning_text_and_calls_are_items_in_their_order() {
        try (ServerFixture server = saying("<think>\nParis?\n</think>\n\nLet me look. " + CALL + CALL)) {
            JsonNode response = made(server, "'input':'hi'," + TOOLS);
            assertThat(response.path("output")).hasSize(4);
            assertThat(response.at("/output/0/type").asString("")).isEqualTo("reasoning");
            assertThat(response.at("/output/0/content/0/text").asString("")).isEqualTo("Paris?");
            assertThat(response.at("/output/0/summary")).isEmpty();
            assertThat(response.at("/output/1/content/0/text").asString("")).isEqualTo("Let me look. ");
            JsonNode call = response.at("/output/2");
            assertThat(call.path("type").asString("")).isEqualTo("function_call");
            assertThat(call.path("id").asString("")).startsWith("fc_");
            assertThat(call.path("call_id").asString("")).startsWith("call_");
            assertThat(call.path("name").asString("")).isEqualTo("weather");
            assertThat(call.path("arguments").asString("")).isEqualTo("{\"city\": \"Paris\"}");
            assertThat(call.path("status").asString("")).isEqualTo("completed");
            assertThat(response.at("/output/3/call_id")).isNotEqualTo(call.path("call_id"));
            assertThat(response.at("/usage/output_tokens_details/reasoning_tokens")
                            .asInt())
                    .isBetween("Paris?".length(), "Paris?\n</think>\n\n".length());
            assertThat(response.at("/tools/0/name").asString("")).isEqualTo("weather");
            JsonNode one = made(server, "'input':'hi','parallel_tool_calls':false," + TOOLS);
            assertThat(one.path("output")).hasSize(3);
        }
    }

    @Test
    void reasoning_is_told_as_a_summary_where_one_is_asked_for() {
        try (ServerFixture server = saying("<think>Paris?</think>Sunny.")) {
            JsonNode response = made(server, "'input':'hi','reasoning':{'summary':'auto'}");
            assertThat(response.at("/output/0/summary/0/text").asString("")).isEqualTo("Paris?");
            assertThat(response.at("/output/0").has("content")).isFalse();
            String stream = ask(server, "'input':'hi','stream':true,'reasoning':{'summary':'auto'}")
                    .body();
            assertThat(events(stream).stream()
                            .map(event -> event.path("type").asString(""))
                            .distinct())
                    .containsSequence(
                            "response.reasoning_summary_part.added",
                            "response.reasoning_summary_text.delta",
                            "response.reasoning_summary_text.done",
                            "response.reasoning_summary_part.done",
                            "response.output_item.done");
        }
    }

    @Test
    void what_the_limit_cuts_is_incomplete() {
        String half = CALL.substring(0, CALL.indexOf("ris"));
        try (ServerFixture server = saying(half)) {
            JsonNode response = made(server, "'input':'hi','max_output_tokens':" + half.length() + "," + TOOLS);
            assertThat(response.path("status").asString("")).isEqualTo("incomplete");
            assertThat(response.at("/incomplete_details/reason").asString("")).isEqualTo("max_output_tokens");
            assertThat(response.at("/output/0/status").asString("")).isEqualTo("incomplete");
            assertThat(response.at("/nvext/warnings/0/code").asString("")).isEqualTo("call_cut");
        }
    }

    @Test
    void log_probabilities_stand_beside_the_text() {
        String asked = "'input':'hi','include':['message.output_text.logprobs'],'top_logprobs':2";
        try (ServerFixture server = saying("Hello.")) {
            String plain = "{'model':'org/test-model'," + asked + "}";
            JsonNode response = ServerFixture.json(server.post(ResponsesFixture.PATH, plain));
            JsonNode logprobs = response.at("/output/0/content/0/logprobs");
            assertThat(logprobs).hasSize("Hello.".length());
            assertThat(logprobs.at("/0/token").asString("")).isEqualTo("H");
            assertThat(logprobs.at("/0/top_logprobs")).hasSize(2);
            refused(ask(server, asked), "unsupported_parameter", "include");
        }
    }

    @Test
    void streams_say_what_comes_in_the_order_of_openai() {
        check("text", "Hello.", "");
        check("reasoning", "<think>\nParis?\n</think>\n\nSunny.", "");
        check("calls", CALL + "\n" + CALL, TOOLS);
        check("cut", "Hello, world.", "'max_output_tokens':5");
    }

    private static void check(String golden, String said, String more) {
        try (ServerFixture server = saying(said)) {
            HttpResponse<String> response =
                    ask(server, "'input':'hi','stream':true" + (more.isEmpty() ? "" : "," + more));
            assertThat(response.headers().firstValue("content-type")).hasValue("text/event-stream; charset=utf-8");
            assertThat(response.body()).doesNotContain("[DONE]");
            Golden.check("responses-" + golden + ".jsonl", normal(response.body()));
        }
    }

    @Test
    void a_stream_that_fails_says_so_in_an_event_and_in_the_response() {
        Semaphore pace = new Semaphore(3);
        try (ServerFixture server = ResponsesFixture.of(
                        request -> ScriptedWorker.Script.text("Half")
                                .failing(ErrorCode.WORKER_LOST, "it died")
                                .paced(pace),
                        options -> options);
                RawSocket client = new RawSocket(server.node.port())) {
            String body = "{\"model\":\"org/caller\",\"input\":\"hi\",\"stream\":true}";
            client.say(RawSocket.post(ResponsesFixture.PATH, body, "X-Jynamo-Resumable: true"));
            client.until("\r\n\r\n");
            StringBuilder seen = new StringBuilder();
            while (!seen.toString().contains("response.failed")) {
                client.until("id: ");
                seen.append("id: ").append(client.until("\n\n"));
                pace.release();
            }
            Golden.check("responses-failed.jsonl", normal(seen.toString()));
            String id = events(seen.toString()).getFirst().at("/response/id").asString("");
            assertThat(server.get(ResponsesFixture.PATH + "/" + id).statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void what_fails_before_its_stream_has_a_status() {
        try (ServerFixture server = ResponsesFixture.of(
                request -> ScriptedWorker.Script.text("").failing(ErrorCode.OVERLOADED, "full"), options -> options)) {
            HttpResponse<String> response = ask(server, "'input':'hi','stream':true");
            assertThat(response.statusCode()).isEqualTo(ErrorCode.OVERLOADED.httpStatus());
            assertThat(error(response, "code")).isEqualTo("overloaded");
        }
    }

    @Test
    void a_broken_stream_goes_on() {
        Semaphore pace = new Semaphore(8);
        try (ServerFixture server = ResponsesFixture.of(
                        request -> ScriptedWorker.Script.text("The quick brown fox")
                                .paced(pace),
                        options -> options);
                RawSocket client = new RawSocket(server.node.port())) {
            String body = "{\"model\":\"org/caller\",\"input\":\"hi\",\"stream\":true}";
            client.say(RawSocket.post(ResponsesFixture.PATH, body, "X-Jynamo-Resumable: true"));
            StringBuilder seen = new StringBuilder();
            while (!seen.toString().contains("output_text.delta")) {
                client.until("id: ");
                seen.append("id: ").append(client.until("\n\n"));
            }
            client.leave();
            Matcher ids = Pattern.compile("(?m)^id: (.*)$").matcher(seen);
            String last = ids.results().toList().getLast().group(1);
            pace.release(1_000);
            seen.append(server.send(server.request(ResponsesFixture.PATH)
                            .header("Last-Event-ID", last)
                            .POST(HttpRequest.BodyPublishers.ofString("{}")))
                    .body());
            List<JsonNode> events = events(seen.toString());
            JsonNode whole = events.getLast().path("response");
            assertThat(whole.at("/output/0/content/0/text").asString("")).isEqualTo("The quick brown fox");
            assertThat(server.get(ResponsesFixture.PATH + "/" + whole.path("id").asString(""))
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void what_is_not_built_is_refused_by_name() {
        try (ServerFixture server = saying("x")) {
            unsupported(server, "'background':true", "background");
            unsupported(server, "'truncation':'auto'", "truncation");
            unsupported(server, "'conversation':'conv_1'", "conversation");
            unsupported(server, "'prompt':{'id':'p'}", "prompt");
            unsupported(server, "'text':{'format':{'type':'json_object'}}", "text.format");
            unsupported(server, "'text':{'verbosity':'low'}", "text.verbosity");
            unsupported(server, "'tools':[{'type':'web_search'}]", "tools[0].type");
            unsupported(server, TOOLS + ",'tool_choice':'required'", "tool_choice");
            unsupported(server, TOOLS + ",'tool_choice':{'type':'function','name':'weather'}", "tool_choice");
            unsupported(server, TOOLS + ",'tool_choice':{'type':'file_search'}", "tool_choice.type");
            unsupported(server, "'include':['file_search_call.results']", "include[0]");
            unsupported(server, "'stream_options':{'include_obfuscation':true}", "stream_options.include_obfuscation");
            unsupported(server, "'n':2", "n");
            unsupported(server, "'no_such_field':1", "no_such_field");
            unsupported(server, "'response_format':{'type':'json_object'}", "response_format");
        }
    }

    private static void unsupported(ServerFixture server, String member, String param) {
        refused(ask(server, "'input':'hi'," + member), "unsupported_parameter", param);
    }

    @Test
    void items_that_cannot_be_read_are_refused_by_name() {
        try (ServerFixture server = saying("x")) {
            item(server, "{'type':'web_search_call','id':'ws_1'}", "unsupported_parameter", "input[0].type");
            item(
                    server,
                    "{'role':'user','content':[{'type':'input_image','image_url':'data:'}]}",
                    "media_invalid",
                    "input[0].content[0].image_url");
            item(
                    server,
                    "{'role':'user','content':[{'type':'input_image','file_id':'f'}]}",
                    "unsupported_parameter",
                    "input[0].content[0].file_id");
            item(
                    server,
                    "{'role':'user','content':[{'type':'input_file','file_id':'f'}]}",
                    "unsupported_parameter",
                    "input[0].content[0].file_id");
            item(
                    server,
                    "{'type':'reasoning','summary':[],'encrypted_content':'x'}",
                    "unsupported_parameter",
                    "input[0].encrypted_content");
            item(server, "{'role':'user','content':'a','tone':'b'}", "unsupported_parameter", "input[0].tone");
            item(server, "{'role':'tool','content':'a'}", "invalid_request", "input[0].role");
            item(server, "{'role':'user','content':7}", "invalid_request", "input[0].content");
            item(
                    server,
                    "{'type':'function_call_output','call_id':'c','output':'1'}",
                    "invalid_request",
                    "input[0].call_id");
            item(server, "{'type':'item_reference','id':'msg_1'}", "not_found", "input[0]");
            refused(ask(server, "'input':[]"), "invalid_request", "input");
            refused(ask(server, "'stream':false"), "invalid_request", "input");
            String label = "x".repeat(513);
            refused(ask(server, "'input':'hi','user':'" + label + "'"), "invalid_request", "user");
            refused(ask(server, "'input':'hi','metadata':{'a':'" + label + "'}"), "invalid_request", "metadata.a");
            String much = TOOLS.replace("of now", "x".repeat(1 << 20)) + ",'tool_choice':'none'";
            refused(ask(server, "'input':'hi'," + much), "invalid_request", "tools");
            refused(ask(server, "'input':'hi','top_logprobs':2"), "invalid_request", "top_logprobs");
            refused(ask(server, "'input':'hi','max_output_tokens':5000"), "context_length_exceeded", "input");
        }
    }

    private static void item(ServerFixture server, String item, String code, String param) {
        refused(ask(server, "'input':[" + item + "]"), code, param);
    }

    static void refused(HttpResponse<String> response, String code, String param) {
        assertThat(error(response, "code")).as(response.body()).isEqualTo(code);
        assertThat(error(response, "param")).isEqualTo(param);
        assertThat(response.statusCode()).isEqualTo(code.equals("not_found") ? 404 : 400);
    }
}

package io.jynamo.frontend;

import static io.jynamo.frontend.ServerFixture.JSON;
import static io.jynamo.frontend.ServerFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ByteTokenizer;
import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.text.reply.ReplyFormat;
import io.jynamo.text.template.ChatPrompt;
import io.jynamo.text.template.SpecialTokens;
import io.jynamo.text.template.TemplateSources;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Anthropic's messages over sockets, of a model that thinks and calls tools in Hermes' markup. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MessagesTest {
    private static final String MESSAGES = "/v1/messages";
    private static final String PARIS =
            "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Paris\"}}\n</tool_call>";
    private static final String ROME = PARIS.replace("Paris", "Rome");
    private static final String TOOLS = "'tools':[{'name':'weather','description':'of now',"
            + "'input_schema':{'type':'object','properties':{'city':{'type':'string'}}}}]";
    private static final String TEMPLATE = "{% for m in messages %}{{ m.role + ':' + m.content + '\n' }}{% endfor %}"
            + "{% for t in tools or [] %}{{ '[' + t.function.name + ']' }}{% endfor %}"
            + "{% if enable_thinking is defined %}{{ '(thinking ' ~ enable_thinking ~ ')' }}{% endif %}"
            + "{% if add_generation_prompt %}{{ 'assistant:' }}{% endif %}";

    private static ServerFixture saying(String text) {
        return of(ServerFixture.saying(text));
    }

    private static ServerFixture of(ServerFixture server) {
        server.models.offer(new ServedModel(
                "org/caller",
                "org/caller",
                null,
                server.worker.card(),
                new ByteTokenizer(),
                ChatPrompt.compile(TemplateSources.of(TEMPLATE), SpecialTokens.of("<bos>", "<eos>")),
                ReplyFormat.PLAIN.withCalls("hermes").withReasoning("qwen3"),
                server.router,
                ServedModel.PLAIN_SAMPLING,
                1_700_000_000));
        return server;
    }

    private static String body(String more) {
        return "{'model':'org/caller','max_tokens':500,'messages':[{'role':'user','content':'hi'}]"
                + (more.isEmpty() ? "" : "," + more) + "}";
    }

    private static HttpResponse<String> ask(ServerFixture server, String more) {
        return server.post(MESSAGES, body(more));
    }

    private static JsonNode message(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response);
    }

    private static String prompt(ServerFixture server) {
        return new ByteTokenizer()
                .decode(server.worker.started().getLast().request().prompt().toArray(), false);
    }

    @Test
    void a_message_has_text_reason_and_counts() {
        try (ServerFixture server = saying("Hello.")) {
            HttpResponse<String> response = ask(server, "");
            JsonNode message = message(response);
            String id = message.path("id").asString("");
            assertThat(id).matches("msg_[0-9a-f]{32}");
            assertThat(response.headers().firstValue("request-id")).hasValue(id.replace("msg_", "req_"));
            ((ObjectNode) message).remove("id");
            assertThat(message)
                    .isEqualTo(JSON.readTree("{'type':'message','role':'assistant','model':'org/caller',"
                            .concat("'content':[{'type':'text','text':'Hello.'}],'stop_reason':'end_turn',")
                            .concat("'stop_sequence':null,'usage':{'input_tokens':9,")
                            .concat("'cache_creation_input_tokens':0,'cache_read_input_tokens':9,")
                            .concat("'output_tokens':6}}")
                            .replace('\'', '"')));
            assertThat(prompt(server)).isEqualTo("user:hi\nassistant:");
        }
    }

    @Test
    void a_limit_and_a_stop_sequence_are_told_as_what_they_are() {
        try (ServerFixture server = saying("One STOP two")) {
            JsonNode cut = message(ask(server, "'stop_sequences':['STOP','x']"));
            assertThat(cut.path("stop_reason").asString("")).isEqualTo("stop_sequence");
            assertThat(cut.path("stop_sequence").asString("")).isEqualTo("STOP");
            assertThat(cut.at("/content/0/text").asString("")).isEqualTo("One ");
            JsonNode full = json(server.post(MESSAGES, body("").replace("500", "3")));
            assertThat(full.path("stop_reason").asString("")).isEqualTo("max_tokens");
            assertThat(full.path("stop_sequence").isNull()).isTrue();
        }
    }

    @Test
    void blocks_come_in_the_order_in_which_the_model_wrote_them() {
        try (ServerFixture server = saying("<think>\nParis?\n</think>\n\nI look. " + PARIS + "\n" + ROME + "\nDone.")) {
            JsonNode message = message(ask(server, TOOLS));
            assertThat(message.path("content").valueStream().map(MessagesTest::brief))
                    .containsExactly(
                            "thinking Paris? unsigned",
                            "text I look. ",
                            "tool_use weather {\"city\":\"Paris\"}",
                            "tool_use weather {\"city\":\"Rome\"}",
                            "text \nDone.");
            assertThat(message.path("stop_reason").asString("")).isEqualTo("tool_use");
            JsonNode one =
                    message(ask(server, TOOLS + ",'tool_choice':{'type':'auto','disable_parallel_tool_use':true}"));
            assertThat(one.path("content").valueStream().filter(block -> block.has("input")))
                    .hasSize(1);
            assertThat(message.at("/content/2/id").asString("")).isNotEmpty();
        }
    }

    private static String brief(JsonNode block) {
        return switch (block.path("type").asString("")) {
            case "text" -> "text " + block.path("text").asString("");
            case "thinking" ->
                "thinking " + block.path("thinking").asString("") + " "
                        + block.path("signature").asString("");
            default -> "tool_use " + block.path("name").asString("") + " " + block.path("input");
        };
    }

    @Test
    void a_call_that_the_limit_cuts_is_no_block() {
        String half = PARIS.substring(0, PARIS.indexOf("ris"));
        try (ServerFixture server = saying("So. " + half)) {
            JsonNode message =
                    json(server.post(MESSAGES, body(TOOLS).replace("500", Integer.toString(("So. " + half).length()))));
            assertThat(message.path("content").valueStream().map(MessagesTest::brief))
                    .containsExactly("text So. ");
            assertThat(message.path("stop_reason").asString("")).isEqualTo("max_tokens");
            assertThat(message.at("/nvext/warnings/0/code").asString("")).isEqualTo("call_cut");
        }
    }

    @Test
    void thinking_and_tools_reach_the_template() {
        try (ServerFixture server = saying("x")) {
            message(ask(server, TOOLS + ",'thinking':{'type':'enabled','budget_tokens':1024},'system':'Be brief.'"));
            assertThat(prompt(server)).isEqualTo("system:Be brief.\nuser:hi\n[weather](thinking True)assistant:");
            message(ask(server, "'thinking':{'type':'disabled'}"));
            assertThat(prompt(server)).contains("(thinking False)");
        }
    }

    @Test
    void an_answer_that_is_begun_is_gone_on_with() {
        try (ServerFixture server = saying(" 4.")) {
            JsonNode message = message(server.post(
                    MESSAGES,
                    "{'model':'org/caller','max_tokens':9,'messages':[{'role':'user','content':'2+2?'},"
                            + "{'role':'assistant','content':'It is'}]}"));
            assertThat(prompt(server)).isEqualTo("user:2+2?\nassistant:It is");
            assertThat(message.at("/content/0/text").asString("")).isEqualTo(" 4.");
        }
    }

    @Test
    void cached_tokens_are_not_counted_as_input() {
        try (ServerFixture server = saying("x")) { // a worker that has half of every prompt
            JsonNode usage = message(ask(server, "")).path("usage");
            assertThat(usage.path("input_tokens").asInt()).isEqualTo(9);
            assertThat(usage.path("cache_read_input_tokens").asInt()).isEqualTo(9);
            String stream = ask(server, "'stream':true").body();
            assertThat(stream)
                    .contains("\"input_tokens\":9,\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":9");
        }
    }

    /** A stream's events with the deltas that follow each other made one, and without the message's id. */
    private static String events(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).hasValue("text/event-stream; charset=utf-8");
        return events(response.body());
    }

    private static String events(String body) {
        StringBuilder out = new StringBuilder();
        List<ObjectNode> run = new ArrayList<>();
        assertThat(body).endsWith("\n\n");
        for (String event : body.strip().split("\n\n", -1)) {
            String[] lines = event.split("\n", -1);
            assertThat(lines).as(event).hasSize(2);
            ObjectNode data = (ObjectNode) JSON.readTree(lines[1].substring("data: ".length()));
            assertThat(lines[0]).isEqualTo("event: " + data.path("type").asString(""));
            if (!run.isEmpty() && !goesOn(run.getLast(), data)) {
                out.append(joined(run));
                run.clear();
            }
            run.add(data);
        }
        return (out + joined(run))
                .replaceAll("msg_[0-9a-f]{32}", "msg_ID")
                .replaceAll("req_[0-9a-f]{32}", "req_ID")
                .replaceAll("call_[0-9a-f]{32}", "call_ID");
    }

    private static boolean goesOn(JsonNode before, JsonNode data) {
        return data.has("delta")
                && data.path("index").equals(before.path("index"))
                && data.has("index")
                && data.at("/delta/type").equals(before.at("/delta/type"));
    }

    private static String joined(List<ObjectNode> run) {
        ObjectNode first = run.getFirst();
        for (String member : List.of("text", "thinking", "partial_json")) {
            if (first.path("delta").has(member)) {
                StringBuilder all = new StringBuilder();
                run.forEach(data -> all.append(data.path("delta").path(member).asString("")));
                ((ObjectNode) first.path("delta")).put(member, all.toString());
            }
        }
        return first.path("type").asString("") + " " + first + "\n";
    }

    @Test
    void streams_have_their_events_in_order() {
        try (ServerFixture server = saying("Hello.")) {
            Golden.check("messages-text.txt", events(ask(server, "'stream':true")));
        }
        try (ServerFixture server = saying("<think>\nParis?\n</think>\n\nSunny.")) {
            Golden.check("messages-thinking.txt", events(ask(server, "'stream':true")));
        }
        try (ServerFixture server = saying("I look.\n" + PARIS + "\n" + ROME)) {
            Golden.check("messages-two-tools.txt", events(ask(server, TOOLS + ",'stream':true")));
        }
        String half = PARIS.substring(0, PARIS.indexOf("ris"));
        try (ServerFixture server = saying(half)) {
            String limited = body(TOOLS + ",'stream':true").replace("500", Integer.toString(half.length()));
            Golden.check("messages-cut-call.txt", events(server.post(MESSAGES, limited)));
        }
    }

    @Test
    void a_stream_that_fails_ends_with_an_error() throws Exception {
        Semaphore pace = new Semaphore(1);
        try (ServerFixture server = of(new ServerFixture(request -> ScriptedWorker.Script.text("Hel")
                .failing(ErrorCode.KV_BLOCKS_EXHAUSTED, "no room")
                .paced(pace)))) {
            HttpRequest request = server.request(MESSAGES)
                    .POST(HttpRequest.BodyPublishers.ofString(
                            body("'stream':true").replace('\'', '"')))
                    .build();
            HttpResponse<Stream<String>> begun = server.client.send(request, HttpResponse.BodyHandlers.ofLines());
            assertThat(begun.statusCode()).isEqualTo(200);
            pace.release(9);
            Golden.check(
                    "messages-error.txt", events(String.join("\n", begun.body().toList()) + "\n"));
        }
    }

    @Test
    void a_token_of_text_is_an_event_of_its_own() {
        try (ServerFixture server = saying("Hey")) {
            assertThat(ask(server, "'stream':true").body())
                    .contains("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
                            + "\"delta\":{\"type\":\"text_delta\",\"text\":\"e\"}}\n\n");
        }
    }

    @Test
    void a_broken_stream_goes_on_where_it_was() {
        Semaphore pace = new Semaphore(4);
        try (ServerFixture server = of(new ServerFixture(
                request -> ScriptedWorker.Script.text("Hello, you there.").paced(pace)))) {
            StringBuilder seen = new StringBuilder();
            String last;
            try (RawSocket client = new RawSocket(server.node.port())) {
                client.say(
                        RawSocket.post(MESSAGES, body("'stream':true").replace('\'', '"'), "X-Jynamo-Resumable: true"));
                client.until("\r\n\r\n"); // a header is a request-id
                client.until("id: ");
                last = client.until("\n").strip();
                seen.append(client.until("\n\n"));
                client.leave();
            }
            pace.release(100);
            ServerFixture.await(() -> server.worker.started().getFirst().isOver());
            HttpResponse<String> rest = server.send(server.request(MESSAGES)
                    .header("Last-Event-ID", last)
                    .POST(HttpRequest.BodyPublishers.ofString("{}")));
            seen.append(rest.body().replaceAll("(?m)^id: .*\n", ""));
            StringBuilder text = new StringBuilder();
            for (String event : ServerFixture.events(seen.toString())) {
                text.append(JSON.readTree(event).at("/delta/text").asString(""));
            }
            assertThat(text.toString()).isEqualTo("Hello, you there.");
            assertThat(seen).contains("event: message_start").endsWith("data: {\"type\":\"message_stop\"}\n\n");
            HttpResponse<String> lost = server.send(server.request(MESSAGES)
                    .header("Last-Event-ID", "0123.7")
                    .POST(HttpRequest.BodyPublishers.ofString("{}")));
            assertThat(lost.statusCode()).isEqualTo(410);
            assertThat(json(lost).path("type").asString("")).isEqualTo("error");
        }
    }

    @Test
    void tokens_are_counted_as_they_would_be_prompted() {
        try (ServerFixture server = saying("x")) {
            String request = "{'model':'org/caller','messages':[{'role':'user','content':'hi'}],'system':'Be brief.',"
                    + TOOLS + "}";
            HttpResponse<String> counted = server.post(MESSAGES + "/count_tokens", request);
            JsonNode usage =
                    message(ask(server, TOOLS + ",'system':'Be brief.'")).path("usage");
            int sent = usage.path("input_tokens").asInt()
                    + usage.path("cache_read_input_tokens").asInt();
            assertThat(message(counted)).isEqualTo(JSON.readTree("{\"input_tokens\":" + sent + "}"));
            assertThat(sent).isEqualTo(prompt(server).length());
            assertThat(counted.headers().firstValue("request-id")).isPresent();
            assertThat(server.post(MESSAGES + "/count_tokens", body("")).body())
                    .contains("Unsupported parameter(s): `max_tokens`");
        }
    }

    @Test
    void requests_are_measured_under_their_own_name() {
        try (ServerFixture server = saying("x")) {
            message(ask(server, ""));
            assertThat(server.get("/metrics").body()).contains("endpoint=\"anthropic_messages\"");
        }
    }
}

package io.jynamo.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ByteTokenizer;
import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.text.reply.ReplyFormat;
import io.jynamo.text.template.ChatPrompt;
import io.jynamo.text.template.SpecialTokens;
import io.jynamo.text.template.TemplateSources;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A server whose model {@code org/caller} thinks and calls, for clients of OpenAI's Responses. */
final class ResponsesFixture {
    static final String PATH = "/v1/responses";
    static final String CALL =
            "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Paris\"}}\n</tool_call>";
    static final String TOOLS = "'tools':[{'type':'function','name':'weather','description':'of now',"
            + "'parameters':{'type':'object','properties':{'city':{'type':'string'}}}}]";

    /** Each message as {@code role[reasoning]content<call name>}. */
    private static final String TEMPLATE = "{% for m in messages %}{{ m.role }}"
            + "{% if m.reasoning_content %}{{ '[' + m.reasoning_content + ']' }}{% endif %}{{ ':' + m.content }}"
            + "{% for c in m.tool_calls or [] %}{{ '<' + c.function.name + '>' }}{% endfor %}{{ '\n' }}{% endfor %}"
            + "{% if enable_thinking is defined %}{{ reasoning_effort + '\n' }}{% endif %}"
            + "{% for t in tools or [] %}{{ '[' + t.function.name + ']' }}{% endfor %}assistant:";

    private ResponsesFixture() {}

    static ServerFixture saying(String text) {
        return of(request -> ScriptedWorker.Script.text(text), options -> options);
    }

    static ServerFixture of(
            Function<GenerationRequest, ScriptedWorker.Script> scripts, UnaryOperator<FrontendOptions> options) {
        ServerFixture server = new ServerFixture(new ScriptedWorker(scripts), options);
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

    static HttpResponse<String> ask(ServerFixture server, String members) {
        return server.post(PATH, "{'model':'org/caller'," + members + "}");
    }

    /** The response object of a request that went well. */
    static JsonNode made(ServerFixture server, String members) {
        HttpResponse<String> response = ask(server, members);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return ServerFixture.json(response);
    }

    /** The prompts that the worker was given, in order. */
    static List<String> prompts(ServerFixture server) {
        return server.worker.started().stream()
                .map(one -> new ByteTokenizer().decode(one.request().prompt().toArray(), false))
                .toList();
    }

    /** The events of a stream, checked for their names and numbers. */
    static List<JsonNode> events(String stream) {
        List<JsonNode> events = new ArrayList<>();
        for (String event : stream.split("\n\n", -1)) {
            String[] lines = event.split("\n", -1);
            if (event.isEmpty() || event.startsWith(":")) {
                continue;
            }
            int at = lines[0].startsWith("id: ") ? 1 : 0;
            JsonNode data = ServerFixture.JSON.readTree(lines[at + 1].substring("data: ".length()));
            assertThat(lines[at]).isEqualTo("event: " + data.path("type").asString(""));
            assertThat(data.path("sequence_number").asInt(-1)).isEqualTo(events.size());
            events.add(data);
        }
        return events;
    }

    /** A stream as it may be compared: deltas that follow each other joined, ids and times the same every time. */
    static String normal(String stream) {
        List<ObjectNode> joined = new ArrayList<>();
        for (JsonNode event : events(stream)) {
            ObjectNode now = (ObjectNode) event;
            now.remove("sequence_number");
            String type = now.path("type").asString("");
            if (type.endsWith(".delta")
                    && !joined.isEmpty()
                    && joined.getLast().path("type").asString("").equals(type)
                    && joined.getLast().path("item_id").equals(now.path("item_id"))) {
                joined.getLast()
                        .put(
                                "delta",
                                joined.getLast().path("delta").asString("")
                                        + now.path("delta").asString(""));
            } else {
                joined.add(now);
            }
        }
        StringBuilder text = new StringBuilder();
        joined.forEach(event -> text.append(event).append('\n'));
        return text.toString()
                .replaceAll("[0-9a-f]{32}", "X")
                .replaceAll("\"(created_at|completed_at)\":[0-9]+", "\"$1\":0");
    }
}

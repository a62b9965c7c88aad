package io.jynamo.frontend;

import static io.jynamo.frontend.ResponsesFixture.PATH;
import static io.jynamo.frontend.ResponsesFixture.ask;
import static io.jynamo.frontend.ResponsesFixture.events;
import static io.jynamo.frontend.ResponsesFixture.made;
import static io.jynamo.frontend.ResponsesFixture.prompts;
import static io.jynamo.frontend.ResponsesFixture.saying;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Tools of Responses that take a text as it is. */
class CustomToolsTest {
    private static final String CALL =
            "<tool_call>\n{\"name\": \"patch\", \"arguments\": {\"input\": \"*** Begin\\n+\\\"é\\\"\"}}\n</tool_call>";
    private static final String TEXT = "*** Begin\n+\"é\"";
    private static final String TOOLS = "'tools':[{'type':'custom','name':'patch','description':'of files'}]";

    @Test
    void aCallIsTheTextItIsGiven() {
        try (ServerFixture server = saying(CALL)) {
            JsonNode response = made(server, "'input':'hi'," + TOOLS);
            assertThat(prompts(server).getFirst()).contains("[patch]");
            JsonNode call = response.at("/output/0");
            assertThat(call.path("type").asString("")).isEqualTo("custom_tool_call");
            assertThat(call.path("id").asString("")).startsWith("ctc_");
            assertThat(call.path("call_id").asString("")).startsWith("call_");
            assertThat(call.path("name").asString("")).isEqualTo("patch");
            assertThat(call.path("input").asString("")).isEqualTo(TEXT);
            assertThat(call.has("arguments")).isFalse();
            assertThat(response.at("/tools/0/type").asString("")).isEqualTo("custom");
            assertThat(response.at("/tools/0/format/type").asString("")).isEqualTo("text");
        }
    }

    @Test
    void aStreamHasItsOwnEvents() {
        try (ServerFixture server = saying(CALL)) {
            String body = server.post(PATH, "{'model':'org/caller','stream':true,'input':'hi'," + TOOLS + "}")
                    .body();
            List<JsonNode> told = events(body).stream()
                    .filter(event -> event.path("type").asString("").contains("custom_tool_call")
                            || event.path("type").asString("").contains("output_item"))
                    .toList();
            assertThat(told)
                    .extracting(event -> event.path("type").asString(""))
                    .containsExactly(
                            "response.output_item.added",
                            "response.custom_tool_call_input.delta",
                            "response.custom_tool_call_input.done",
                            "response.output_item.done");
            assertThat(told.get(0).at("/item/input").asString("x")).isEmpty();
            assertThat(told.get(1).path("delta").asString("")).isEqualTo(TEXT);
            assertThat(told.get(2).path("input").asString("")).isEqualTo(TEXT);
            assertThat(told.get(3).at("/item/input").asString("")).isEqualTo(TEXT);
            assertThat(body).doesNotContain("function_call");
        }
    }

    @Test
    void callsAndTheirOutputsAreGoneOnFrom() {
        try (ServerFixture server = saying(CALL)) {
            JsonNode first = made(server, "'input':'hi'," + TOOLS);
            String callId = first.at("/output/0/call_id").asString("");
            String output = "{'type':'custom_tool_call_output','call_id':'" + callId + "','output':'done'}";
            made(
                    server,
                    "'previous_response_id':'" + first.path("id").asString("") + "','input':[" + output + "]," + TOOLS);
            assertThat(prompts(server).getLast()).contains("user:hi\nassistant:<patch>\ntool:done\n");
            made(
                    server,
                    "'input':[{'type':'custom_tool_call','call_id':'" + callId + "','name':'patch','input':'x'},"
                            + output + "]," + TOOLS);
            assertThat(prompts(server).getLast()).contains("assistant:<patch>\ntool:done\n");
            ResponsesTest.refused(ask(server, "'input':[" + output + "]"), "invalid_request", "input[0].call_id");
        }
    }

    @Test
    void argumentsOfNoSuchFunctionAreToldAsTheyAre() {
        try (ServerFixture server = saying(CALL.replace("\"input\"", "\"text\""))) {
            assertThat(made(server, "'input':'hi'," + TOOLS)
                            .at("/output/0/input")
                            .asString(""))
                    .startsWith("{\"text\"");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'format':{'type':'grammar','syntax':'lark','definition':'a'}|unsupported_parameter|tools[0].format",
                "'format':'text'|unsupported_parameter|tools[0].format",
                "'parameters':{}|unsupported_parameter|tools[0].parameters"
            })
    void grammarsAndOtherMembersAreRefusedByName(String member, String code, String place) {
        try (ServerFixture server = saying("x")) {
            String tools = TOOLS.replace("'description':'of files'", member);
            ResponsesTest.refused(ask(server, "'input':'hi'," + tools), code, place);
        }
    }

    @Test
    void oneMayBeChosen() {
        try (ServerFixture server = saying(CALL)) {
            String chosen = ",'tool_choice':{'type':'custom','name':'%s'}";
            // It is known by its name; the worker cannot be held to calls.
            ResponsesTest.refused(
                    ask(server, "'input':'hi'," + TOOLS + chosen.formatted("patch")),
                    "unsupported_parameter",
                    "tool_choice");
            ResponsesTest.refused(
                    ask(server, "'input':'hi'," + TOOLS + chosen.formatted("other")), "invalid_request", "tool_choice");
        }
    }
}

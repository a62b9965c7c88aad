package io.jynamo.frontend;

import static io.jynamo.frontend.ResponsesFixture.TOOLS;
import static io.jynamo.frontend.ResponsesFixture.ask;
import static io.jynamo.frontend.ResponsesFixture.events;
import static io.jynamo.frontend.ResponsesFixture.made;
import static io.jynamo.frontend.ResponsesFixture.prompts;
import static io.jynamo.frontend.ResponsesFixture.saying;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Tools of Responses beside plain functions: those in namespaces, and those that a server would run by itself. */
class ResponseToolsTest {
    private static final String SPAWN =
            "<tool_call>\n{\"name\": \"agents__spawn\", \"arguments\": {\"n\": 1}}\n</tool_call>";
    private static final String AGENTS = "{'type':'namespace','name':'agents','description':'d','tools':["
            + "{'type':'function','name':'spawn','parameters':{'type':'object','properties':{'n':{'type':'integer'}}}}]}";
    private static final String BOTH = "'tools':[" + AGENTS + ",{'type':'function','name':'plain'}]";

    @Test
    void the_model_is_told_functions_of_namespaces_by_whole_names_and_clients_by_both() {
        try (ServerFixture server = saying(SPAWN)) {
            JsonNode response = made(server, "'input':'hi'," + BOTH);
            assertThat(prompts(server).getFirst()).contains("[agents__spawn][plain]");
            JsonNode call = response.at("/output/0");
            assertThat(call.path("type").asString("")).isEqualTo("function_call");
            assertThat(call.path("name").asString("")).isEqualTo("spawn");
            assertThat(call.path("namespace").asString("")).isEqualTo("agents");
            assertThat(call.path("arguments").asString("")).isEqualTo("{\"n\": 1}");
            assertThat(response.at("/tools/0/tools/0/name").asString("")).isEqualTo("spawn");
            assertThat(response.has("nvext")).isFalse();

            List<JsonNode> events =
                    events(ask(server, "'input':'hi','stream':true," + BOTH).body());
            JsonNode done = events.stream()
                    .filter(event -> event.path("type").asString("").equals("response.output_item.done"))
                    .findFirst()
                    .orElseThrow();
            assertThat(done.at("/item/namespace").asString("")).isEqualTo("agents");
            assertThat(done.at("/item/name").asString("")).isEqualTo("spawn");
        }
    }

    @Test
    void a_call_of_a_namespace_goes_back_whether_sent_or_kept() {
        try (ServerFixture server = saying(SPAWN)) {
            made(
                    server,
                    "'input':[{'type':'function_call','call_id':'c1','namespace':'agents','name':'spawn','arguments':'{}'},"
                            + "{'type':'function_call_output','call_id':'c1','output':'1'}]," + BOTH);
            assertThat(prompts(server).getLast()).startsWith("assistant:<agents__spawn>\ntool:1\n");
            JsonNode first = made(server, "'input':'hi'," + BOTH);
            made(
                    server,
                    "'previous_response_id':'" + first.path("id").asString("")
                            + "','input':[{'type':'function_call_output','call_id':'"
                            + first.at("/output/0/call_id").asString("") + "','output':'1'}]," + BOTH);
            assertThat(prompts(server).getLast()).startsWith("user:hi\nassistant:<agents__spawn>\ntool:1\n");
        }
    }

    @Test
    void a_plain_function_may_be_called_as_if_it_stood_in_a_namespace() {
        try (ServerFixture server = saying(SPAWN)) {
            JsonNode response = made(server, "'input':'hi','tools':[{'type':'function','name':'agents__spawn'}]");
            assertThat(response.at("/output/0/name").asString("")).isEqualTo("agents__spawn");
            assertThat(response.at("/output/0").has("namespace")).isFalse();
        }
    }

    @Test
    void what_a_server_would_run_is_left_out_beside_functions_and_the_answer_says_so() {
        try (ServerFixture server = saying("Hello.")) {
            String tools = TOOLS.replace("[{", "[{'type':'web_search','external_web_access':true},{");
            JsonNode response = made(server, "'input':'hi'," + tools);
            assertThat(prompts(server).getFirst()).contains("[weather]").doesNotContain("web_search");
            assertThat(response.at("/nvext/warnings/0/code").asString("")).isEqualTo("tool_left_out");
            assertThat(response.at("/nvext/warnings/0/detail").asString("")).contains("web_search");
            assertThat(response.at("/tools/0/type").asString("")).isEqualTo("web_search");

            JsonNode last = events(
                            ask(server, "'input':'hi','stream':true," + tools).body())
                    .getLast();
            assertThat(last.at("/response/nvext/warnings/0/code").asString("")).isEqualTo("tool_left_out");
        }
    }

    @Test
    void what_a_coding_agent_notes_for_itself_is_not_told_again() {
        try (ServerFixture server = saying("Hello.")) {
            JsonNode response = made(server, "'input':'hi','client_metadata':{'turn_id':'7'}," + TOOLS);
            assertThat(response.toString()).doesNotContain("turn_id");
            assertThat(error(server, "'input':'hi','client_metadata':{'turn_id':7}")
                            .path("param")
                            .asString(""))
                    .isEqualTo("client_metadata.turn_id");
        }
    }

    @Test
    void tools_that_cannot_be_told_are_refused_by_name() {
        try (ServerFixture server = saying("Hello.")) {
            refused(server, "[{'type':'web_search'}]", "tools[0].type", "web_search");
            refused(server, "[{'type':'mcp','name':'f'}]", "tools[0].type", "mcp");
            refused(server, "[{'type':'namespace','name':'n'}]", "tools[0].tools", "array");
            refused(server, "[{'type':'namespace','name':'n','tools':[1]}]", "tools[0].tools[0]", "function");
            refused(
                    server,
                    "[{'type':'namespace','name':'n','tools':[{'type':'namespace','name':'m','tools':[]}]}]",
                    "tools[0].tools[0].type",
                    "namespace");
            refused(
                    server,
                    "[" + AGENTS + ",{'type':'function','name':'agents__spawn'}]",
                    "tools",
                    "`agents__spawn` twice");
            refused(
                    server,
                    "[{'type':'namespace','name':'" + "n".repeat(100) + "','tools':[{'type':'function','name':'"
                            + "f".repeat(30) + "'}]}]",
                    "tools[0].tools[0].name",
                    "128");
            JsonNode error = error(server, "'input':'hi','tool_choice':{'type':'web_search'}," + BOTH);
            assertThat(error.path("param").asString("")).isEqualTo("tool_choice.type");
        }
    }

    private static void refused(ServerFixture server, String tools, String param, String words) {
        JsonNode error = error(server, "'input':'hi','tools':" + tools);
        assertThat(error.path("param").asString("")).as(tools).isEqualTo(param);
        assertThat(error.path("message").asString("")).contains(words);
    }

    private static JsonNode error(ServerFixture server, String members) {
        var response = ask(server, members);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        return ServerFixture.json(response).path("error");
    }
}

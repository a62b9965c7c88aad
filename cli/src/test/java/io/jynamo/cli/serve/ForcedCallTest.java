package io.jynamo.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Calls that a model with random weights must make, in the markup of several families, and answers after its reasoning. */
class ForcedCallTest {
    private static final String TOOLS = """
            'tools':[
             {'type':'function','function':{'name':'weather','parameters':{'type':'object','properties':{
               'city':{'enum':['Paris','Oslo']},'days':{'type':'integer','minimum':1,'maximum':9}},
               'required':['city','days'],'additionalProperties':false}}},
             {'type':'function','function':{'name':'time','strict':true,'parameters':{'properties':{
               'zone':{'type':'string','pattern':'^[A-Z]{3}$'}},'required':['zone']}}}]""";

    private static final String ASK = "'temperature':1,'max_tokens':2500," + TOOLS;

    @TempDir
    Path folder;

    private TinyServer server(Map<String, String> flags) throws IOException {
        return new TinyServer(folder, TinyServer.PLAIN_TEMPLATE, flags);
    }

    private static JsonNode message(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return TinyServer.json(response).at("/choices/0/message");
    }

    private static void assertCall(JsonNode call) {
        JsonNode arguments =
                TinyServer.JSON.readTree(call.at("/function/arguments").asString(""));
        switch (call.at("/function/name").asString("")) {
            case "weather" -> {
                assertThat(arguments.propertyNames()).containsExactlyInAnyOrder("city", "days");
                assertThat(arguments.path("city").asString("")).isIn("Paris", "Oslo");
                assertThat(arguments.path("days").asInt()).isBetween(1, 9);
            }
            case "time" -> {
                assertThat(arguments.propertyNames()).containsExactly("zone");
                assertThat(arguments.path("zone").asString("")).matches("[A-Z]{3}");
            }
            default -> throw new AssertionError("a tool that nobody offered: " + call);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hermes",
                "llama3_json",
                "mistral",
                "deepseek_v3",
                "deepseek_v3_1",
                "kimi_k2",
                "granite",
                "phi4",
                "nemotron_deci",
                "jamba",
                "qwen3_coder",
                "pythonic",
                "glm45",
                "minimax_m2",
                "deepseek_v3_2",
                "deepseek_v4",
                "gemma4"
            })
    void aCallComesAndItsArgumentsFollowTheSchema(String parser) throws IOException {
        try (TinyServer server = server(Map.of("tool-call-parser", parser))) {
            for (int seed = 0; seed < 3; seed++) {
                String how = ",'parallel_tool_calls':false,'seed':" + seed;
                JsonNode any = message(server.chat(ASK + ",'tool_choice':'required'" + how));
                assertThat(any.path("tool_calls").size()).as(any.toString()).isEqualTo(1);
                assertThat(any.path("content").asString("")).isEmpty();
                assertCall(any.at("/tool_calls/0"));

                JsonNode named = message(
                        server.chat(ASK + ",'tool_choice':{'type':'function','function':{'name':'time'}}" + how));
                assertThat(named.at("/tool_calls/0/function/name").asString(""))
                        .as(named.toString())
                        .isEqualTo("time");
                assertThat(named.path("content").asString("")).isEmpty();
                assertCall(named.at("/tool_calls/0"));
            }
        }
    }

    @Test
    void severalCallsAreCallsEach() throws IOException {
        try (TinyServer server = server(Map.of("tool-call-parser", "hermes"))) {
            int calls = 0;
            for (int seed = 0; seed < 6; seed++) {
                JsonNode any = message(server.chat(ASK + ",'tool_choice':'required','seed':" + seed));
                any.path("tool_calls").forEach(ForcedCallTest::assertCall);
                calls += any.path("tool_calls").size();
            }
            assertThat(calls).isGreaterThanOrEqualTo(6);
        }
    }

    @Test
    void aCallThatTheModelMakesOfItselfFollowsAStrictSchema() throws IOException {
        try (TinyServer server = server(Map.of("tool-call-parser", "mistral"))) {
            int calls = 0;
            for (int seed = 0; seed < 6; seed++) {
                // The token that begins calls is likely, its number the third after bytes and pieces.
                JsonNode any = message(
                        server.chat(ASK + ",'parallel_tool_calls':false,'logit_bias':{'272':6},'seed':" + seed));
                for (JsonNode call : any.path("tool_calls")) {
                    calls++;
                    if (call.at("/function/name").asString("").equals("time")) {
                        assertCall(call);
                    } else {
                        assertThat(TinyServer.JSON
                                        .readTree(call.at("/function/arguments").asString(""))
                                        .isObject())
                                .isTrue();
                    }
                }
            }
            assertThat(calls).isPositive();
        }
    }

    @Test
    void whatSpeaksOfAllOutputContradictsAForcedCall() throws IOException {
        try (TinyServer server = server(Map.of("tool-call-parser", "hermes"))) {
            HttpResponse<String> both = server.chat(ASK + ",'tool_choice':'required','guided_choice':['a']");
            assertThat(both.statusCode()).isEqualTo(400);
            assertThat(both.body()).contains("guided_choice", "tool_choice");
            JsonNode content =
                    message(server.chat(ASK + ",'tool_choice':'required','seed':1,'parallel_tool_calls':false,"
                            + "'response_format':{'type':'json_object'}"));
            assertCall(content.at("/tool_calls/0"));
        }
    }

    @Test
    void channelsCannotBeHeld() throws IOException {
        try (TinyServer server = server(Map.of("tool-call-parser", "harmony"))) {
            HttpResponse<String> refused = server.chat(ASK + ",'tool_choice':'required'");
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body()).contains("unsupported_parameter", "channels");
        }
    }

    @Test
    void aConstraintBeginsWhereReasoningEnds() throws IOException {
        String template = TinyServer.PLAIN_TEMPLATE + "{{ '<think>' }}";
        try (TinyServer server = new TinyServer(folder, template, Map.of("reasoning-parser", "deepseek_r1"))) {
            for (int seed = 0; seed < 3; seed++) {
                // Likelier than by chance, the token that ends reasoning comes soon.
                JsonNode message =
                        message(server.chat("'temperature':1,'max_tokens':3000,'logit_bias':{'273':3},'seed':" + seed
                                + ",'guided_json':{'enum':['yes','no']}"));
                assertThat(message.path("content").asString("").strip())
                        .as(message.toString())
                        .isIn("\"yes\"", "\"no\"");
                assertThat(message.path("reasoning_content").asString("")).isNotEmpty();
            }
        }
    }
}

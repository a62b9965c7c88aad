package io.jynamo.cli.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.cli.frontend.FleetFrontend;
import io.jynamo.cli.text.ModelText;
import io.jynamo.protocol.OutputConstraint;
import io.jynamo.text.Tokenizer;
import io.jynamo.text.grammar.CompiledGrammar;
import io.jynamo.text.grammar.Constraint;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Constraints that the real vLLM, SGLang and llama.cpp keep to: what they answer, our own reading of the constraint accepts. Random weights never
 * write JSON of themselves, so an engine that was told in words it does not know fails at once.
 */
@Tag("long")
@Timeout(900)
class RealHeldOutputTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String SCHEMA = """
            {'type':'object','properties':{
              'name':{'type':'string','pattern':'^[a-z]{2,5}$'},
              'age':{'type':'integer','minimum':0,'maximum':120},
              'kind':{'enum':['cat','dog']},
              'tags':{'type':'array','items':{'enum':['x','y']},'maxItems':2}},
             'required':['name','age','kind','tags'],'additionalProperties':false}""";

    private static final String OPEN_SCHEMA = "{'type':'object','properties':{'a':{'enum':[1,2]}},'required':['a']}";
    private static final String GRAMMAR = "root ::= n (op n){2}\\nop ::= [+*]\\nn ::= [0-9]";
    private static final String TOOLS = """
            'tools':[
             {'type':'function','function':{'name':'weather','parameters':{'type':'object','properties':{
               'city':{'enum':['Paris','Oslo']},'days':{'type':'integer','minimum':1,'maximum':9}},
               'required':['city','days'],'additionalProperties':false}}},
             {'type':'function','function':{'name':'time','strict':true,'parameters':{'type':'object','properties':{
               'zone':{'enum':['CET','UTC']}},'required':['zone']}}}]""";

    @TempDir
    private Path folder;

    private TestFleet fleet;
    private FleetFrontend frontend;
    private PeerEngines peers;

    @BeforeEach
    void begin() {
        fleet = new TestFleet(folder);
        frontend = fleet.frontend();
        peers = new PeerEngines(fleet, folder);
    }

    @AfterEach
    void end() {
        fleet.close();
    }

    /** Without white space, which random weights would write for ever. */
    @Test
    void vllmKeepsToWhatItIsTold() throws Exception {
        peers.vllm("--structured-outputs-config", "{\"backend\":\"xgrammar\",\"disable_any_whitespace\":true}");
        keepsToEverything();
    }

    @Test
    void sglangKeepsToWhatItIsTold() throws Exception {
        peers.sglang("0-1", "--constrained-json-disable-any-whitespace");
        keepsToEverything();
    }

    /** Bans every token of white space alone: SmolLM2 would write them between the parts of JSON until its tokens run out. */
    private static String noSpace(Tokenizer tokenizer) {
        return IntStream.range(0, tokenizer.vocabularySize())
                .filter(id -> !tokenizer.isSpecial(id))
                .filter(id -> new String(tokenizer.bytes(id), StandardCharsets.UTF_8).isBlank())
                .mapToObj(id -> "'" + id + "':-100")
                .collect(Collectors.joining(",", ",'logit_bias':{", "}"));
    }

    private void keepsToEverything() throws Exception {
        var asked = new Asked("tiny", "");
        asked.keepsToJson();
        asked.keepsToTexts();
        asked.keepsToRegex();
        asked.makesCalls();
        asked.refusesWhatIsWrong();
    }

    /** SmolLM2's template knows no calls. */
    @Test
    void llamaCppKeepsToWhatItIsTold() throws Exception {
        peers.llamaCpp();
        var asked =
                new Asked("smollm2", noSpace(ModelText.of(PeerEngines.smolLm2()).tokenizer()));
        asked.keepsToJson();
        asked.keepsToTexts();
        asked.refusesWhatIsWrong();
        asked.refuses("'guided_grammar':'root ::= other'", "invalid_request", "guided_grammar", "grammar");
        asked.refuses("'guided_regex':'a+'", "unsupported_parameter", "guided_regex", "regex_output");
    }

    /** One engine behind the frontend. */
    private final class Asked {
        private final String model;
        private final String always;

        /** @param always members of every request, with a comma before each */
        Asked(String model, String always) {
            this.model = model;
            this.always = always;
            fleet.awaitAnswer(frontend, model);
        }

        HttpResponse<String> chat(String members) {
            String body = "{'model':'" + model + "','messages':[{'role':'user','content':'Say something.'}],"
                    + "'temperature':1,'max_tokens':200,'reasoning_effort':'none'," + members + always + "}";
            return fleet.post(frontend.address().resolve("/v1/chat/completions"), body.replace('\'', '"'));
        }

        HttpResponse<String> completion(String members) {
            String body = "{'model':'" + model + "','prompt':'hello','temperature':1,'max_tokens':200," + members
                    + always + "}";
            return fleet.post(frontend.address().resolve("/v1/completions"), body.replace('\'', '"'));
        }

        void keepsToJson() {
            var pet = new OutputConstraint.JsonSchema(SCHEMA.replace('\'', '"'), true, false);
            holds(
                    pet,
                    "'response_format':{'type':'json_schema','json_schema':{'name':'pet','strict':true,'schema':"
                            + SCHEMA + "}}");
            holds(pet, "'guided_json':" + SCHEMA);
            holds(pet, "'structured_outputs':{'json':" + SCHEMA + "}");
            var open = new OutputConstraint.JsonSchema(OPEN_SCHEMA.replace('\'', '"'), true, false);
            holds(open, "'structured_outputs':{'json':" + OPEN_SCHEMA + ",'disable_additional_properties':true}");
            for (String any : List.of("'response_format':{'type':'json_object'}", "'guided_json':{'type':'object'}")) {
                begins(new OutputConstraint.JsonObject(false), any);
            }
            assertThat(completion("'guided_json':true").statusCode()).isEqualTo(200);
        }

        void keepsToTexts() {
            holds(
                    new OutputConstraint.OneOf(List.of("yes", "no", "née", "a.b")),
                    "'guided_choice':['yes','no','née','a.b']");
            holds(new OutputConstraint.Grammar(GRAMMAR.replace("\\n", "\n")), "'guided_grammar':'" + GRAMMAR + "'");
        }

        void keepsToRegex() {
            holds(new OutputConstraint.Regex("[a-f]{3}-\\d{2,4}"), "'guided_regex':'[a-f]{3}-\\\\d{2,4}'");
        }

        void makesCalls() {
            JsonNode any = message(chat(TOOLS + ",'tool_choice':'required','parallel_tool_calls':false"));
            assertThat(any.path("tool_calls").size()).as(any.toString()).isEqualTo(1);
            assertThat(any.path("content").asString("")).isEmpty();
            assertCall(any.at("/tool_calls/0"));
            JsonNode named = message(chat(TOOLS + ",'tool_choice':{'type':'function','function':{'name':'time'}}"));
            assertThat(named.at("/tool_calls/0/function/name").asString(""))
                    .as(named.toString())
                    .isEqualTo("time");
            assertCall(named.at("/tool_calls/0"));
            String events = chat(TOOLS + ",'tool_choice':'required','parallel_tool_calls':false,'stream':true")
                    .body();
            assertThat(events).contains("\"tool_calls\"").endsWith("data: [DONE]\n\n");
            String arguments = streamed(events, "/choices/0/delta/tool_calls/0/function/arguments");
            assertThat(JSON.readTree(arguments).isObject()).as(events).isTrue();
        }

        void refusesWhatIsWrong() {
            refuses("'guided_json':{'type':'strin'}", "invalid_request", "guided_json", "strin");
            refuses("'guided_json':false", "invalid_request", "guided_json", "no instance");
            refuses(
                    "'structured_outputs':{'json':" + SCHEMA + ",'disable_any_whitespace':true}",
                    "unsupported_parameter",
                    "structured_outputs.disable_any_whitespace",
                    "compact_output");
            holds(new OutputConstraint.OneOf(List.of("ok")), "'guided_choice':['ok']");
        }

        void refuses(String members, String code, String param, String words) {
            HttpResponse<String> answer = completion(members);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
            JsonNode error = JSON.readTree(answer.body()).path("error");
            assertThat(error.path("code").asString("")).as(answer.body()).isEqualTo(code);
            assertThat(error.path("param").asString("")).as(answer.body()).isEqualTo(param);
            assertThat(error.path("message").asString("")).contains(words);
        }

        private void holds(OutputConstraint.Form form, String members) {
            CompiledGrammar grammar = Constraint.of(OutputConstraint.of(form)).compile();
            assertAccepted(grammar, JSON.readTree(completion(members).body()).at("/choices/0/text"), members);
            assertAccepted(grammar, message(chat(members)).path("content"), members);
            String events = chat(members + ",'stream':true").body();
            String text = streamed(events, "/choices/0/delta/content");
            assertThat(grammar.accepts(text.getBytes(StandardCharsets.UTF_8)))
                    .as(events)
                    .isTrue();
        }

        private static void assertAccepted(CompiledGrammar grammar, JsonNode text, String asked) {
            assertThat(grammar.accepts(text.asString("").getBytes(StandardCharsets.UTF_8)))
                    .as("%s answers %s", asked, text)
                    .isTrue();
        }

        /** Of forms whose texts have no end that random weights would come to. */
        private void begins(OutputConstraint.Form form, String members) {
            CompiledGrammar grammar = Constraint.of(OutputConstraint.of(form)).compile();
            String text = message(chat(members)).path("content").asString("");
            assertThat(text).as(members).startsWith("{");
            assertThat(grammar.acceptsPrefix(text.replace("\uFFFD", "").getBytes(StandardCharsets.UTF_8)))
                    .as("%s answers %s", members, text)
                    .isTrue();
        }
    }

    private static JsonNode message(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body()).at("/choices/0/message");
    }

    private static String streamed(String events, String pointer) {
        return events.lines()
                .filter(line -> line.startsWith("data: {"))
                .map(line -> JSON.readTree(line.substring(6)).at(pointer).asString(""))
                .collect(Collectors.joining());
    }

    private static void assertCall(JsonNode call) {
        JsonNode arguments = JSON.readTree(call.at("/function/arguments").asString(""));
        switch (call.at("/function/name").asString("")) {
            case "weather" -> {
                assertThat(arguments.propertyNames()).containsExactlyInAnyOrder("city", "days");
                assertThat(arguments.path("city").asString("")).isIn("Paris", "Oslo");
                assertThat(arguments.path("days").asInt()).isBetween(1, 9);
            }
            case "time" -> {
                assertThat(arguments.propertyNames()).containsExactly("zone");
                assertThat(arguments.path("zone").asString("")).isIn("CET", "UTC");
            }
            default -> throw new AssertionError("a tool that nobody offered: " + call);
        }
    }
}

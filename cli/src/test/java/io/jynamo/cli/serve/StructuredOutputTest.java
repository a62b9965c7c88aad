package io.jynamo.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Requests over a socket to a model with random weights, whose output would be noise: it is held to what they say it must look like. */
class StructuredOutputTest {
    private static final String SCHEMA = """
            {'type':'object','properties':{
              'name':{'type':'string','maxLength':12},
              'age':{'type':'integer','minimum':0,'maximum':120},
              'kind':{'enum':['cat','dog']},
              'tags':{'type':'array','items':{'type':'string','maxLength':5},'maxItems':3}},
             'required':['name','age','kind','tags'],'additionalProperties':false}""";

    private static final String LONG = "'temperature':1,'max_tokens':2000";

    @TempDir
    static Path folder;

    private static TinyServer server;

    @BeforeAll
    static void start() throws IOException {
        server = new TinyServer(folder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void everyAnswerUnderASchemaIsAnInstanceOfIt(long seed) {
        HttpResponse<String> response = server.chat(LONG + ",'seed':" + seed + ",'response_format':" + schemaFormat());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode choice = TinyServer.json(response).path("choices").path(0);
        assertThat(choice.path("finish_reason").asString()).isEqualTo("stop");
        assertPet(choice.path("message").path("content").asString());
    }

    @Test
    void severalChoicesAreInstancesEach() {
        HttpResponse<String> response = server.chat(LONG + ",'n':4,'seed':9,'response_format':" + schemaFormat());
        JsonNode choices = TinyServer.json(response).path("choices");
        assertThat(choices.size()).as(response.body()).isEqualTo(4);
        choices.forEach(
                choice -> assertPet(choice.path("message").path("content").asString()));
    }

    @Test
    void aStreamsPiecesMakeAnInstance() {
        HttpResponse<String> response =
                server.chat(LONG + ",'stream':true,'seed':3,'response_format':" + schemaFormat());
        assertThat(response.body()).endsWith("data: [DONE]\n\n");
        assertPet(streamed(response.body()));
    }

    private static String streamed(String body) {
        return body.lines()
                .filter(line -> line.startsWith("data: {"))
                .map(line -> TinyServer.JSON.readTree(line.substring(6)))
                .map(chunk -> chunk.at("/choices/0/delta/content").asString(""))
                .collect(Collectors.joining());
    }

    @Test
    void greedyPenalisedAndBiasedDrawsKeepToIt() {
        for (String how : List.of(
                "'temperature':0,'max_tokens':3000",
                "'temperature':2,'max_tokens':3000,'seed':1",
                "'temperature':1,'top_p':0.5,'max_tokens':3000,'frequency_penalty':1,'repetition_penalty':1.2,'seed':2",
                "'temperature':1,'max_tokens':3000,'logit_bias':{'65':100,'123':-100},'seed':5")) {
            HttpResponse<String> response = server.chat(how + ",'response_format':" + schemaFormat());
            JsonNode choice = TinyServer.json(response).path("choices").path(0);
            assertThat(choice.path("finish_reason").asString())
                    .as(response.body())
                    .isEqualTo("stop");
            assertPet(choice.path("message").path("content").asString());
        }
    }

    @Test
    void aJsonObjectIsAnObject() {
        for (int seed = 0; seed < 4; seed++) {
            HttpResponse<String> response = server.chat("'temperature':1,'max_tokens':3500,'seed':" + seed
                    + ",'logit_bias':{'125':8,'34':4},'response_format':{'type':'json_object'}");
            JsonNode choice = TinyServer.json(response).path("choices").path(0);
            String text = choice.path("message").path("content").asString();
            assertThat(text).startsWith("{");
            if (choice.path("finish_reason").asString().equals("stop")) {
                assertThat(TinyServer.JSON.readTree(text).isObject()).isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'guided_json':{'enum':[17,'é',null]}~17(\\.0)?|\"é\"|null",
                "'guided_json':'{\\'const\\':[1,2]}'~\\[\\s*1\\s*,\\s*2\\s*\\]",
                "'guided_regex':'[a-f]{3}-\\\\d{2,4}'~[a-f]{3}-\\d{2,4}",
                "'guided_choice':['yes','no','née']~yes|no|née",
                "'guided_grammar':'root ::= n (op n){2}\\nop ::= [+*]\\nn ::= [0-9]'~\\d[+*]\\d[+*]\\d",
                "'structured_outputs':{'json':{'type':'boolean'}}~true|false",
                "'structured_outputs':{'regex':'(ab|cd)+e'}~(ab|cd)+e",
                "'structured_outputs':{'choice':['red','green']}~red|green",
                "'structured_outputs':{'grammar':'start: /[xy]{4}/'}~[xy]{4}",
                "'structured_outputs':{'json':{'const':{'a':[1]}},'disable_any_whitespace':true}~\\{\"a\":\\[1(\\.0)?\\]\\}",
            })
    void everyKindOfConstraintHolds(String fieldAndAnswer) {
        String[] parts = fieldAndAnswer.split("~", 2);
        for (int seed = 0; seed < 3; seed++) {
            HttpResponse<String> chat = server.chat(LONG + ",'seed':" + seed + "," + parts[0]);
            assertThat(TinyServer.json(chat).at("/choices/0/message/content").asString(""))
                    .as(chat.body())
                    .matches(parts[1]);
            HttpResponse<String> completion = server.post(
                    "/v1/completions",
                    "{'model':'tiny','prompt':'x'," + LONG + ",'seed':" + seed + "," + parts[0] + "}");
            assertThat(TinyServer.json(completion).at("/choices/0/text").asString(""))
                    .as(completion.body())
                    .matches(parts[1]);
        }
    }

    @Test
    void whatAConstraintHasWrongIsToldWithItsPlace() {
        refused("'guided_json':{'type':'object','properties':{'tags':{'uniqueItems':true}}}", "unsupported_parameter")
                .contains("unsupported keyword 'uniqueItems' at #/properties/tags");
        refused("'guided_json':{'type':'strin'}", "invalid_request").contains("#");
        refused("'guided_json':{'$ref':'#/$defs/none'}", "invalid_request").contains("#/$defs/none");
        refused("'guided_regex':'(a'", "invalid_request");
        refused("'guided_regex':'(?=a)b'", "unsupported_parameter");
        refused("'guided_grammar':'root ::= other'", "invalid_request").contains("other");
        refused("'guided_json':{'minimum':3,'maximum':2,'type':'integer'}", "invalid_request")
                .contains("no text");
    }

    @Test
    void theFieldIsNamedThatHeldTheConstraint() {
        String bad = "{'type':'strin'}";
        isAbout(
                "response_format.json_schema.schema",
                "chat/completions",
                "'response_format':{'type':'json_schema'," + "'json_schema':{'name':'x','schema':" + bad + "}}");
        isAbout("guided_json", "chat/completions", "'guided_json':" + bad);
        isAbout("guided_regex", "chat/completions", "'guided_regex':'(a'");
        isAbout("guided_grammar", "chat/completions", "'guided_grammar':'root ::= other'");
        isAbout("structured_outputs.json", "chat/completions", "'structured_outputs':{'json':" + bad + "}");
        isAbout("guided_json", "chat/completions", "'stream':true,'guided_json':" + bad);
        isAbout(
                "tools",
                "chat/completions",
                "'tool_choice':'required','tools':[{'type':'function','function':{" + "'name':'f','parameters':" + bad
                        + "}}]");
        isAbout(
                "text.format.schema",
                "responses",
                "'input':'hi','text':{'format':{'type':'json_schema','name':'x'," + "'schema':" + bad + "}}");
        isAbout(
                "output_config.format.schema",
                "messages",
                "'max_tokens':50,'output_config':{'format':{" + "'type':'json_schema','schema':" + bad + "}}");
    }

    private static void isAbout(String field, String route, String fields) {
        String asked = route.equals("responses") ? "" : "'messages':[{'role':'user','content':'hi'}],";
        HttpResponse<String> response = server.post("/v1/" + route, "{'model':'tiny'," + asked + fields + "}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(TinyServer.json(response).at("/error/param").asString(""))
                .as(response.body())
                .isEqualTo(field);
    }

    @Test
    void whatContradictsTheConstraintIsRefused() {
        refused("'guided_choice':['yes'],'min_tokens':90,'max_tokens':100", "invalid_request")
                .contains("min_tokens");
    }

    @Test
    void whoIgnoresTheEndGetsAWholeText() {
        HttpResponse<String> response = server.chat("'ignore_eos':true,'guided_regex':'[ab]{2,20}'," + LONG);
        assertThat(TinyServer.json(response).at("/choices/0/message/content").asString(""))
                .matches("[ab]{20}");
        assertThat(TinyServer.json(response).at("/choices/0/finish_reason").asString(""))
                .isEqualTo("stop");
    }

    @Test
    void logprobsAreOfTheModelAndStopsStillStop() {
        HttpResponse<String> response =
                server.chat("'logprobs':true,'top_logprobs':2,'guided_regex':'a{3}b{3}','stop':['ab']," + LONG);
        JsonNode choice = TinyServer.json(response).path("choices").path(0);
        assertThat(choice.at("/message/content").asString(""))
                .as(response.body())
                .isEqualTo("aa");
        assertThat(choice.path("finish_reason").asString("")).isEqualTo("stop");
        assertThat(choice.at("/logprobs/content/0/logprob").asDouble()).isNegative();
    }

    private static AbstractStringAssert<?> refused(String fields, String code) {
        HttpResponse<String> response = server.chat(fields);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        JsonNode error = TinyServer.json(response).path("error");
        assertThat(error.path("code").asString("")).as(response.body()).isEqualTo(code);
        return assertThat(error.path("message").asString(""));
    }

    @Test
    void anEngineThatCannotIsNotAsked() {
        try (TinyServer simulated = TinyServer.simulated()) {
            for (String fields : List.of(
                    "'response_format':{'type':'json_object'}",
                    "'guided_regex':'a'",
                    "'guided_choice':['a']",
                    "'structured_outputs':{'grammar':'root ::= a'}")) {
                HttpResponse<String> response = simulated.chat(fields);
                assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
                assertThat(response.body()).contains("unsupported_parameter", "which lacks", "_output");
            }
        }
    }

    private static String schemaFormat() {
        return "{'type':'json_schema','json_schema':{'name':'pet','strict':true,'schema':" + SCHEMA + "}}";
    }

    private static void assertPet(String text) {
        JsonNode pet = TinyServer.JSON.readTree(text);
        assertThat(pet.propertyNames()).as(text).containsExactlyInAnyOrder("name", "age", "kind", "tags");
        String name = pet.path("name").asString();
        assertThat(name.codePointCount(0, name.length())).isLessThanOrEqualTo(12);
        assertThat(pet.path("age").isIntegralNumber()).isTrue();
        assertThat(pet.path("age").asInt()).isBetween(0, 120);
        assertThat(pet.path("kind").asString()).isIn("cat", "dog");
        assertThat(pet.path("tags").isArray()).isTrue();
        assertThat(pet.path("tags").size()).isLessThanOrEqualTo(3);
        pet.path("tags").forEach(tag -> assertThat(tag.isString()).isTrue());
    }
}

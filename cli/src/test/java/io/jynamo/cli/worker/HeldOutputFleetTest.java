package io.jynamo.cli.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.cli.frontend.FleetFrontend;
import io.jynamo.cli.serve.TinyLlama;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Constraints on their way to workers in other processes: our own, by the wire, and engines of others, in the words of each. */
class HeldOutputFleetTest {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path folder;

    private TestFleet fleet;
    private FleetFrontend frontend;

    @BeforeEach
    void begin() {
        fleet = new TestFleet(folder);
        frontend = fleet.frontend();
    }

    @AfterEach
    void end() {
        fleet.close();
    }

    private HttpResponse<String> ask(String model, String members) {
        String body = "{'model':'" + model + "','prompt':'hello','max_tokens':200," + members + "}";
        return fleet.post(frontend.address().resolve("/v1/completions"), body.replace('\'', '"'));
    }

    private FakeServer join(FakeServer.Kind kind, String engine) {
        String root = fleet.model("root").toString();
        FakeServer server = fleet.own(new FakeServer(kind, 0, 1, new FakeServer.Model("root", root, 4096)));
        Map<String, String> told =
                new HashMap<>(Map.of("engine", engine, "attach", server.url().toString(), "model", root));
        if (kind == FakeServer.Kind.TRTLLM) {
            told.put("max-model-len", "4096"); // it does not say
        }
        fleet.worker(told);
        fleet.awaitAnswer(frontend, "root");
        return server;
    }

    private JsonNode sent(FakeServer server, String members) {
        HttpResponse<String> answer = ask("root", members);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(server.calls().getLast().body());
    }

    @Test
    void ourOwnWorkersHoldToWhatComesByTheWire() throws IOException {
        Path tiny = TinyLlama.write(Files.createDirectories(folder.resolve("tiny")), "{{ messages[0].content }}");
        fleet.worker(Map.of("model", tiny.toString(), "served-model-name", "tiny", "kv-blocks", "300"));
        fleet.awaitAnswer(frontend, "tiny");
        for (int seed = 0; seed < 4; seed++) {
            HttpResponse<String> answer =
                    ask("tiny", "'temperature':1,'seed':" + seed + ",'guided_regex':'[a-d]{2,9}(x|yz)'");
            assertThat(JSON.readTree(answer.body()).at("/choices/0/text").asString(""))
                    .as(answer.body())
                    .matches("[a-d]{2,9}(x|yz)");
        }
        HttpResponse<String> wrong = ask("tiny", "'guided_json':{'uniqueItems':true}");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body()).contains("unsupported_parameter", "uniqueItems");
    }

    @Test
    void aVllmIsToldInItsOwnWords() {
        FakeServer server = join(FakeServer.Kind.VLLM, "vllm");
        assertThat(sent(server, "'guided_json':{'type':'object'}")
                        .at("/structured_outputs/json/type")
                        .asString(""))
                .isEqualTo("object");
        assertThat(sent(server, "'guided_choice':['a','b']")
                        .at("/structured_outputs/choice/1")
                        .asString(""))
                .isEqualTo("b");
        assertThat(sent(server, "'seed':1").has("structured_outputs")).isFalse();
    }

    @Test
    void anSglangIsToldInItsOwnWords() {
        FakeServer server = join(FakeServer.Kind.SGLANG, "sglang");
        assertThat(sent(server, "'guided_json':{'type':'object'}")
                        .at("/sampling_params/json_schema")
                        .asString(""))
                .isEqualTo("{\"type\":\"object\"}");
        assertThat(sent(server, "'guided_choice':['a.','b']")
                        .at("/sampling_params/regex")
                        .asString(""))
                .isEqualTo("(a\\.|b)");
        assertThat(sent(server, "'guided_grammar':'root ::= x'")
                        .at("/sampling_params/ebnf")
                        .asString(""))
                .isEqualTo("root ::= x");
    }

    @Test
    void aTrtllmIsToldInItsOwnWordsAndNotOfWhiteSpace() {
        FakeServer server = join(FakeServer.Kind.TRTLLM, "trtllm");
        assertThat(sent(server, "'response_format':{'type':'json_object'}")
                        .at("/response_format/type")
                        .asString(""))
                .isEqualTo("json_object");
        assertThat(sent(server, "'guided_regex':'a+'")
                        .at("/response_format/regex")
                        .asString(""))
                .isEqualTo("a+");
    }
}

package io.jynamo.cli.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.cli.frontend.FleetFrontend;
import io.jynamo.cli.text.ModelText;
import io.jynamo.text.Tokenizer;
import io.jynamo.text.Tokenizer.SpecialText;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The parsers that a worker names in its card, on their way to frontends, which read that model's replies by them. */
class CardParsersTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String HERMES = "<tool_call>{\"name\":\"look\",\"arguments\":{\"at\":\"sea\"}}</tool_call>";
    private static final String PYTHONIC = "[look(at='sky')]";

    @TempDir
    private Path folder;

    private TestFleet fleet;

    @BeforeEach
    void begin() {
        fleet = new TestFleet(folder);
    }

    @AfterEach
    void end() {
        fleet.close();
    }

    private void says(String name, String text, Map<String, String> parsers) {
        String root = fleet.model(name).toString();
        FakeServer server =
                fleet.own(new FakeServer(FakeServer.Kind.VLLM, 0, 1, new FakeServer.Model(name, root, 4096)));
        Tokenizer tokenizer = ModelText.simulated().tokenizer();
        server.says(tokenizer.encode(text + "<|im_end|>", SpecialText.PARSE));
        Map<String, String> told = new HashMap<>(
                Map.of("engine", "vllm", "attach", server.url().toString(), "model", root, "served-model-name", name));
        told.putAll(parsers);
        fleet.worker(told);
    }

    private JsonNode called(FleetFrontend frontend, String model) {
        return message(
                frontend,
                model,
                ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"look\",\"parameters\":{\"type\":\"object\"}}}]");
    }

    private JsonNode message(FleetFrontend frontend, String model, String more) {
        fleet.awaitAnswer(frontend, model);
        HttpResponse<String> answer =
                fleet.post(frontend.address().resolve("/v1/chat/completions"), """
                {"model":"%s","max_tokens":300,"messages":[{"role":"user","content":"hello"}]%s}
                """.formatted(model, more));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body()).at("/choices/0/message");
    }

    @Test
    void twoModelsOfOneFrontendAreReadEachByTheParsersOfItsCard() {
        FleetFrontend frontend = fleet.frontend();
        says("first", "<think>hm</think>" + HERMES, Map.of("tool-call-parser", "hermes", "reasoning-parser", "basic"));
        says("second", PYTHONIC, Map.of("tool-call-parser", "pythonic"));
        says("third", "<think>hm</think>" + HERMES, Map.of("tool-call-parser", "none"));
        JsonNode first = called(frontend, "first");
        assertThat(first.at("/tool_calls/0/function/arguments").asString(""))
                .as(first.toString())
                .contains("sea");
        assertThat(first.path("reasoning_content").asString("")).isEqualTo("hm");
        JsonNode second = called(frontend, "second");
        assertThat(second.at("/tool_calls/0/function/arguments").asString(""))
                .as(second.toString())
                .contains("sky");
        JsonNode third = message(frontend, "third", "");
        assertThat(third.path("content").asString("")).isEqualTo("<think>hm</think>" + HERMES);
    }

    @Test
    void aFrontendsOwnFlagCountsForAllItsModels() {
        FleetFrontend frontend = fleet.frontend(Map.of("tool-call-parser", "hermes"));
        says("first", HERMES, Map.of("tool-call-parser", "pythonic"));
        assertThat(called(frontend, "first").at("/tool_calls/0/function/name").asString(""))
                .isEqualTo("look");
    }
}

package io.jynamo.cli.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.cli.frontend.FleetFrontend;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Output held to a form behind reasoning, of a vLLM that is launched here: its flags say whether it waits for the end of reasoning. */
class ThinkingFirstTest {
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

    /** Of a model whose replies begin with reasoning. */
    private HttpResponse<String> held(String name, String... flags) {
        FleetFrontend frontend = fleet.frontend();
        fleet.worker(
                Map.of(
                        "engine",
                        "vllm",
                        "model",
                        fleet.model(name).toString(),
                        "served-model-name",
                        name,
                        "engine-command",
                        fleet.program().toString(),
                        "reasoning-parser",
                        "deepseek_r1"),
                flags);
        fleet.awaitAnswer(frontend, name);
        return fleet.post(
                frontend.address().resolve("/v1/chat/completions"),
                "{\"model\":\"" + name + "\",\"max_tokens\":3,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}],"
                        + "\"response_format\":{\"type\":\"json_object\"}}");
    }

    @Test
    void itIsGrantedWhereItsOwnParserMakesItWait() {
        HttpResponse<String> answer = held("waits", "--reasoning-parser", "deepseek_r1");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    @Test
    void itIsRefusedWhereNothingSaysSo() {
        HttpResponse<String> answer = held("plain");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("thinking_first");
    }

    @Test
    void itIsRefusedWhereReasoningIsHeldToo() {
        HttpResponse<String> answer = held(
                "holds",
                "--reasoning-parser=deepseek_r1",
                "--structured-outputs-config",
                "{\"enable_in_reasoning\":true}");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("thinking_first");
    }
}

package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * {@code openai} and {@code anthropic} of Python and JavaScript, {@code litellm} and Vercel's {@code ai}, each before a scripted model that calls
 * by itself and before SmolLM2, which is made to call.
 */
class ScriptClientsTest {
    private static final Path ROOM = JavaScriptWorker.ROOM;
    private static final String CITIES = "[[\"weather\",{\"city\":\"Paris\"}],[\"weather\",{\"city\":\"Rome\"}]]";
    private static final String REAL = SmallModel.NAME;

    private static ScriptedModel scripted;
    private static @Nullable Server real;

    @BeforeAll
    static void start() {
        scripted = ScriptedModel.ofWeather();
        real = SmallModel.isHere() ? SmallModel.serve() : null;
    }

    @AfterAll
    static void stop() {
        if (scripted != null) {
            scripted.close();
        }
        if (real != null) {
            real.close();
        }
    }

    @Test
    void openai_in_python_calls_streams_goes_on_and_reads_errors() {
        JsonNode seen = python("venv", "openai_client.py", scripted.at("/v1").toString(), ScriptedModel.NAME, "auto");

        assertThat(seen.path("calls").toString()).isEqualTo(CITIES);
        assertThat(seen.path("finish").asString()).isEqualTo("tool_calls");
        assertThat(seen.path("content").asString()).startsWith("I look.");
        assertThat(seen.path("reasoning").asString()).isEqualTo("Two cities.");
        assertThat(seen.path("answer").asString()).isEqualTo(ScriptedModel.ANSWER);
        assertThat(seen.path("streamedCalls").toString()).isEqualTo(CITIES);
        assertThat(texts(seen.path("streamedKinds")))
                .contains("tool_calls.function.arguments.delta", "tool_calls.function.arguments.done");
        assertThat(seen.path("streamedTokens").asInt()).isEqualTo(ScriptedModel.CALLS.length());
        assertThat(seen.path("together").toString()).isEqualTo("[5]");
        assertThat(seen.path("responseCalls").toString()).isEqualTo(CITIES);
        assertThat(seen.path("responseText").asString()).isEqualTo(ScriptedModel.ANSWER);
        assertThat(seen.path("responseDeltas").asString()).isEqualTo(ScriptedModel.ANSWER);
        assertThat(texts(seen.path("models"))).containsExactly(ScriptedModel.NAME);
        assertThat(seen.path("completionTokens").asInt()).isEqualTo(5);
        assertThat(seen.path("batch").asString()).isEqualTo("completed");
        assertThat(texts(seen.path("batched"))).containsExactly("a", "b", "c");
        assertThat(seen.path("batchListed").asBoolean()).isTrue();
        assertThat(seen.path("fileDeleted").asBoolean()).isTrue();
        assertThat(seen.path("badRequest").asString()).isEqualTo("BadRequestError 400 invalid_request temperature");
        assertThat(seen.path("notFound").asString()).startsWith("NotFoundError 404 model_not_found");
    }

    @Test
    void openai_in_python_before_a_real_model() {
        JsonNode seen = python("venv", "openai_client.py", realAt("/v1"), REAL, "required");

        assertThat(calledWeather(seen.path("calls"))).isTrue();
        assertThat(seen.path("streamedCalls")).isEqualTo(seen.path("calls"));
        assertThat(calledWeather(seen.path("responseCalls"))).isTrue();
        assertThat(seen.path("answer").asString()).isNotBlank();
        assertThat(texts(seen.path("batched"))).containsExactly("a", "b", "c");
        assertThat(seen.path("responseText").asString())
                .isNotBlank()
                .isEqualTo(seen.path("responseDeltas").asString());
    }

    @Test
    void openai_in_javascript_calls_and_goes_on() {
        JsonNode seen = openAiInJavaScript(scripted.at("/v1").toString(), ScriptedModel.NAME, "auto");

        assertThat(seen.path("calls").toString()).isEqualTo(CITIES);
        assertThat(seen.path("finish").asString()).isEqualTo("tool_calls");
        assertThat(seen.path("streamedCalls").toString()).isEqualTo(CITIES);
        assertThat(seen.path("answer").asString()).isEqualTo(ScriptedModel.ANSWER);
        assertThat(seen.path("responseCalls").toString()).isEqualTo(CITIES);
        assertThat(seen.path("responseText").asString()).isEqualTo(ScriptedModel.ANSWER);
    }

    @Test
    void openai_in_javascript_before_a_real_model() {
        JsonNode seen = openAiInJavaScript(realAt("/v1"), REAL, "required");

        assertThat(calledWeather(seen.path("calls"))).isTrue();
        assertThat(seen.path("streamedCalls")).isEqualTo(seen.path("calls"));
        assertThat(calledWeather(seen.path("responseCalls"))).isTrue();
        assertThat(seen.path("answer").asString()).isNotBlank();
        assertThat(seen.path("responseText").asString()).isNotBlank();
    }

    @Test
    void anthropic_in_javascript_before_a_real_model() {
        assumeTrue(
                Files.isDirectory(ROOM.resolve("node_modules/@anthropic-ai/sdk")),
                "not run: the npm package @anthropic-ai/sdk is not installed (npm ci in conformance/ brings it)");
        JsonNode seen =
                seen(List.of("node", ROOM.resolve("src/test/js/messages.js").toString()), realAt("/"), REAL, "any");

        assertThat(texts(seen.path("blocks"))).containsExactly("tool_use");
        assertThat(seen.path("inputs").path(0).path("city").isString()).isTrue();
        assertThat(seen.path("finalBlocks")).isEqualTo(seen.path("wholeBlocks"));
        assertThat(seen.path("answer").asString()).isNotBlank();
    }

    @Test
    void anthropic_in_python_calls_streams_counts_and_reads_errors() {
        JsonNode seen = python("venv", "anthropic_client.py", scripted.at("/").toString(), ScriptedModel.NAME, "auto");

        assertThat(texts(seen.path("blocks"))).containsExactly("thinking", "text", "tool_use", "tool_use");
        assertThat(seen.path("calls").toString()).isEqualTo(CITIES);
        assertThat(seen.path("stop").asString()).isEqualTo("tool_use");
        assertThat(seen.path("answer").asString()).isEqualTo(ScriptedModel.ANSWER);
        assertThat(seen.path("streamedCalls").toString()).isEqualTo(CITIES);
        assertThat(texts(seen.path("streamedKinds")))
                .contains("message_start", "input_json", "thinking", "message_stop");
        assertThat(seen.path("outputTokens").asInt()).isEqualTo(ScriptedModel.CALLS.length());
        assertThat(seen.path("counted").asInt()).isPositive();
        assertThat(texts(seen.path("models"))).containsExactly(ScriptedModel.NAME);
        assertThat(seen.path("badRequest").asString()).isEqualTo("BadRequestError 400 invalid_request_error");
        assertThat(seen.path("notFound").asString()).isEqualTo("NotFoundError 404 not_found_error");
    }

    @Test
    void anthropic_in_python_before_a_real_model() {
        JsonNode seen = python("venv", "anthropic_client.py", realAt("/"), REAL, "any");

        assertThat(calledWeather(seen.path("calls"))).isTrue();
        assertThat(seen.path("streamedCalls")).isEqualTo(seen.path("calls"));
        assertThat(seen.path("answer").asString()).isNotBlank();
    }

    @Test
    void litellm_calls_and_streams_through_three_of_its_providers() {
        JsonNode seen =
                python("venv-litellm", "litellm_client.py", scripted.at("/").toString(), ScriptedModel.NAME, "auto");

        for (String provider : List.of("openai", "hosted_vllm", "anthropic")) {
            JsonNode one = seen.path(provider);
            assertThat(one.path("calls").toString()).as(provider).isEqualTo(CITIES);
            assertThat(one.path("finish").asString()).as(provider).isEqualTo("tool_calls");
            assertThat(one.path("answer").asString()).as(provider).isEqualTo(ScriptedModel.ANSWER);
            assertThat(one.path("streamedCalls").toString()).as(provider).isEqualTo(CITIES);
        }
        assertThat(seen.path("badRequest").asInt()).isEqualTo(400);
        assertThat(seen.path("notFound").asInt()).isEqualTo(404);
    }

    @Test
    void litellm_before_a_real_model() {
        JsonNode seen = python("venv-litellm", "litellm_client.py", realAt("/"), REAL, "required");

        for (String provider : List.of("openai", "hosted_vllm", "anthropic")) {
            assertThat(calledWeather(seen.path(provider).path("calls")))
                    .as(provider)
                    .isTrue();
            assertThat(seen.path(provider).path("streamedCalls"))
                    .as(provider)
                    .isEqualTo(seen.path(provider).path("calls"));
        }
    }

    @Test
    void the_ai_sdk_runs_its_tools_through_four_of_its_providers() {
        JsonNode seen = aiSdk(scripted.at("/").toString(), ScriptedModel.NAME, "auto");

        for (String provider : List.of("responses", "chat", "compatible", "anthropic")) {
            JsonNode one = seen.path(provider);
            assertThat(texts(one.path("asked"))).as(provider).containsExactly("Paris", "Rome");
            assertThat(texts(one.path("streamedAsked"))).as(provider).containsExactly("Paris", "Rome");
            assertThat(one.path("answer").asString()).as(provider).isEqualTo(ScriptedModel.ANSWER);
            assertThat(one.path("streamedAnswer").asString()).as(provider).isEqualTo(ScriptedModel.ANSWER);
            assertThat(texts(one.path("finish"))).as(provider).containsExactly("tool-calls", "stop");
            assertThat(one.path("outputTokens").asInt())
                    .as(provider)
                    .isEqualTo(ScriptedModel.CALLS.length() + ScriptedModel.ANSWER.length());
            assertThat(texts(one.path("kinds"))).as(provider).contains("tool-input-delta", "text-delta", "tool-result");
        }
        assertThat(seen.path("compatible").path("reasoning").asString()).isEqualTo("Two cities.");
        assertThat(seen.path("anthropic").path("reasoning").asString()).isEqualTo("Two cities.");
        assertThat(seen.path("badRequest").toString()).isEqualTo("[true,400,false]");
    }

    @Test
    void the_ai_sdk_before_a_real_model() {
        JsonNode seen = aiSdk(realAt("/"), REAL, "named");

        for (String provider : List.of("responses", "chat", "compatible", "anthropic")) {
            assertThat(texts(seen.path(provider).path("asked"))).as(provider).isNotEmpty();
            assertThat(texts(seen.path(provider).path("streamedAsked")))
                    .as(provider)
                    .isEqualTo(texts(seen.path(provider).path("asked")));
        }
    }

    private static boolean calledWeather(JsonNode calls) {
        return !calls.isEmpty()
                && calls.valueStream()
                        .allMatch(call -> call.path(0).asString().equals("weather")
                                && call.path(1).size() == 1
                                && call.path(1).path("city").isString());
    }

    private static List<String> texts(JsonNode list) {
        return list.valueStream().map(JsonNode::asString).toList();
    }

    private static String realAt(String path) {
        SmallModel.assumeHere();
        return Objects.requireNonNull(real).at(path).toString();
    }

    private static JsonNode python(String environment, String script, String... arguments) {
        Path python = ROOM.resolve(environment).resolve("bin/python");
        assumeTrue(
                Files.isExecutable(python),
                "not run: Python's clients are not installed (conformance/python-clients brings them)");
        return seen(
                List.of(
                        python.toString(),
                        ROOM.resolve("src/test/python/" + script).toString()),
                arguments);
    }

    private static JsonNode openAiInJavaScript(String... arguments) {
        assumeTrue(
                Files.isDirectory(ROOM.resolve("node_modules/openai")),
                "not run: the npm package openai is not installed (npm ci in conformance/ brings it)");
        return seen(List.of("node", ROOM.resolve("src/test/js/tools.js").toString()), arguments);
    }

    private static JsonNode aiSdk(String... arguments) {
        assumeTrue(
                Files.isDirectory(ROOM.resolve("node_modules/ai")),
                "not run: the npm package ai is not installed (npm ci in conformance/ brings it)");
        return seen(List.of("node", ROOM.resolve("src/test/js/ai.js").toString()), arguments);
    }

    /** The JSON object that a script prints last. */
    private static JsonNode seen(List<String> command, String... arguments) {
        List<String> line = new ArrayList<>(command);
        line.addAll(Arrays.asList(arguments));
        var run = Command.run(line, Map.of());
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        return Http.parse(run.out().strip().lines().reduce("", (before, last) -> last));
    }
}

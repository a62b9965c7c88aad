package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.errors.BadRequestException;
import com.anthropic.errors.NotFoundException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.ContentBlock;
import com.anthropic.models.messages.ContentBlockParam;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCountTokensParams;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.StopReason;
import com.anthropic.models.messages.Tool;
import com.anthropic.models.messages.ToolChoiceAny;
import com.anthropic.models.messages.ToolResultBlockParam;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Anthropic's own clients, Java and JavaScript, before a model that says what the test wants: thinking, two calls, an answer. */
class AnthropicClientsTest {
    private static ScriptedModel model;

    @BeforeAll
    static void start() {
        model = ScriptedModel.ofWeather();
    }

    @AfterAll
    static void stop() {
        if (model != null) {
            model.close();
        }
    }

    @Test
    void in_java_tools_thinking_streams_counts_and_errors() {
        AnthropicClient client = AnthropicOkHttpClient.builder()
                .baseUrl(model.at("/").toString())
                .apiKey("none")
                .maxRetries(0)
                .build();
        try {
            Message calls =
                    client.messages().create(asked().enabledThinking(1_024).build());
            assertThat(calls.stopReason()).hasValue(StopReason.TOOL_USE);
            assertThat(calls.content().stream().flatMap(block -> block.thinking().stream()))
                    .singleElement()
                    .satisfies(thinking -> assertThat(thinking.thinking()).isEqualTo("Two cities."));
            assertThat(texts(calls)).startsWith("I look.");
            assertThat(calls.usage().outputTokens()).isEqualTo(ScriptedModel.CALLS.length());

            Message answer = client.messages()
                    .create(asked().addMessage(calls)
                            .addUserMessageOfContentBlockParams(results(calls))
                            .build());
            assertThat(texts(answer)).isEqualTo(ScriptedModel.ANSWER);
            assertThat(answer.stopReason()).hasValue(StopReason.END_TURN);

            MessageAccumulator gathered = MessageAccumulator.create();
            try (var stream = client.messages().createStreaming(asked().build())) {
                stream.stream().forEach(gathered::accumulate);
            }
            assertThat(inputs(gathered.message())).isEqualTo(inputs(calls)).hasSize(2);
            assertThat(texts(gathered.message())).isEqualTo(texts(calls));

            long counted = client.messages()
                    .countTokens(MessageCountTokensParams.builder()
                            .model(ScriptedModel.NAME)
                            .addUserMessage("Hi.")
                            .build())
                    .inputTokens();
            assertThat(counted).isPositive();
            assertThat(client.models().list().data())
                    .anyMatch(listed -> listed.id().equals(ScriptedModel.NAME));
            assertThatThrownBy(() -> client.messages()
                            .create(asked().putAdditionalBodyProperty("temperature", JsonValue.from(3.0))
                                    .build()))
                    .isInstanceOf(BadRequestException.class)
                    .hasMessageContaining("temperature");
            assertThatThrownBy(() -> client.messages()
                            .create(asked().model("no-such-model").build()))
                    .isInstanceOf(NotFoundException.class);
        } finally {
            client.close();
        }
    }

    @Test
    void in_java_before_a_real_model() {
        SmallModel.assumeHere();
        try (Server server = SmallModel.serve()) {
            AnthropicClient client = AnthropicOkHttpClient.builder()
                    .baseUrl(server.at("/").toString())
                    .apiKey("none")
                    .maxRetries(0)
                    .build();
            try {
                var one = ToolChoiceAny.builder().disableParallelToolUse(true).build();
                Message called = client.messages()
                        .create(asked().model(SmallModel.NAME).toolChoice(one).build());
                assertThat(called.stopReason()).hasValue(StopReason.TOOL_USE);
                assertThat(inputs(called))
                        .singleElement()
                        .satisfies(input -> assertThat(input).startsWith("{city="));
            } finally {
                client.close();
            }
        }
    }

    private static MessageCreateParams.Builder asked() {
        return MessageCreateParams.builder()
                .model(ScriptedModel.NAME)
                .maxTokens(2_000)
                .putAdditionalBodyProperty("temperature", JsonValue.from(0))
                .addUserMessage("Is it sunny in Paris and in Rome?")
                .addTool(Tool.builder()
                        .name("weather")
                        .description("The weather of a city.")
                        .inputSchema(Tool.InputSchema.builder()
                                .properties(Tool.InputSchema.Properties.builder()
                                        .putAdditionalProperty(
                                                "city", JsonValue.from(Map.of("type", "string", "maxLength", 20)))
                                        .build())
                                .addRequired("city")
                                .putAdditionalProperty("additionalProperties", JsonValue.from(false))
                                .build())
                        .build());
    }

    private static String texts(Message message) {
        return String.join(
                "",
                message.content().stream()
                        .flatMap(block -> block.text().stream())
                        .map(text -> text.text())
                        .toList());
    }

    private static List<String> inputs(Message message) {
        return message.content().stream()
                .flatMap(block -> block.toolUse().stream())
                .map(call -> call._input().toString())
                .toList();
    }

    private static List<ContentBlockParam> results(Message calls) {
        return calls.content().stream()
                .flatMap((ContentBlock block) -> block.toolUse().stream())
                .map(call -> ContentBlockParam.ofToolResult(ToolResultBlockParam.builder()
                        .toolUseId(call.id())
                        .content("sunny")
                        .build()))
                .toList();
    }

    @Test
    void in_javascript_tools_thinking_streams_counts_and_errors() {
        assumeTrue(
                Files.isDirectory(JavaScriptWorker.ROOM.resolve("node_modules/@anthropic-ai/sdk")),
                "not run: the npm package @anthropic-ai/sdk is not installed (npm ci in conformance/ brings it)");
        var run = Command.run(
                List.of(
                        "node",
                        JavaScriptWorker.ROOM.resolve("src/test/js/messages.js").toString(),
                        model.at("/").toString(),
                        ScriptedModel.NAME,
                        "auto"),
                Map.of());

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        JsonNode seen = Http.parse(run.out());
        assertThat(seen.path("blocks").valueStream().map(JsonNode::asString))
                .containsExactly("thinking", "text", "tool_use", "tool_use");
        assertThat(seen.path("inputs").toString()).isEqualTo("[{\"city\":\"Paris\"},{\"city\":\"Rome\"}]");
        assertThat(seen.path("stopReason").asString()).isEqualTo("tool_use");
        assertThat(seen.path("requestId").asString()).startsWith("req_");
        assertThat(seen.path("answer").asString()).isEqualTo(ScriptedModel.ANSWER);
        assertThat(seen.path("answerReason").asString()).isEqualTo("end_turn");
        assertThat(seen.path("streamed").valueStream().map(JsonNode::asString).distinct())
                .containsExactly(
                        "message_start",
                        "content_block_start",
                        "content_block_delta",
                        "content_block_stop",
                        "message_delta",
                        "message_stop");
        assertThat(seen.path("finalBlocks")).isEqualTo(seen.path("wholeBlocks"));
        assertThat(seen.path("finalReason").asString()).isEqualTo("tool_use");
        assertThat(seen.path("finalUsage").path("output_tokens").asInt()).isEqualTo(ScriptedModel.CALLS.length());
        assertThat(seen.path("counted").asInt()).isPositive();
        assertThat(seen.path("models").valueStream().map(JsonNode::asString)).containsExactly(ScriptedModel.NAME);
        assertThat(seen.path("badRequest").asString()).isEqualTo("BadRequestError 400 invalid_request_error string");
        assertThat(seen.path("notFound").asString()).isEqualTo("NotFoundError 404 not_found_error string");
    }
}

package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** OpenAI's own Java client. */
@ExtendWith(SharedServers.class)
class OpenAiJavaTest {
    private final OpenAIClient client;

    OpenAiJavaTest(@Pace(Pace.Kind.FAST) Server server) {
        client = OpenAIOkHttpClient.builder()
                .baseUrl(server.at("/v1").toString())
                .apiKey("none")
                .maxRetries(0)
                .build();
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void chats() {
        ChatCompletion answer = client.chat().completions().create(chat().build());

        assertThat(answer.model()).isEqualTo(Server.MODEL);
        assertThat(answer.choices().getFirst().message().content())
                .hasValueSatisfying(text -> assertThat(text).isNotEmpty());
        assertThat(answer.usage())
                .hasValueSatisfying(
                        usage -> assertThat(usage.completionTokens()).isPositive());
    }

    @Test
    void streams_with_usage() {
        var params = chat().streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build();

        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(params)) {
            List<ChatCompletionChunk> chunks = stream.stream().toList();

            assertThat(chunks.stream()
                            .flatMap(chunk -> chunk.choices().stream())
                            .flatMap(choice -> choice.delta().content().stream()))
                    .isNotEmpty();
            assertThat(chunks.getLast().usage()).isPresent();
        }
    }

    @Test
    void reads_logprobs() {
        ChatCompletion answer = client.chat()
                .completions()
                .create(chat().logprobs(true).topLogprobs(2).build());

        var logprobs =
                answer.choices().getFirst().logprobs().orElseThrow().content().orElseThrow();
        assertThat(logprobs)
                .isNotEmpty()
                .allSatisfy(token -> assertThat(token.topLogprobs()).hasSize(2));
    }

    @Test
    void completes_text() {
        var answer = client.completions()
                .create(CompletionCreateParams.builder()
                        .model(Server.MODEL)
                        .prompt("Once upon a time")
                        .maxTokens(5)
                        .build());

        assertThat(answer.choices().getFirst().text()).isNotEmpty();
    }

    @Test
    void lists_models() {
        assertThat(client.models().list().data()).anyMatch(model -> model.id().equals(Server.MODEL));
    }

    @Test
    void sees_errors_as_its_own_exceptions() {
        assertThatThrownBy(() -> client.chat()
                        .completions()
                        .create(chat().temperature(3.0).build()))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("temperature");
        assertThatThrownBy(() -> client.chat()
                        .completions()
                        .create(chat().model("no-such-model").build()))
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void makes_a_response_with_every_member_that_it_requires() {
        Response response = client.responses().create(response().build());

        response.validate();
        assertThat(response.status()).contains(ResponseStatus.INCOMPLETE);
        assertThat(response.output()
                        .getFirst()
                        .asMessage()
                        .content()
                        .getFirst()
                        .asOutputText()
                        .text())
                .isNotEmpty();
        assertThat(response.usage().orElseThrow().outputTokens()).isEqualTo(10);
        client.responses().retrieve(response.id()).validate();
        var next = client.responses()
                .create(response().previousResponseId(response.id()).build());
        assertThat(next.previousResponseId()).contains(response.id());
        assertThat(client.responses().inputItems().list(response.id()).items()).hasSize(1);
        client.responses().delete(response.id());
        assertThatThrownBy(() -> client.responses().retrieve(response.id())).isInstanceOf(NotFoundException.class);
    }

    @Test
    void streams_a_response() {
        try (StreamResponse<ResponseStreamEvent> stream =
                client.responses().createStreaming(response().build())) {
            List<ResponseStreamEvent> events = stream.stream().toList();

            assertThat(events).allSatisfy(ResponseStreamEvent::validate);
            assertThat(events.getFirst().isCreated()).isTrue();
            assertThat(events.getLast().isIncomplete()).isTrue();
            assertThat(events.stream().flatMap(event -> event.outputTextDelta().stream()))
                    .isNotEmpty();
        }
    }

    private static ResponseCreateParams.Builder response() {
        return ResponseCreateParams.builder()
                .model(Server.MODEL)
                .input("Tell me a story.")
                .maxOutputTokens(10);
    }

    private static ChatCompletionCreateParams.Builder chat() {
        return ChatCompletionCreateParams.builder()
                .model(Server.MODEL)
                .addUserMessage("Tell me a story.")
                .maxCompletionTokens(10);
    }

    @Test
    void calls_a_tool_of_a_scripted_model() {
        try (ScriptedModel model = ScriptedModel.ofWeather()) {
            ChatCompletion answer = asked(model.at("/v1").toString(), weather(ScriptedModel.NAME));

            assertThat(answer.choices().getFirst().message().toolCalls().orElseThrow().stream()
                            .map(call -> call.asFunction().function().arguments()))
                    .containsExactly("{\"city\": \"Paris\"}", "{\"city\": \"Rome\"}");
        }
    }

    @Test
    void makes_a_real_model_call_a_tool() {
        SmallModel.assumeHere();
        try (Server server = SmallModel.serve()) {
            ChatCompletion answer = asked(
                    server.at("/v1").toString(),
                    weather(SmallModel.NAME)
                            .parallelToolCalls(false)
                            .temperature(0)
                            .toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED));

            assertThat(answer.choices().getFirst().message().toolCalls().orElseThrow())
                    .singleElement()
                    .satisfies(call -> assertThat(
                                    Http.parse(call.asFunction().function().arguments())
                                            .path("city")
                                            .isString())
                            .isTrue());
        }
    }

    private static ChatCompletion asked(String url, ChatCompletionCreateParams.Builder params) {
        OpenAIClient other = OpenAIOkHttpClient.builder()
                .baseUrl(url)
                .apiKey("none")
                .maxRetries(0)
                .build();
        try {
            return other.chat().completions().create(params.build());
        } finally {
            other.close();
        }
    }

    private static ChatCompletionCreateParams.Builder weather(String model) {
        return ChatCompletionCreateParams.builder()
                .model(model)
                .maxCompletionTokens(400)
                .addUserMessage("Is it sunny in Paris and in Rome?")
                .addFunctionTool(FunctionDefinition.builder()
                        .name("weather")
                        .parameters(FunctionParameters.builder()
                                .putAdditionalProperty("type", JsonValue.from("object"))
                                .putAdditionalProperty(
                                        "properties",
                                        JsonValue.from(Map.of("city", Map.of("type", "string", "maxLength", 20))))
                                .putAdditionalProperty("required", JsonValue.from(List.of("city")))
                                .putAdditionalProperty("additionalProperties", JsonValue.from(false))
                                .build())
                        .build());
    }
}

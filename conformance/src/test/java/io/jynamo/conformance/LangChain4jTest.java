package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.service.AiServices;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** LangChain4j's OpenAI client, and an assistant made of it with a tool. */
@ExtendWith(SharedServers.class)
class LangChain4jTest {
    private final Server server;

    LangChain4jTest(@Pace(Pace.Kind.FAST) Server server) {
        this.server = server;
    }

    @Test
    void chats() {
        var model = OpenAiChatModel.builder()
                .baseUrl(server.at("/v1").toString())
                .apiKey("none")
                .modelName(Server.MODEL)
                .maxCompletionTokens(10)
                .build();

        assertThat(model.chat("Tell me a story.")).isNotBlank();
    }

    @Test
    void streams() throws Exception {
        var model = OpenAiStreamingChatModel.builder()
                .baseUrl(server.at("/v1").toString())
                .apiKey("none")
                .modelName(Server.MODEL)
                .maxCompletionTokens(10)
                .build();
        var pieces = new StringBuilder();
        var complete = new CompletableFuture<ChatResponse>();

        model.chat("Tell me a story.", new StreamingChatResponseHandler() {
            @Override
            public void onPartialResponse(String piece) {
                pieces.append(piece);
            }

            @Override
            public void onCompleteResponse(ChatResponse response) {
                complete.complete(response);
            }

            @Override
            public void onError(Throwable error) {
                complete.completeExceptionally(error);
            }
        });

        ChatResponse response = complete.get(30, TimeUnit.SECONDS);
        assertThat(pieces.toString())
                .isNotBlank()
                .isEqualTo(response.aiMessage().text());
        assertThat(response.tokenUsage().outputTokenCount()).isPositive();
    }

    @Test
    void asks_a_real_model() {
        SmallModel.assumeHere();
        try (Server small = SmallModel.serve()) {
            var model = OpenAiChatModel.builder()
                    .baseUrl(small.at("/v1").toString())
                    .apiKey("none")
                    .modelName(SmallModel.NAME)
                    .temperature(0.0)
                    .maxCompletionTokens(24)
                    .build();

            assertThat(model.chat("What is the capital of France?")).contains("Paris");
        }
    }

    /** An assistant that LangChain4j makes of a model. */
    interface Assistant {
        String chat(String question);
    }

    /** What the model may ask. */
    static final class Weather {
        private final List<String> asked = new ArrayList<>();

        @Tool("The weather of a city.")
        String weather(@P("The city.") String city) {
            asked.add(city);
            return "sunny";
        }
    }

    @Test
    void calls_its_tools_and_goes_on() {
        try (ScriptedModel scripted = ScriptedModel.ofWeather()) {
            var weather = new Weather();
            var model = OpenAiChatModel.builder()
                    .baseUrl(scripted.at("/v1").toString())
                    .apiKey("none")
                    .modelName(ScriptedModel.NAME)
                    .maxCompletionTokens(1_000)
                    .build();
            Assistant assistant = AiServices.builder(Assistant.class)
                    .chatModel(model)
                    .tools(weather)
                    .build();

            assertThat(assistant.chat("Is it sunny in Paris and in Rome?")).isEqualTo(ScriptedModel.ANSWER);
            assertThat(weather.asked).containsExactly("Paris", "Rome");
        }
    }
}

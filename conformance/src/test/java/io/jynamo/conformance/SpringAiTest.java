package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.tool.annotation.Tool;

/** Spring AI's chat client with a tool that it calls itself. */
class SpringAiTest {
    private static ScriptedModel model;

    private final List<String> asked = new ArrayList<>();

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

    /** What the model may ask. */
    final class Weather {
        @Tool(description = "The weather of a city.")
        String weather(String city) {
            asked.add(city);
            return "sunny";
        }
    }

    @Test
    void calls_its_tool_and_goes_on() {
        String answer = client().prompt("Is it sunny in Paris and in Rome?")
                .tools(new Weather())
                .call()
                .content();

        assertThat(asked).containsExactly("Paris", "Rome");
        assertThat(answer).isEqualTo(ScriptedModel.ANSWER);
    }

    @Test
    void streams() {
        List<String> pieces = client().prompt("Is it sunny in Paris and in Rome?").tools(new Weather()).stream()
                .content()
                .collectList()
                .block();

        assertThat(asked).containsExactly("Paris", "Rome");
        assertThat(String.join("", pieces)).endsWith(ScriptedModel.ANSWER);
    }

    @Test
    void asks_a_real_model() {
        SmallModel.assumeHere();
        try (Server server = SmallModel.serve()) {
            ChatClient client = client(server.at("/v1").toString(), SmallModel.NAME);
            String whole =
                    client.prompt("What is the capital of France?").call().content();
            List<String> streamed = client.prompt("What is the capital of France?").stream()
                    .content()
                    .collectList()
                    .block();

            assertThat(whole).contains("Paris");
            assertThat(String.join("", streamed)).isEqualTo(whole);
        }
    }

    private static ChatClient client() {
        return client(model.at("/v1").toString(), ScriptedModel.NAME);
    }

    private static ChatClient client(String url, String name) {
        return ChatClient.create(OpenAiChatModel.builder()
                .options(OpenAiChatOptions.builder()
                        .baseUrl(url)
                        .apiKey("none")
                        .model(name)
                        .temperature(0.0)
                        .maxTokens(1_000)
                        .build())
                .build());
    }
}

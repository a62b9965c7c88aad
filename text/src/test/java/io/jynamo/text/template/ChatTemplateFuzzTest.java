package io.jynamo.text.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jazzer's way into chat templates and the files they come in. A normal run replays the corpus in the resources folder
 * ChatTemplateFuzzTestInputs; with JAZZER_FUZZ=1 in the environment and -Dfuzz.search=true, one method at a time, it
 * searches for inputs that break them.
 */
@Tag("fuzz")
class ChatTemplateFuzzTest {
    /** Small, so that what runs into a limit does so before the search slows down. */
    private static final TemplateLimits LIMITS = new TemplateLimits(20_000, 100, 20_000, 600, 1 << 18, 1 << 20);

    private static final ChatPrompt.Request REQUEST = request();

    @TempDir
    Path folder;

    @FuzzTest(maxDuration = "80s")
    void template(byte[] data) {
        try {
            ChatPrompt.compile(
                            TemplateSources.of(new String(data, StandardCharsets.UTF_8)),
                            SpecialTokens.of("<s>", "</s>"),
                            LIMITS,
                            Outcome.CLOCK)
                    .render(REQUEST);
        } catch (JynamoException e) {
            assertThat(e.code()).isIn(ErrorCode.TEMPLATE_INVALID, ErrorCode.TEMPLATE_FAILED);
        }
    }

    @FuzzTest(maxDuration = "80s")
    void files(byte[] data) throws IOException {
        for (String name : List.of("tokenizer_config.json", "special_tokens_map.json", "chat_template.json")) {
            Files.write(folder.resolve(name), data);
        }
        try {
            SpecialTokens tokens = SpecialTokens.find(folder);
            ChatTemplates.find(folder).ifPresent(sources -> ChatPrompt.compile(sources, tokens, LIMITS, Outcome.CLOCK));
        } catch (JynamoException e) {
            assertThat(e.code()).isIn(ErrorCode.TEMPLATE_INVALID, ErrorCode.MODEL_FILE_CORRUPT);
        }
    }

    private static ChatPrompt.Request request() {
        try {
            List<Map<String, Object>> messages = List.of(
                    Map.of("role", "system", "content", "Be brief."),
                    Map.of("role", "user", "content", List.of(Map.of("type", "text", "text", "Grüße 🙂"))),
                    Map.of("role", "assistant", "content", "", "tool_calls", List.of(call())),
                    Map.of("role", "tool", "tool_call_id", "c1", "content", "{\"t\": 21.5}"));
            var tool = Map.of(
                    "type", "function", "function", Map.of("name", "now", "parameters", Map.of("type", "object")));
            return new ChatPrompt.Request(messages, List.of(tool), TemplateGoldenTest.variables(), true, false);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, Object> call() {
        return Map.of(
                "id", "c1", "type", "function", "function", Map.of("name", "now", "arguments", "{\"where\": \"x\"}"));
    }
}

package io.jynamo.text.reply;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

class JsonCheckTest {
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final List<String> PIECES = List.of(
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\"a\"",
            "\"a\":",
            "1",
            "0",
            "-",
            ".",
            "e",
            "E+",
            "5",
            "true",
            "false",
            "null",
            "nul",
            " ",
            "\n",
            "\\",
            "\\u00",
            "e9",
            "\\n",
            "é",
            "🦁",
            "\t",
            "{\"k\": [1, {}]}",
            "-0.5e-7");

    @Test
    void knowsWhatIsJson() {
        assertThat(List.of("0", "-1.5e+3", " {} ", "[[], {\"a\": \"\\ud83e\"}]", "\"\"", "null"))
                .allMatch(JsonCheck::isJson);
        assertThat(List.of(
                        "",
                        "01",
                        "1.",
                        ".5",
                        "+1",
                        "[1,]",
                        "{\"a\":1,}",
                        "{a:1}",
                        "'a'",
                        "\"a\nb\"",
                        "tru",
                        "{} {}",
                        "\"\\x\""))
                .noneMatch(JsonCheck::isJson);
    }

    @Test
    void boundsTheDepth() {
        assertThat(JsonCheck.isJson("[".repeat(JsonCheck.DEPTH) + "]".repeat(JsonCheck.DEPTH)))
                .isTrue();
        assertThat(JsonCheck.isJson("[".repeat(JsonCheck.DEPTH + 1) + "]".repeat(JsonCheck.DEPTH + 1)))
                .isFalse();
    }

    @Test
    void agreesWithJackson() {
        var fresh = System.nanoTime();
        for (var seed : List.of(7L, fresh)) {
            var random = new SplittableRandom(seed);
            for (int i = 0; i < 20_000; i++) {
                var text = new StringBuilder();
                for (int n = random.nextInt(1, 9); n > 0; n--) {
                    text.append(PIECES.get(random.nextInt(PIECES.size())));
                }
                assertThat(JsonCheck.isJson(text)).as("seed %d: %s", seed, text).isEqualTo(jackson(text.toString()));
            }
        }
    }

    private static boolean jackson(String text) {
        try {
            return !STRICT.readTree(text).isMissingNode();
        } catch (JacksonException e) {
            return false;
        }
    }
}

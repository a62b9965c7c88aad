package io.jynamo.text.template;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates of our own, one for each feature of the language, against what Python's jinja2 made of them. */
class TemplateGoldenTest {
    static String resource(String name) throws IOException {
        try (var in = requireNonNull(TemplateGoldenTest.class.getResourceAsStream("/golden/templates/" + name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    static Map<String, Object> variables() throws IOException {
        return Outcome.object(Outcome.JSON.readValue(resource("variables.json"), Object.class));
    }

    static List<Map<String, Object>> goldens() throws IOException {
        return resource("goldens.jsonl")
                .lines()
                .map(line -> Outcome.object(Outcome.JSON.readValue(line, Object.class)))
                .toList();
    }

    @Test
    void agreesWithPythonOnEveryFeature() throws IOException {
        var variables = variables();
        var differences = new ArrayList<String>();
        for (var row : goldens()) {
            var source = String.valueOf(row.get("template"));
            var oracle = Outcome.golden(row);
            var ours = outcome(source, variables);
            if (!ours.equals(oracle)) {
                differences.add(source + "\n  oracle " + oracle + " " + row.get("message") + "\n  ours   " + ours);
            }
        }
        assertThat(differences).isEmpty();
    }

    private static Outcome outcome(String source, Map<String, Object> variables) {
        try {
            return Outcome.of(ChatTemplates.compile(source, TemplateLimits.DEFAULT, Outcome.CLOCK), variables);
        } catch (JynamoException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.TEMPLATE_INVALID);
            return Outcome.failed("TemplateSyntaxError", "");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"include", "import", "from", "extends", "block", "autoescape", "do"})
    void refusesTagsThatReachOutOfTheTemplateByName(String tag) {
        assertThatThrownBy(() -> ChatTemplates.compile("a\n\n{% " + tag + " 'x' %}"))
                .isInstanceOfSatisfying(JynamoException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.TEMPLATE_INVALID);
                    assertThat(e).hasMessageContaining("line 3").hasMessageContaining("'" + tag + "'");
                });
    }

    @Test
    void saysWhereATemplateFailed() {
        var template = ChatTemplates.compile("a\n{% if true %}\n{{ messages[0].content }}\n{% endif %}");
        assertThatThrownBy(() -> template.render(Map.of("messages", List.of())))
                .isInstanceOf(JynamoException.class)
                .hasMessage("The chat template failed near line 3: UndefinedError: list object has no element 0");
    }
}

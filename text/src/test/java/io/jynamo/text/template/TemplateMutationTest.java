package io.jynamo.text.template;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Broken templates of every kind: they render, or fail with one of the two template errors, and nothing else. */
class TemplateMutationTest {
    private static final Set<ErrorCode> NAMED = Set.of(ErrorCode.TEMPLATE_INVALID, ErrorCode.TEMPLATE_FAILED);
    private static final TemplateLimits LIMITS = new TemplateLimits(20_000, 100, 50_000, 600, 1 << 20, 1 << 22);
    private static final String[] PIECES = {
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "-",
        "+",
        "|",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "'",
        "\"",
        "\\",
        ".",
        ",",
        ":",
        "~",
        "*",
        "**",
        "%",
        "//",
        "=",
        "==",
        "<",
        " in ",
        " not ",
        " is ",
        " if ",
        " else ",
        " for ",
        "loop",
        "endfor",
        "endif",
        "set ",
        "macro ",
        "call ",
        "xs",
        "d",
        "s",
        "u",
        "nil",
        "99999999999999999999",
        "0",
        "-1",
        "1.5",
        "ns",
        "|list",
        "|tojson",
        "|sort",
        "|map",
        "|length",
        "|join",
        "|int",
        "|format",
        ".format(",
        ".split(",
        "🙂",
        "\n",
        "\0"
    };

    @Test
    void neverBreakTheRendererWithAFixedSeed() throws IOException {
        mutate(20261126L, 20_000);
    }

    @Test
    @Tag("long")
    void neverBreakTheRendererWithAFreshSeed() throws IOException {
        mutate(System.nanoTime(), 400_000);
    }

    private static void mutate(long seed, int rounds) throws IOException {
        var random = new SplittableRandom(seed);
        var variables = TemplateGoldenTest.variables();
        var sources = TemplateGoldenTest.goldens().stream()
                .map(row -> String.valueOf(row.get("template")))
                .toList();
        for (int i = 0; i < rounds; i++) {
            var source = mutated(random, sources);
            try {
                run(source, variables);
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
                throw new AssertionError("seed " + seed + ", round " + i + ", template:\n" + source, e);
            }
        }
    }

    private static void run(String source, Map<String, Object> variables) {
        try {
            ChatTemplates.compile(source, LIMITS, Outcome.CLOCK).render(variables);
        } catch (JynamoException e) {
            assertThat(e.code()).isIn(NAMED);
        }
    }

    private static String mutated(SplittableRandom random, List<String> sources) {
        var source = new StringBuilder(sources.get(random.nextInt(sources.size())));
        for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
            var at = random.nextInt(source.length() + 1);
            switch (random.nextInt(4)) {
                case 0 -> source.insert(at, PIECES[random.nextInt(PIECES.length)]);
                case 1 -> source.delete(at, Math.min(source.length(), at + 1 + random.nextInt(6)));
                case 2 -> {
                    source.delete(at, Math.min(source.length(), at + 1 + random.nextInt(3)));
                    source.insert(at, PIECES[random.nextInt(PIECES.length)]);
                }
                default -> {
                    var other = sources.get(random.nextInt(sources.size()));
                    var from = random.nextInt(other.length() + 1);
                    source.insert(at, other, from, Math.min(other.length(), from + random.nextInt(30)));
                }
            }
        }
        return source.toString();
    }
}

package io.jynamo.text.reply;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Random texts of markers, beginnings of markers and junk: no reader fails, and no cut of the text changes what it is. */
class ReplyMutationTest {
    private static final List<String> JUNK = List.of(
            "{",
            "}",
            "[",
            "]",
            "\"",
            "'",
            ",",
            ":",
            ";",
            "=",
            "(",
            ")",
            "<",
            ">",
            "|",
            "\n",
            " ",
            "\\",
            "a",
            "note",
            "name",
            "\"name\": \"note\"",
            "\"arguments\": ",
            "\"parameters\": {}",
            "{\"name\": \"note\", \"arguments\": {\"text\": \"x\"}}",
            "{\"text\": \"é\"}",
            "text",
            "\"text\"",
            "note(text='x')",
            "[note(text=\"x\")]",
            "1",
            "-2.5",
            "True",
            "null",
            "🦁",
            "\ud83e",
            "functions.note:0",
            "```json\n",
            "to=functions.note ",
            "assistant",
            "analysis",
            "commentary",
            "final",
            "call:note{",
            "text:",
            "<|\"|>",
            "<parameter=text>",
            "</parameter>",
            "<arg_key>text</arg_key>",
            "<arg_value>",
            "</arg_value>",
            "<parameter name=\"text\">",
            "note\">",
            "</invoke>",
            "</｜DSML｜invoke>",
            "[ARGS]",
            "<｜tool▁sep｜>",
            "function");

    private static final List<OfferedTool> TOOLS = ReplyMutationTest.tools();

    private static List<OfferedTool> tools() {
        try {
            return OwnCases.tools();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void randomTexts() {
        run(20_261_128, 100);
    }

    @Test
    void freshRandomTexts() {
        run(System.nanoTime(), 50);
    }

    @Test
    void casesCutAndJoined() throws IOException {
        var seed = System.nanoTime();
        var random = new SplittableRandom(seed);
        var cases = OwnCases.read();
        for (var each : cases) {
            var others = cases.stream()
                    .filter(other -> other.format().equals(each.format()))
                    .toList();
            for (int round = 0; round < 20; round++) {
                var text = new StringBuilder(each.text());
                for (int n = random.nextInt(1, 4); n > 0; n--) {
                    var other = others.get(random.nextInt(others.size())).text();
                    var from = random.nextInt(text.length() + 1);
                    var to = Math.min(text.length(), from + random.nextInt(6));
                    text.replace(from, to, random.nextBoolean() ? part(random, other) : pick(random, JUNK));
                }
                var settings = random.nextBoolean() ? each.settings() : settings(random);
                same(seed, random, each.format(), settings, text.toString());
            }
        }
    }

    private static String part(SplittableRandom random, String text) {
        var from = random.nextInt(text.length() + 1);
        return text.substring(from, random.nextInt(from, text.length() + 1));
    }

    private static void run(long seed, int rounds) {
        var random = new SplittableRandom(seed);
        for (var calls : ReplyFormat.callNames()) {
            for (var reasoning : List.of("", "qwen3", "deepseek_r1", "granite", "gemma4", "gpt_oss")) {
                var format = ReplyFormat.PLAIN.withCalls(calls);
                var both = reasoning.isEmpty() ? format : format.withReasoning(reasoning);
                for (int i = 0; i < rounds; i++) {
                    same(seed, random, both, settings(random), text(random, calls));
                }
            }
        }
    }

    private static ReplySettings settings(SplittableRandom random) {
        var choices = List.of(
                new ToolChoice.Auto(),
                new ToolChoice.Auto(),
                new ToolChoice.None(),
                new ToolChoice.Required(),
                new ToolChoice.Named("note"));
        var prompts = ReplySettings.Prompt.values();
        return new ReplySettings(
                TOOLS,
                choices.get(random.nextInt(choices.size())),
                prompts[random.nextInt(prompts.length)],
                random.nextInt(4) > 0);
    }

    private static String text(SplittableRandom random, String calls) {
        var markers = markers(calls);
        var text = new StringBuilder();
        for (int n = random.nextInt(1, 30); n > 0; n--) {
            var piece = random.nextBoolean() ? pick(random, markers) : pick(random, JUNK);
            text.append(random.nextInt(8) == 0 ? piece.substring(0, random.nextInt(piece.length())) : piece);
        }
        return text.toString();
    }

    private static List<String> markers(String calls) {
        var think = List.of("<think>", "</think>", "Here is my thought process:", "<|channel>thought\n", "<channel|>");
        if (calls.equals("harmony")) {
            return Stream.concat(
                            think.stream(),
                            Stream.of(
                                    "<|start|>",
                                    "<|channel|>",
                                    "<|message|>",
                                    "<|end|>",
                                    "<|call|>",
                                    "<|return|>",
                                    "<|constrain|>"))
                    .toList();
        }
        return Stream.concat(think.stream(), ReplyFormat.markersOf(calls).stream())
                .toList();
    }

    private static String pick(SplittableRandom random, List<String> from) {
        return from.get(random.nextInt(from.size()));
    }

    private static void same(
            long seed, SplittableRandom random, ReplyFormat format, ReplySettings settings, String text) {
        var pieces = new ArrayList<String>();
        for (int at = 0; at < text.length(); ) {
            var end = Math.min(text.length(), at + random.nextInt(9));
            pieces.add(text.substring(at, end));
            at = end;
        }
        assertThat(Told.of(format, settings, pieces))
                .as("seed %d, %s, %s, %s: %s", seed, format, settings.choice(), settings.prompt(), text)
                .isEqualTo(Told.of(format, settings, text));
        assertThat(Told.of(format, settings, Told.characters(text)))
                .as("seed %d, %s, %s, %s: %s", seed, format, settings.choice(), settings.prompt(), text)
                .isEqualTo(Told.of(format, settings, text));
    }
}

package io.jynamo.text.reply;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The work for a reply is linear in its text, counted in characters looked at and written. */
class ReplyWorkTest {
    private static final int QUARTER = 1 << 18;
    private static final List<OfferedTool> TOOLS = List.of(new OfferedTool(
            "note", Map.of("properties", Map.of("text", Map.of("type", "string"), "list", Map.of("type", "array")))));

    /** Text of some length that is hard on a format, for each. */
    private static Map<String, IntFunction<String>> texts() {
        var texts = new LinkedHashMap<String, IntFunction<String>>();
        texts.put(
                "hermes",
                n -> "<tool_call>{\"name\": \"note\", \"arguments\": {\"text\": \"" + "x<tool_".repeat(n / 7));
        texts.put("hermes ", n -> "<tool_call>".repeat(n / 11));
        texts.put("hermes  ", n -> "<tool_call>{\"arguments\": \"" + "y".repeat(n));
        texts.put("hermes   ", n -> "<tool_call>" + "{\"a\":".repeat(n / 5));
        texts.put(
                "qwen3_coder",
                n -> "<function=note><parameter=text>" + "\n</parameter</function>\n</tool_cal".repeat(n / 35));
        texts.put(
                "qwen3_coder ",
                n -> "<function=note>\n<parameter=list>\n" + "[1, 'a'], ".repeat(n / 10)
                        + "\n</parameter>\n</function>");
        texts.put("qwen3_coder  ", n -> "<function=".repeat(n / 10));
        texts.put("glm45", n -> "<tool_call>note" + "<arg_key>k</arg_key>".repeat(n / 20));
        texts.put("pythonic", n -> "[note(text='" + "\\x41".repeat(n / 4) + "', list=" + "[".repeat(400) + "])]");
        texts.put("pythonic ", n -> "[note(".repeat(n / 6));
        texts.put("pythonic  ", n -> "[note(a=1)".repeat(n / 10));
        texts.put(
                "llama3_json",
                n -> "{\"name\": \"note\", \"parameters\": {\"text\": \"" + "\\n".repeat(n / 2) + "\"}}");
        texts.put("llama3_json ", n -> "{\"name\":\n".repeat(n / 9));
        texts.put("mistral", n -> "[TOOL_CALLS]note[ARGS".repeat(n / 21));
        texts.put("gemma4", n -> "<|tool_call>call:note{text:<|\"|>" + "<|\"".repeat(n / 3));
        texts.put("deepseek_v3", n -> "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function".repeat(n / 45));
        texts.put("kimi_k2", n -> "<|tool_calls_section_begin|><|tool_call_begin|>" + "a".repeat(n));
        texts.put("harmony", n -> "<|channel|>analysis<|message|>" + "<|start|>assistan".repeat(n / 17));
        texts.put("harmony ", n -> "<|start|>assistant to=" + "a".repeat(n));
        texts.put(
                "deepseek_v4",
                n -> "<｜DSML｜tool_calls><｜DSML｜invoke name=\"note\"><｜DSML｜parameter name=\"text\">"
                        + "</｜DSML｜para".repeat(n / 12));
        return texts;
    }

    @Test
    void isLinear() {
        texts().forEach((name, text) -> {
            var quarter = work(name, text.apply(QUARTER));
            var whole = work(name, text.apply(4 * QUARTER));
            assertThat(whole).as(name).isLessThan(quarter * 41 / 10);
            assertThat(whole).as("%s: work for a character", name).isLessThan(4L * QUARTER * 12);
        });
    }

    @Test
    void isLinearWhenItComesByTheCharacter() {
        var told = new Nothing();
        var format = ReplyFormat.PLAIN.withCalls("hermes").withReasoning("qwen3");
        var parser = new ReplyParser(format, ReplySettings.of(TOOLS), told);
        var whole = "<tool_call>{\"name\": \"note\", \"arguments\": {\"text\": \"" + "x<tool_".repeat(QUARTER / 7);
        for (int i = 0; i < whole.length(); i++) {
            parser.accept(whole.substring(i, i + 1));
        }
        parser.finish();
        assertThat(parser.work()).isEqualTo(work("hermes", whole));
        assertThat(told.told).isLessThanOrEqualTo(whole.length());
    }

    private static long work(String name, String text) {
        var format = ReplyFormat.PLAIN.withCalls(name).withReasoning(name.startsWith("harmony") ? "gpt_oss" : "qwen3");
        var parser = new ReplyParser(format, ReplySettings.of(TOOLS), new Nothing());
        parser.accept(text);
        parser.finish();
        return parser.work();
    }

    /** Counts what it is told and keeps none of it. */
    private static final class Nothing implements ReplySink {
        private int told;

        @Override
        public void content(String text) {
            told += text.length();
        }

        @Override
        public void reasoning(String text) {
            told += text.length();
        }

        @Override
        public void callBegun(int index, String name, @Nullable String id) {}

        @Override
        public void arguments(int index, String json) {
            told += json.length();
        }

        @Override
        public void callEnded(int index) {}

        @Override
        public void callCut(int index) {}

        @Override
        public void warning(ReplyWarning code, String detail) {}
    }
}

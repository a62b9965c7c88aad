package io.jynamo.text.reply;

import io.jynamo.protocol.OutputConstraint.Call;
import io.jynamo.protocol.OutputConstraint.Calls;
import java.util.List;
import java.util.function.Function;

/**
 * How calls are written that an engine is held to: in a family's own markup where their arguments stand in it as JSON, else in the JSON that a reader
 * of a forced call takes whatever the family: an array of {@code {"name", "parameters"}}, or the arguments alone where one tool is named.
 */
public final class HeldCalls {
    /**
     * A tool that may be called.
     *
     * @param arguments JSON Schema of its arguments, as text
     * @param strict where an object with properties does not say {@code additionalProperties} there are none
     */
    public record Tool(String name, String arguments, boolean strict) {}

    private final List<Tool> tools;
    private final boolean several;
    private final boolean free;

    private HeldCalls(List<Tool> tools, boolean several, boolean free) {
        this.tools = tools;
        this.several = several;
        this.free = free;
    }

    /** Calls that must come. */
    static Calls forced(String format, List<Tool> tools, boolean named, boolean several, boolean heads) {
        var calls = new HeldCalls(tools, several && !named, false);
        return calls.hasMarkup(format, named) ? calls.inMarkup(format, heads) : calls.plain(named);
    }

    /** Calls that may come after text, in a family's markup. */
    static Calls free(String format, List<Tool> tools, boolean several, boolean heads) {
        return new HeldCalls(tools, several, true).inMarkup(format, heads);
    }

    /** Whether calls that may be left out can be held: something must tell where they begin. */
    static boolean canBeFree(String format) {
        return switch (format) {
            case "hermes",
                    "jamba",
                    "nemotron_deci",
                    "phi4",
                    "granite",
                    "mistral",
                    "deepseek_v3",
                    "deepseek_v3_1",
                    "kimi_k2" -> true;
            default -> false;
        };
    }

    /** A named call that is an object begins as its arguments alone do, which is what a reader then takes it for. */
    private boolean hasMarkup(String format, boolean named) {
        boolean object = format.equals("llama3_json") || format.equals("hermes");
        return object ? !named : canBeFree(format);
    }

    private Calls inMarkup(String format, boolean heads) {
        return switch (format) {
            case "hermes" ->
                block(
                        "<tool_call>\n",
                        json("arguments"),
                        "\n</tool_call>\n<tool_call>\n",
                        "\n</tool_call>",
                        several,
                        "<tool_call>",
                        "</tool_call>");
            case "jamba" -> array("<tool_calls>", "</tool_calls>");
            case "nemotron_deci" -> array("<TOOLCALL>", "</TOOLCALL>");
            case "phi4" -> array("functools", "");
            case "granite" -> array("<|tool_call|>", "");
            case "mistral" -> heads ? heads() : array("[TOOL_CALLS]", "");
            case "deepseek_v3" ->
                deepSeek(tool -> call("function<｜tool▁sep｜>" + tool.name() + "\n```json\n", tool, "\n```"));
            case "deepseek_v3_1" -> deepSeek(tool -> call(tool.name() + "<｜tool▁sep｜>", tool, ""));
            case "kimi_k2" -> kimi();
            case "llama3_json" -> block("", json("parameters"), "; ", "", several);
            default -> throw new IllegalArgumentException("calls of " + format + " are not JSON in fixed markup");
        };
    }

    private Calls plain(boolean named) {
        return named
                ? block("", tool -> call("", tool, ""), "", "", false)
                : block("[", json("parameters"), ", ", "]", several);
    }

    private static Call call(String head, Tool tool, String tail) {
        return new Call(head, tool.arguments(), tool.strict(), tail);
    }

    /** Names have no character that JSON escapes. */
    private static Function<Tool, Call> json(String key) {
        return tool -> call("{\"name\": \"" + tool.name() + "\", \"" + key + "\": ", tool, "}");
    }

    private Calls array(String open, String close) {
        return block(open + "[", json("arguments"), ", ", "]" + close, several, open, close);
    }

    /** Mistral's since v11: each call has the marker. */
    private Calls heads() {
        return block(
                "[TOOL_CALLS]",
                tool -> call(tool.name() + "[ARGS]", tool, ""),
                "[TOOL_CALLS]",
                "",
                several,
                "[TOOL_CALLS]",
                "[ARGS]");
    }

    private Calls deepSeek(Function<Tool, Call> calls) {
        return block(
                "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>",
                calls,
                "<｜tool▁call▁end｜><｜tool▁call▁begin｜>",
                "<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
                several,
                "<｜tool▁calls▁begin｜>",
                "<｜tool▁call▁begin｜>",
                "<｜tool▁sep｜>",
                "<｜tool▁call▁end｜>",
                "<｜tool▁calls▁end｜>");
    }

    /** One at most: each call's id has its number, which a repetition cannot count. */
    private Calls kimi() {
        return block(
                "<|tool_calls_section_begin|><|tool_call_begin|>",
                tool -> call("functions." + tool.name() + ":0<|tool_call_argument_begin|>", tool, ""),
                "",
                "<|tool_call_end|><|tool_calls_section_end|>",
                false,
                "<|tool_calls_section_begin|>",
                "<|tool_call_begin|>",
                "<|tool_call_argument_begin|>",
                "<|tool_call_end|>",
                "<|tool_calls_section_end|>");
    }

    private Calls block(
            String begin, Function<Tool, Call> call, String between, String end, boolean more, String... markers) {
        return new Calls(begin, tools.stream().map(call).toList(), between, end, more, free, List.of(markers));
    }
}

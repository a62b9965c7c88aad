package io.jynamo.text.reply;

import io.jynamo.text.reply.NamedCallReader.Head;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** How each family marks its calls. */
final class CallStyles {
    private CallStyles() {}

    /** A list or an object right where a block begins. */
    private static final Notation JSON = (place, c, calls, types) ->
            JsonCallReader.begins(c) && place != Notation.Place.BETWEEN ? new JsonCallReader(calls, false) : null;

    /** The same, where one block may hold one object after another. */
    private static final Notation JSON_LINES =
            (place, c, calls, types) -> JsonCallReader.begins(c) ? new JsonCallReader(calls, false) : null;

    private static final NamedCallReader.Style MISTRAL_HEAD =
            NamedCallReader.Style.of(List.of("[ARGS]", "[CALL_ID]"), CallStyles::mistralHead);
    private static final NamedCallReader.Style DEEPSEEK_V3_HEAD =
            NamedCallReader.Style.of(List.of("```json", "<｜tool▁sep｜>"), CallStyles::deepSeekHead);
    private static final NamedCallReader.Style DEEPSEEK_V31_HEAD = NamedCallReader.Style.of(
            List.of("<｜tool▁sep｜>"), text -> NamedCallReader.isName(text) ? new Head(text, null) : null);
    private static final NamedCallReader.Style KIMI_HEAD =
            NamedCallReader.Style.of(List.of("<|tool_call_argument_begin|>"), CallStyles::kimiHead);

    static final CallStyle HERMES = CallStyle.block("<tool_call>", List.of("</tool_call>"), JSON_LINES);
    static final CallStyle JAMBA = CallStyle.block("<tool_calls>", List.of("</tool_calls>"), JSON_LINES);
    static final CallStyle NEMOTRON = CallStyle.block("<TOOLCALL>", List.of("</TOOLCALL>"), JSON);
    static final CallStyle PHI4 = CallStyle.block("functools", List.of(), JSON);
    static final CallStyle GRANITE =
            CallStyle.of(List.of("<|tool_call|>", "<tool_call>"), List.of(), List.of(), List.of("</tool_call>"), JSON);
    static final CallStyle LLAMA3 = CallStyle.of(
                    List.of("<|python_tag|>"), List.of(), List.of(";"), List.of(), CallStyles::llama)
            .allowingBareCalls();
    static final CallStyle MISTRAL = CallStyle.block("[TOOL_CALLS]", List.of("[/TOOL_CALLS]"), CallStyles::mistral);
    static final CallStyle PYTHONIC = CallStyle.block(
                    "<|python_start|>",
                    List.of("<|python_end|>"),
                    at(c -> c == '[', (calls, types) -> new PythonicReader(calls)))
            .allowingBareCalls();
    static final CallStyle GEMMA = CallStyle.block(
            "<|tool_call>", List.of("<tool_call|>"), at(c -> c == 'c', (calls, types) -> new GemmaReader(calls)));
    static final CallStyle GLM = CallStyle.block("<tool_call>", List.of("</tool_call>"), CallStyles::glm);

    static final CallStyle DEEPSEEK_V3 = CallStyle.of(
            List.of("<｜tool▁calls▁begin｜>"),
            List.of("<｜tool▁call▁begin｜>"),
            List.of("<｜tool▁call▁end｜>", "```<｜tool▁call▁end｜>"),
            List.of("<｜tool▁calls▁end｜>"),
            marked((calls, types) -> new NamedCallReader(calls, DEEPSEEK_V3_HEAD)));
    static final CallStyle DEEPSEEK_V31 = CallStyle.of(
            List.of("<｜tool▁calls▁begin｜>"),
            List.of("<｜tool▁call▁begin｜>"),
            List.of("<｜tool▁call▁end｜>"),
            List.of("<｜tool▁calls▁end｜>"),
            marked((calls, types) -> new NamedCallReader(calls, DEEPSEEK_V31_HEAD)));
    static final CallStyle KIMI = CallStyle.of(
            List.of("<|tool_calls_section_begin|>", "<|tool_call_section_begin|>"),
            List.of("<|tool_call_begin|>"),
            List.of("<|tool_call_end|>"),
            List.of("<|tool_calls_section_end|>", "<|tool_call_section_end|>"),
            marked((calls, types) -> new NamedCallReader(calls, KIMI_HEAD)));
    static final CallStyle DEEPSEEK_V32 = dsml("function_calls");
    static final CallStyle DEEPSEEK_V4 = dsml("tool_calls");
    static final CallStyle MINIMAX_M2 = CallStyle.of(
            List.of("<minimax:tool_call>"),
            List.of("<invoke name=\""),
            List.of(),
            List.of("</minimax:tool_call>"),
            tagged(TaggedStyle.MINIMAX));
    static final CallStyle QWEN3_CODER = CallStyle.of(
                    List.of("<tool_call>"),
                    List.of("<function="),
                    List.of(),
                    List.of("</tool_call>"),
                    tagged(TaggedStyle.QWEN))
            .allowingLooseCalls();

    /** No markers: for an output that is constrained to JSON. */
    static final CallStyle CONSTRAINED =
            CallStyle.of(List.of(), List.of(), List.of(), List.of(), (place, c, calls, types) -> null);

    private static CallStyle dsml(String block) {
        return CallStyle.of(
                List.of("<｜DSML｜" + block + ">"),
                List.of("<｜DSML｜invoke name=\""),
                List.of(),
                List.of("</｜DSML｜" + block + ">"),
                tagged(TaggedStyle.DSML));
    }

    /** Makes the reader of a call. */
    private interface Making {
        CallReader make(CallBook calls, ToolTypes types);
    }

    /** A call that begins with such a character, after a block's opening or, where calls may be bare, on a line. */
    private static Notation at(Predicate<Character> first, Making making) {
        return (place, c, calls, types) ->
                place != Notation.Place.BETWEEN && first.test(c) ? making.make(calls, types) : null;
    }

    /** A call that begins with a marker of its own. */
    private static Notation marked(Making making) {
        return new Notation() {
            @Override
            public @Nullable CallReader at(Place place, char c, CallBook calls, ToolTypes types) {
                return null;
            }

            @Override
            public CallReader marked(CallBook calls, ToolTypes types) {
                return making.make(calls, types);
            }
        };
    }

    private static Notation tagged(TaggedStyle style) {
        return marked((calls, types) -> new TaggedCallReader(calls, types, style));
    }

    /** The name stands right after the block's marker and has none of its own. */
    private static @Nullable CallReader glm(Notation.Place place, char c, CallBook calls, ToolTypes types) {
        return place == Notation.Place.OPENED && NamedCallReader.isName(c)
                ? new TaggedCallReader(calls, types, TaggedStyle.GLM)
                : null;
    }

    private static @Nullable CallReader llama(Notation.Place place, char c, CallBook calls, ToolTypes types) {
        return JsonCallReader.begins(c)
                ? new JsonCallReader(calls, place != Notation.Place.OPENED && place != Notation.Place.SPACED)
                : null;
    }

    /** Up to v7 a JSON list; since v11 {@code name[ARGS]{…}}, since v13 with {@code [CALL_ID]id} after the name. */
    private static @Nullable CallReader mistral(Notation.Place place, char c, CallBook calls, ToolTypes types) {
        if (place == Notation.Place.OPENED && NamedCallReader.isName(c)) {
            return new NamedCallReader(calls, MISTRAL_HEAD);
        }
        return JSON.at(place, c, calls, types);
    }

    private static @Nullable Head mistralHead(String text) {
        var at = text.indexOf("[CALL_ID]");
        var name = at < 0 ? text : text.substring(0, at);
        var id = at < 0 ? null : text.substring(at + "[CALL_ID]".length()).strip();
        return NamedCallReader.isName(name) && (id == null || NamedCallReader.isName(id)) ? new Head(name, id) : null;
    }

    private static @Nullable Head deepSeekHead(String text) {
        var at = text.indexOf("<｜tool▁sep｜>");
        var name = at < 0 ? "" : text.substring(at + "<｜tool▁sep｜>".length()).strip();
        return text.startsWith("function") && NamedCallReader.isName(name) ? new Head(name, null) : null;
    }

    /** {@code functions.NAME:INDEX}, with or without the prefix; all of it is the call's id. */
    private static @Nullable Head kimiHead(String text) {
        var colon = text.lastIndexOf(':');
        var from = text.startsWith("functions.") ? "functions.".length() : 0;
        if (colon <= from || !NamedCallReader.isName(text)) {
            return null;
        }
        var digits = text.substring(colon + 1);
        var numbered = !digits.isEmpty() && digits.chars().allMatch(c -> JsonCheck.isDigit((char) c));
        return numbered ? new Head(text.substring(from, colon), text) : null;
    }
}

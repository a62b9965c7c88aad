package io.jynamo.text.reply;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.text.stop.StopMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is told when: at once, unless it can still become markup. */
class ReplyStreamingTest {
    private static final List<OfferedTool> TOOLS =
            List.of(new OfferedTool("note", Map.of("properties", Map.of("text", Map.of("type", "string")))));
    private static final ReplySettings SETTINGS = ReplySettings.of(TOOLS);

    /** Gives each piece and remembers what was told by its end. */
    private static List<List<String>> stream(ReplyFormat format, String... pieces) {
        var told = new Told();
        var parser = new ReplyParser(format, SETTINGS, told);
        var steps = new ArrayList<List<String>>();
        var seen = 0;
        for (var piece : pieces) {
            parser.accept(piece);
            steps.add(List.copyOf(told.pieces().subList(seen, told.pieces().size())));
            seen = told.pieces().size();
        }
        parser.finish();
        steps.add(List.copyOf(told.pieces().subList(seen, told.pieces().size())));
        return steps;
    }

    private static ReplyFormat calls(String name) {
        return ReplyFormat.PLAIN.withCalls(name);
    }

    @Test
    void holdsBackExactlyWhatCanBecomeAMarker() {
        assertThat(stream(calls("hermes"), "a<", "tool", "_cat <tool_call", "s> <"))
                .containsExactly(
                        List.of("a"), List.of(), List.of("<tool_cat "), List.of("<tool_calls> "), List.of("<"));
    }

    @Test
    void aMarkerMayOverlapTheBeginningOfAnother() {
        assertThat(stream(calls("mistral"), "[TOOL_", "[TOOL_CALLS", "]note[ARGS]{}"))
                .containsExactly(List.of(), List.of("[TOOL_"), List.of("{}"), List.of());
    }

    @Test
    void argumentsComeAsTheyAreWritten() {
        assertThat(stream(
                        calls("hermes"),
                        "<tool_call>{\"name\": \"note\", \"argu",
                        "ments\": {\"te",
                        "xt\": \"a\\",
                        "n b\"}",
                        "}</tool_call>"))
                .containsExactly(
                        List.of(), List.of("{\"te"), List.of("xt\": \"a\\"), List.of("n b\"}"), List.of(), List.of());
    }

    @Test
    void stringsOfTaggedValuesStream() {
        assertThat(stream(
                        calls("qwen3_coder"),
                        "<tool_call>\n<function=note>\n<parameter=text>\n",
                        "one\n",
                        "two <",
                        "b>\n</parameter>\n",
                        "</function>\n</tool_call>"))
                .containsExactly(
                        List.of("{\"text\":\""),
                        List.of("one"),
                        List.of("\\ntwo "),
                        List.of("<b>\""),
                        List.of("}"),
                        List.of());
    }

    @Test
    void stringsOfPythonAndGemmaStream() {
        assertThat(stream(calls("pythonic"), "<|python_start|>[note(text='on", "e\\", "ntwo", "')]"))
                .containsExactly(List.of("{\"text\":\"on"), List.of("e"), List.of("\\ntwo"), List.of("\"}"), List.of());
        assertThat(stream(calls("gemma4"), "<|tool_call>call:note{text:<|\"|>on", "e<", "|\"|>}<tool_call|>"))
                .containsExactly(List.of("{\"text\":\"on"), List.of("e"), List.of("\"}"), List.of());
    }

    @Test
    void aCallWithoutMarkersIsToldWhenItIsWhole() {
        assertThat(stream(calls("llama3_json"), "{\"name\": \"note\", \"parameters\": {\"text\"", ": \"x\"}", "}"))
                .containsExactly(List.of(), List.of(), List.of("{\"text\": \"x\"}"), List.of());
    }

    @Test
    void anObjectWithAnotherKeyIsTextAtOnce() {
        assertThat(stream(calls("llama3_json"), "{\"nam", "ed\": 1, \"x\": 2"))
                .containsExactly(List.of(), List.of("{\"named\": 1, \"x\": 2"), List.of());
    }

    @Test
    void halvesOfACharacterAreToldTogether() {
        assertThat(stream(calls("hermes"), "a\ud83e", "\udd81b\ud83e"))
                .containsExactly(List.of("a"), List.of("\ud83e\udd81b"), List.of("\ud83e"));
    }

    @Test
    void reasoningStreamsWithoutItsLastLineBreaks() {
        assertThat(stream(
                        calls("hermes").withReasoning("qwen3"), "<think>\none\n", "\ntwo\n", "\n</think>\n", "\nYes."))
                .containsExactly(List.of("one"), List.of("\n\ntwo"), List.of(), List.of("Yes."), List.of());
    }

    @Test
    void reasoningCallsAndStopStringsWorkTogether() {
        var told = new Told();
        var stops = new StopMatcher(List.of("STOP"), false);
        var parser = new ReplyParser(calls("hermes").withReasoning("qwen3"), SETTINGS, told);
        var text =
                "<think>so S</think>I write.<tool_call>{\"name\": \"note\", \"arguments\": {\"text\": \"ST\"}}</tool_call>Now ST"
                        + "OP, not this";
        for (var piece : Told.characters(text)) {
            parser.accept(stops.push(piece).text());
        }
        parser.accept(stops.flush());
        parser.finish();
        var reply = told.reply();
        assertThat(reply.reasoning()).isEqualTo("so S");
        assertThat(reply.content()).isEqualTo("I write.Now ");
        assertThat(reply.calls()).containsExactly(new Told.Call("note", null, "{\"text\": \"ST\"}", true));
        assertThat(reply.order()).containsExactly("reasoning", "content", "call 0", "arguments 0", "end 0", "content");
    }

    @Test
    void aStopInsideACallCutsIt() {
        var told = new Told();
        var stops = new StopMatcher(List.of("\"}"), false);
        var parser = new ReplyParser(calls("hermes"), SETTINGS, told);
        parser.accept(stops.push("<tool_call>{\"name\": \"note\", \"arguments\": {\"text\": \"x\"}}</tool_call>")
                .text());
        parser.finish();
        assertThat(told.reply().calls()).containsExactly(new Told.Call("note", null, "{\"text\": \"x", false));
        assertThat(told.reply().warnings()).containsExactly("call_cut");
    }

    @Test
    void noToolsMeansNoCalls() {
        var text = "{\"name\": \"note\", \"parameters\": {}}";
        var reply = Told.of(calls("llama3_json"), ReplySettings.of(List.of()), text);
        assertThat(reply.content()).isEqualTo(text);
        assertThat(reply.calls()).isEmpty();
    }
}

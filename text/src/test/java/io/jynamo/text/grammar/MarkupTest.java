package io.jynamo.text.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.OutputConstraint;
import io.jynamo.protocol.OutputConstraint.Call;
import io.jynamo.protocol.OutputConstraint.Calls;
import io.jynamo.protocol.OutputConstraint.Thinking;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls in a model's markup, and answers after reasoning, as texts and as tokens some of which are special. */
class MarkupTest {
    private static final Call WEATHER = new Call(
            "{\"name\": \"weather\", \"arguments\": ",
            "{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\"}},\"required\":[\"n\"],"
                    + "\"additionalProperties\":false}",
            false,
            "}");
    private static final Call TIME =
            new Call("{\"name\": \"time\", \"arguments\": ", "{\"type\":\"object\"}", false, "}");
    private static final String ONE = "<call>{\"name\": \"weather\", \"arguments\": {\"n\": 3}}</call>";
    private static final OutputConstraint.Form YES_OR_NO = new OutputConstraint.OneOf(List.of("yes", "no"));

    private static CompiledGrammar calls(boolean several, boolean free) {
        return compiled(OutputConstraint.of(new Calls(
                "<call>", List.of(WEATHER, TIME), ", ", "</call>", several, free, List.of("<call>", "</call>"))));
    }

    private static CompiledGrammar compiled(OutputConstraint constraint) {
        return Constraint.of(constraint).compile();
    }

    private static boolean accepts(CompiledGrammar grammar, String text) {
        return grammar.accepts(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aForcedCallIsOneOfTheToolsWithArgumentsOfItsSchema() {
        CompiledGrammar grammar = calls(false, false);
        assertThat(accepts(grammar, ONE)).isTrue();
        assertThat(accepts(grammar, "<call>{\"name\": \"time\", \"arguments\": {\"any\": [1]}}</call>"))
                .isTrue();
        assertThat(accepts(grammar, ONE.replace("3", "\"x\""))).isFalse();
        assertThat(accepts(grammar, ONE.replace("weather", "other"))).isFalse();
        assertThat(accepts(grammar, "Let me see. " + ONE)).isFalse();
        assertThat(accepts(grammar, ONE + ONE)).isFalse();
        assertThat(accepts(grammar, "")).isFalse();
    }

    @Test
    void severalCallsHaveTheirSeparator() {
        String two = ONE.replace("</call>", ", {\"name\": \"time\", \"arguments\": {}}</call>");
        assertThat(accepts(calls(true, false), two)).isTrue();
        assertThat(accepts(calls(true, false), ONE)).isTrue();
        assertThat(accepts(calls(false, false), two)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "No call.", "a <cal", "<<call", "<cal l>", "Let me see. " + ONE, "<" + ONE, ONE})
    void freeTextMayComeBeforeCallsOrInsteadOfThem(String text) {
        assertThat(accepts(calls(false, true), text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"<call>", "a <call>no", ONE + " more", "<call>{\"name\": \"weather\", \"arguments\": {}}</call>"
            })
    void whatBeginsAsACallIsOne(String text) {
        assertThat(accepts(calls(false, true), text)).isFalse();
    }

    @Test
    void reasoningThatHasBegunMustBeClosed() {
        var grammar =
                compiled(new OutputConstraint(YES_OR_NO, new Thinking(true, List.of("<think>"), List.of("</think>"))));
        assertThat(accepts(grammar, "Hm, {no} </thin </think>\n\nyes")).isTrue();
        assertThat(accepts(grammar, "</think>no")).isTrue();
        assertThat(accepts(grammar, "yes")).isFalse();
        assertThat(accepts(grammar, "</think>maybe")).isFalse();
        assertThat(accepts(grammar, "</think></think>yes")).isFalse();
        assertThat(accepts(grammar, "<</think>yes")).isTrue();
    }

    @Test
    void reasoningThatTheReplyOpensMayBeLeftOut() {
        var grammar =
                compiled(new OutputConstraint(YES_OR_NO, new Thinking(false, List.of("<think>"), List.of("</think>"))));
        assertThat(accepts(grammar, "yes")).isTrue();
        assertThat(accepts(grammar, "<think>Hm.</think>\nno")).isTrue();
        assertThat(accepts(grammar, "Hm.</think>no")).isFalse();
        assertThat(accepts(grammar, "<think>Hm.")).isFalse();
    }

    @Test
    void theFirstOfSeveralEndsCounts() {
        var ends = List.of("Here is my response:", "Here's my response:", "ere is");
        var grammar = compiled(new OutputConstraint(YES_OR_NO, new Thinking(true, List.of(), ends)));
        assertThat(accepts(grammar, "a. Here's my response: yes")).isTrue();
        assertThat(accepts(grammar, "a. Here isyes")).isTrue();
        assertThat(accepts(grammar, "a. Here is my response: yes")).isFalse();
    }

    @Test
    void aMarkerMayBeASpecialTokenAndOthersMayNot() {
        var pieces = new byte[][] {
            utf8("<call>"),
            TokenVocabulary.special(utf8("<call>")),
            TokenVocabulary.special(utf8("<other>")),
            utf8("x"),
            {}
        };
        var vocabulary = TokenVocabulary.of(pieces, 4);
        var forced = new TokenMasks(calls(false, false), vocabulary).matcher();
        assertThat(allowed(forced, vocabulary)).containsExactly(0, 1);
        assertThat(forced.accept(1)).isTrue();
        var free = new TokenMasks(calls(false, true), vocabulary).matcher();
        assertThat(allowed(free, vocabulary)).containsExactly(0, 1, 3, 4);
        assertThat(free.accept(3)).isTrue();
        assertThat(allowed(free, vocabulary)).containsExactly(0, 1, 3, 4);
        assertThat(free.accept(1)).isTrue();
        assertThat(allowed(free, vocabulary)).isEmpty();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<Integer> allowed(TokenMatcher matcher, TokenVocabulary vocabulary) {
        var bits = new long[vocabulary.maskLength()];
        matcher.mask(bits);
        return java.util.BitSet.valueOf(bits).stream().boxed().toList();
    }
}

package io.jynamo.text.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Masks of constraints with finitely many texts, all listed: exactly the tokens with which a beginning stays one of some text, and the end
 * token exactly where it is one.
 */
class MaskOracleTest {
    record Listed(Constraint constraint, List<String> texts) {}

    static Stream<Listed> listed() {
        return Stream.of(
                new Listed(
                        new Constraint.Choice(List.of("yes", "no", "nope", "yes, please", "ñandú", "名前", "名札", "")),
                        List.of("yes", "no", "nope", "yes, please", "ñandú", "名前", "名札", "")),
                new Listed(
                        new Constraint.Regex("(a|bc){2}(?:é|\\d?)[x-z]"),
                        combinations(
                                List.of("a", "bc"),
                                List.of("a", "bc"),
                                List.of("é", "", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
                                List.of("x", "y", "z"))),
                new Listed(
                        new Constraint.Grammar(
                                "root ::= pair (\",\" pair)?\npair ::= key \"=\" ('1' | \"22\")\nkey ::= \"k\" | \"kk\" | \"ü\""),
                        pairs()),
                new Listed(
                        schema(Map.of(
                                "type",
                                "array",
                                "items",
                                Map.of("enum", Arrays.asList(1, "a\"b", true, null)),
                                "maxItems",
                                2)),
                        arrays()),
                new Listed(schema(optionals()), objects()),
                new Listed(schema(Map.of("type", "integer", "minimum", -12, "maximum", 101)), integers()),
                new Listed(
                        new Constraint.Grammar("root ::= \"(\" root ((\")\")) | \"x\" tail*\ntail ::= \"\"\n"),
                        // Deeper ones differ from these only where no walk below comes.
                        Stream.iterate("x", text -> "(" + text + ")").limit(60).toList()));
    }

    private static Constraint schema(Map<String, Object> schema) {
        return new Constraint.JsonSchema(schema, false, Constraint.WhiteSpace.COMPACT);
    }

    private static Map<String, Object> optionals() {
        var bool = Map.of("type", "boolean");
        var properties = new java.util.LinkedHashMap<String, Object>();
        properties.put("a", bool);
        properties.put("b", bool);
        properties.put("é\n", Map.of("const", Map.of("x", List.of())));
        return Map.of(
                "type", "object", "properties", properties, "required", List.of("b"), "additionalProperties", false);
    }

    private static List<String> objects() {
        return combinations(
                List.of("{", "{\"a\":true,", "{\"a\":false,"),
                List.of("\"b\":true", "\"b\":false"),
                List.of("", ",\"é\\n\":{\"x\":[]}"),
                List.of("}"));
    }

    private static List<String> arrays() {
        var elements = List.of("1", "1.0", "\"a\\\"b\"", "true", "null");
        var texts = new ArrayList<>(List.of("[]"));
        texts.addAll(combinations(List.of("["), elements, List.of("]")));
        texts.addAll(combinations(List.of("["), elements, List.of(","), elements, List.of("]")));
        return texts;
    }

    private static List<String> pairs() {
        var one = combinations(List.of("k", "kk", "ü"), List.of("=1", "=22"));
        var texts = new ArrayList<>(one);
        texts.addAll(combinations(one, List.of(","), one));
        return texts;
    }

    private static List<String> integers() {
        return java.util.stream.IntStream.rangeClosed(-12, 101)
                .mapToObj(Integer::toString)
                .toList();
    }

    @SafeVarargs
    private static List<String> combinations(List<String>... parts) {
        List<String> texts = List.of("");
        for (List<String> part : parts) {
            texts = texts.stream()
                    .flatMap(text -> part.stream().map(more -> text + more))
                    .toList();
        }
        return texts;
    }

    @ParameterizedTest
    @MethodSource("listed")
    void masks_hold_exactly_what_some_text_goes_on_with(Listed listed) {
        for (long seed : new long[] {1, 2, 3}) {
            var random = new Random(seed);
            var vocabulary = Vocabularies.of(listed.texts, random);
            var masks = new TokenMasks(listed.constraint.compile(), vocabulary);
            List<byte[]> texts = listed.texts.stream()
                    .map(text -> text.getBytes(StandardCharsets.UTF_8))
                    .toList();
            for (int walk = 0; walk < 15; walk++) {
                walk(masks, texts, random, "seed " + seed + " of " + listed.constraint);
            }
        }
    }

    private static void walk(TokenMasks masks, List<byte[]> texts, Random random, String where) {
        var vocabulary = masks.vocabulary();
        var matcher = masks.matcher();
        var mask = new long[vocabulary.maskLength()];
        var written = new ByteArrayOutputStream();
        while (!matcher.isEnded() && written.size() < 40) {
            matcher.mask(mask);
            byte[] before = written.toByteArray();
            for (int id = 0; id < vocabulary.size(); id++) {
                boolean expected = id == Vocabularies.end(vocabulary)
                        ? texts.stream().anyMatch(text -> Arrays.equals(text, before))
                        : vocabulary.bytes(id).length > 0 && begins(before, vocabulary.bytes(id), texts);
                assertThat(Vocabularies.allows(mask, id))
                        .as("%s: %s after %s", where, new String(vocabulary.bytes(id), StandardCharsets.UTF_8), written)
                        .isEqualTo(expected);
                assertThat(matcher.allows(id)).isEqualTo(expected);
            }
            var allowed = Vocabularies.ids(mask);
            int next = allowed.get(random.nextInt(allowed.size()));
            assertThat(matcher.accept(next)).isTrue();
            written.writeBytes(vocabulary.bytes(next));
        }
    }

    private static boolean begins(byte[] before, byte[] more, List<byte[]> texts) {
        byte[] all = Arrays.copyOf(before, before.length + more.length);
        System.arraycopy(more, 0, all, before.length, more.length);
        return texts.stream()
                .anyMatch(text -> text.length >= all.length && Arrays.equals(text, 0, all.length, all, 0, all.length));
    }

    @Test
    void an_end_token_is_never_taken_for_its_bytes() {
        var vocabulary = Vocabularies.json();
        var matcher = new TokenMasks(new Constraint.Choice(List.of("</s>")).compile(), vocabulary).matcher();
        assertThat(matcher.accept(Vocabularies.end(vocabulary))).isFalse();
        assertThat(matcher.acceptAll('<', '/', 's', '>')).isEqualTo(4);
        assertThat(matcher.accept(Vocabularies.end(vocabulary))).isTrue();
    }
}

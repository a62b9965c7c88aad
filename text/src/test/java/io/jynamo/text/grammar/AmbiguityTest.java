package io.jynamo.text.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Constraints whose texts can be read in many ways: their masks stay exact, and what one takes is bounded, by counting. */
class AmbiguityTest {
    private static final TokenVocabulary VOCABULARY = words();

    /** Bytes, all words of three letters out of six, and an end: a trie large enough for walks to differ. */
    private static TokenVocabulary words() {
        List<byte[]> pieces = new ArrayList<>();
        IntStream.range(0, 256).forEach(value -> pieces.add(new byte[] {(byte) value}));
        for (int i = 0; i < 6 * 6 * 6; i++) {
            String word = "" + "abc. (".charAt(i / 36) + "abc. (".charAt(i / 6 % 6) + "abc. (".charAt(i % 6);
            pieces.add(word.getBytes(StandardCharsets.UTF_8));
            pieces.add((word + word).getBytes(StandardCharsets.UTF_8));
        }
        pieces.add("</s>".getBytes(StandardCharsets.UTF_8));
        return TokenVocabulary.of(pieces.toArray(byte[][]::new), pieces.size() - 1);
    }

    static Stream<Constraint> ambiguous() {
        return Stream.of(
                new Constraint.Grammar("root ::= s \".\"\ns ::= s s | [a-c ]"),
                new Constraint.Grammar("root ::= s \".\"\ns ::= [a-c ] s s | [a-c ]"),
                new Constraint.Grammar("root ::= s*\ns ::= \"a\" | \"aa\" | \"b\" | [a-c] s"),
                new Constraint.Grammar(
                        "root ::= p \".\"\np ::= \"a\" p \"a\" | \"b\" p \"b\" | \"c\" p \"c\" | \" \" p \" \" | \"\""),
                new Constraint.Grammar("root ::= a a \".\"\na ::= b*\nb ::= c c?\nc ::= d+\nd ::= [a-c ] d? | \"(\" d"),
                new Constraint.Grammar("root ::= (sent \".\")*\nsent ::= (word \" \"?)+\nword ::= [a-c]+"),
                new Constraint.JsonSchema(
                        Map.of(
                                "anyOf",
                                IntStream.range(0, 40)
                                        .mapToObj(i -> Map.of("type", "string", "maxLength", 5 + i))
                                        .toList()),
                        false,
                        Constraint.WhiteSpace.FLEXIBLE));
    }

    @ParameterizedTest
    @MethodSource("ambiguous")
    void a_mask_is_exact_and_takes_a_few_walks_at_most(Constraint constraint) {
        for (int seed = 0; seed < 4; seed++) {
            var matcher = new TokenMasks(constraint.compile(), VOCABULARY).matcher();
            var random = new Random(seed);
            for (int i = 0; i < 60 && !matcher.isEnded(); i++) {
                var effort = new Effort();
                var bits = new long[VOCABULARY.maskLength()];
                matcher.probe(effort).copyTo(bits);
                assertThat(effort.nodes())
                        .as("token %s", i)
                        .isLessThan(8L * VOCABULARY.trie().size());
                assertThat(effort.places()).as("token %s", i).isLessThan(Effort.MOST_PLACES);
                List<Integer> allowed = Vocabularies.ids(bits);
                assertThat(allowed)
                        .as("token %s", i)
                        .isEqualTo(IntStream.range(0, VOCABULARY.size())
                                .filter(matcher::allows)
                                .boxed()
                                .toList());
                if (allowed.isEmpty()) {
                    break;
                }
                matcher.accept(allowed.get(random.nextInt(allowed.size())));
            }
        }
    }

    /** Its readings are as many as trees over its letters; the places it can be at are as many as it has letters. */
    @Test
    void a_long_text_takes_no_more_than_its_length_says() {
        var grammar = new Constraint.Grammar("root ::= s \".\"\ns ::= s s | [a-c ]");
        var matcher = new TokenMasks(grammar.compile(), VOCABULARY).matcher();
        List<Long> places = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            var effort = new Effort();
            matcher.probe(effort);
            places.add(effort.places() + effort.nodes());
            assertThat(matcher.accept('a' + i % 3)).isTrue();
        }
        assertThat(places.get(399))
                .as("%s", places)
                .isLessThan(8L * VOCABULARY.trie().size() + 400 * 100);
    }

    static Stream<Arguments> tooMuch() {
        return Stream.of(
                Arguments.of(new Constraint.Regex("((.{0,300}x)?){0,300}"), "x"),
                Arguments.of(new Constraint.Regex("((\\w{0,50}){0,50}){0,20}b"), "x"),
                Arguments.of(
                        new Constraint.Grammar(
                                "root ::= a a\na ::= b*\nb ::= c c?\nc ::= d+\nd ::= \"(\" a \")\" | \"x\""),
                        "x("));
    }

    @ParameterizedTest
    @MethodSource("tooMuch")
    void what_takes_too_much_fails_with_a_stable_code_and_takes_no_more(Constraint constraint, String text) {
        var matcher = new TokenMasks(constraint.compile(), VOCABULARY).matcher();
        List<Effort> efforts = new ArrayList<>();
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 300; i++) {
                        efforts.add(new Effort());
                        matcher.probe(efforts.getLast());
                        matcher.accept(text.charAt(i % text.length()));
                    }
                })
                .isInstanceOfSatisfying(
                        JynamoException.class,
                        failed -> assertThat(failed.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                .hasMessageContaining("too ambiguous");
        assertThat(efforts)
                .allSatisfy(effort -> assertThat(effort.places()).isLessThanOrEqualTo(Effort.MOST_PLACES + 1));
    }

    /** Looking ahead for plain text would take more than to read the vocabulary. */
    @Test
    void a_repetition_of_repetitions_is_followed() {
        var matcher = new TokenMasks(new Constraint.Regex("(.{0,30}x){0,30}").compile(), VOCABULARY).matcher();
        var effort = new Effort();
        matcher.probe(effort);
        assertThat(effort.places()).isLessThan(Effort.MOST_PLACES / 2);
    }
}

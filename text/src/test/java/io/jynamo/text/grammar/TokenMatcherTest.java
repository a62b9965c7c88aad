package io.jynamo.text.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.JynamoException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class TokenMatcherTest {
    private static final TokenVocabulary VOCABULARY = Vocabularies.json();
    private static final Constraint OBJECT = new Constraint.JsonObject(Constraint.WhiteSpace.FLEXIBLE);

    @Test
    void a_copy_goes_its_own_way() {
        var matcher = new TokenMasks(new Constraint.Choice(List.of("ab", "ac")).compile(), VOCABULARY).matcher();
        assertThat(matcher.accept('a')).isTrue();
        var copy = matcher.copy();
        assertThat(copy.accept('b')).isTrue();
        assertThat(copy.isComplete()).isTrue();
        assertThat(matcher.isComplete()).isFalse();
        assertThat(matcher.accept('c')).isTrue();
        assertThat(copy.accept('c')).isFalse();
    }

    @Test
    void a_token_that_is_refused_changes_nothing() {
        var matcher = new TokenMasks(new Constraint.Choice(List.of("ab")).compile(), VOCABULARY).matcher();
        for (int token : new int[] {'b', -1, VOCABULARY.size(), Integer.MAX_VALUE, Vocabularies.end(VOCABULARY)}) {
            assertThat(matcher.accept(token)).isFalse();
        }
        assertThat(matcher.acceptAll('a', 'x', 'b')).isEqualTo(1);
        assertThat(matcher.accept('b')).isTrue();
    }

    @Test
    void after_an_end_token_nothing_is_allowed() {
        var matcher = new TokenMasks(new Constraint.Regex("a*").compile(), VOCABULARY).matcher();
        assertThat(matcher.accept(Vocabularies.end(VOCABULARY))).isTrue();
        var mask = new long[VOCABULARY.maskLength() + 2];
        mask[0] = -1;
        mask[mask.length - 1] = -1;
        matcher.mask(mask);
        assertThat(mask).containsOnly(0);
        assertThat(matcher.accept('a')).isFalse();
        assertThat(matcher.accept(Vocabularies.end(VOCABULARY))).isFalse();
        assertThat(matcher.copy().isEnded()).isTrue();
    }

    @Test
    void a_mask_clears_what_lies_behind_the_vocabulary_and_needs_its_room() {
        var matcher = new TokenMasks(OBJECT.compile(), VOCABULARY).matcher();
        var mask = new long[VOCABULARY.maskLength() + 3];
        java.util.Arrays.fill(mask, -1);
        matcher.mask(mask);
        assertThat(Vocabularies.ids(mask)).allMatch(id -> VOCABULARY.bytes(id)[0] == '{');
        assertThatThrownBy(() -> matcher.mask(new long[VOCABULARY.maskLength() - 1]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void replayed_tokens_lead_to_the_same_masks_elsewhere() {
        var first = new TokenMasks(OBJECT.compile(), VOCABULARY).matcher();
        var tokens = new ArrayList<Integer>();
        var random = new Random(3);
        var mask = new long[VOCABULARY.maskLength()];
        var other = new long[VOCABULARY.maskLength()];
        for (int i = 0; i < 100 && !first.isEnded(); i++) {
            first.mask(mask);
            var second = new TokenMasks(OBJECT.compile(), VOCABULARY).matcher();
            assertThat(second.acceptAll(tokens.stream().mapToInt(t -> t).toArray()))
                    .isEqualTo(tokens.size());
            second.mask(other);
            assertThat(other).isEqualTo(mask);
            assertThat(second.isComplete()).isEqualTo(first.isComplete());
            var ids = Vocabularies.ids(mask);
            tokens.add(ids.get(random.nextInt(ids.size())));
            first.accept(tokens.getLast());
        }
    }

    @Test
    void forced_bytes_are_those_without_choice() {
        var schema = Map.of(
                "type",
                "object",
                "properties",
                Map.of("longName", Map.of("enum", List.of("same1", "same2"))),
                "required",
                List.of("longName"),
                "additionalProperties",
                false);
        var grammar = new Constraint.JsonSchema(schema, true, Constraint.WhiteSpace.COMPACT).compile();
        var matcher = new TokenMasks(grammar, VOCABULARY).matcher();
        assertThat(matcher.forced(100)).asString(StandardCharsets.UTF_8).isEqualTo("{\"longName\":\"same");
        assertThat(matcher.forced(3)).hasSize(3);
        for (byte b : matcher.forced(100)) {
            assertThat(matcher.accept(b)).isTrue();
        }
        assertThat(matcher.forced(100)).isEmpty();
        matcher.accept('1');
        assertThat(matcher.forced(100)).asString(StandardCharsets.UTF_8).isEqualTo("\"}");
        matcher.acceptAll('"', '}');
        assertThat(matcher.forced(100)).isEmpty();
    }

    @Test
    void what_is_forgotten_is_found_again() {
        var small = new TokenMasks(OBJECT.compile(), VOCABULARY, 20_000);
        var large = new TokenMasks(OBJECT.compile(), VOCABULARY);
        assertThat(walks(small, 5)).isEqualTo(walks(large, 5));
    }

    @Test
    void many_threads_see_the_same_masks() throws Exception {
        var masks = new TokenMasks(OBJECT.compile(), VOCABULARY, 200_000);
        var expected = walks(new TokenMasks(OBJECT.compile(), VOCABULARY), 6);
        try (var threads = Executors.newFixedThreadPool(4)) {
            Callable<List<List<Integer>>> walk = () -> walks(masks, 6);
            for (var result : threads.invokeAll(List.of(walk, walk, walk, walk))) {
                assertThat(result.get()).isEqualTo(expected);
            }
        }
    }

    /** The masks met on walks that depend on the seed and the masks alone. */
    private static List<List<Integer>> walks(TokenMasks masks, long seed) {
        var random = new Random(seed);
        var mask = new long[VOCABULARY.maskLength()];
        var met = new ArrayList<List<Integer>>();
        for (int walk = 0; walk < 10; walk++) {
            var matcher = masks.matcher();
            for (int i = 0; i < 60 && !matcher.isEnded(); i++) {
                matcher.mask(mask);
                met.add(Vocabularies.ids(mask));
                matcher.accept(met.getLast().get(random.nextInt(met.getLast().size())));
            }
        }
        return met;
    }

    @Test
    void a_cache_keeps_the_constraints_asked_for_last() {
        var cache = new MaskCache(VOCABULARY, 2, 1 << 20);
        for (String choice : List.of("a", "b", "a", "c", "b", "a")) {
            var matcher = cache.matcher(new Constraint.Choice(List.of(choice)));
            assertThat(matcher.accept(choice.charAt(0))).isTrue();
            assertThat(matcher.isComplete()).isTrue();
        }
        assertThatThrownBy(() -> cache.matcher(new Constraint.Regex("("))).isInstanceOf(JynamoException.class);
    }

    @Test
    void a_vocabulary_may_have_tokens_alike_and_without_bytes() {
        var vocabulary = TokenVocabulary.of(
                new byte[][] {{'a'}, {}, {'a'}, {'a', 'b'}, new byte[20_000], {'b'}, {'e', 'o', 's'}}, 6);
        var matcher = new TokenMasks(new Constraint.Regex("(ab?){1,2}").compile(), vocabulary).matcher();
        var mask = new long[1];
        matcher.mask(mask);
        assertThat(Vocabularies.ids(mask)).containsExactly(0, 2, 3);
        assertThat(matcher.accept(1)).isFalse();
        assertThat(matcher.accept(4)).isFalse();
        assertThat(matcher.accept(2)).isTrue();
        matcher.mask(mask);
        assertThat(Vocabularies.ids(mask)).containsExactly(0, 2, 3, 5, 6);
    }
}

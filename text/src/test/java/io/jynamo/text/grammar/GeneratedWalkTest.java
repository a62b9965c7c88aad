package io.jynamo.text.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.JynamoException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What a model that writes anything at all can write under a mask: always JSON, always valid, once it comes to an end. */
class GeneratedWalkTest {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final TokenVocabulary VOCABULARY = Vocabularies.json();
    /** A number that Java cannot hold. */
    private static final Pattern HUGE = Pattern.compile("[eE][+-]?[0-9]{4}");

    private static final int PATIENCE = 60;
    private static final int MAX_TOKENS = 3000;

    @Test
    void random_tokens_under_masks_make_valid_instances() {
        int finished = 0;
        for (long seed : new long[] {21, 22}) {
            var random = new Random(seed);
            var schemas = new RandomSchemas(random);
            for (int i = 0; i < 40; i++) {
                var schema = schemas.document();
                var space = i % 2 == 0 ? Constraint.WhiteSpace.COMPACT : Constraint.WhiteSpace.FLEXIBLE;
                TokenMasks masks;
                try {
                    masks = new TokenMasks(new Constraint.JsonSchema(schema, false, space).compile(), VOCABULARY);
                } catch (JynamoException e) {
                    assertThat(e).hasMessage("no text satisfies the constraint");
                    continue;
                }
                for (int k = 0; k < 4; k++) {
                    String text = walk(masks, random);
                    if (!text.isEmpty() && !HUGE.matcher(text).find()) {
                        finished++;
                        assertThat(new NaiveValidator(schema).valid(JSON.readValue(text, Object.class)))
                                .as("seed %d, schema %s, text %s", seed, JSON.writeValueAsString(schema), text)
                                .isTrue();
                    }
                }
            }
        }
        assertThat(finished).isGreaterThan(200);
    }

    @Test
    void random_tokens_make_objects_without_a_schema() {
        var random = new Random(7);
        var masks = new TokenMasks(new Constraint.JsonObject(Constraint.WhiteSpace.FLEXIBLE).compile(), VOCABULARY);
        int finished = 0;
        for (int i = 0; i < 100; i++) {
            String text = walk(masks, random);
            if (!text.isEmpty()) {
                finished++;
                assertThat(JSON.readValue(text, Object.class)).isInstanceOf(Map.class);
            }
        }
        assertThat(finished).isGreaterThan(50);
    }

    /** Takes tokens at random, after some time those that tend to close what is open; the text, or nothing where it does not end. */
    private static String walk(TokenMasks masks, Random random) {
        var matcher = masks.matcher();
        var mask = new long[VOCABULARY.maskLength()];
        var text = new ByteArrayOutputStream();
        for (int i = 0; i < MAX_TOKENS; i++) {
            matcher.mask(mask);
            var allowed = Vocabularies.ids(mask);
            assertThat(allowed).as("after %s", text).isNotEmpty();
            if (i > PATIENCE && Vocabularies.allows(mask, Vocabularies.end(VOCABULARY))) {
                break;
            }
            int next = i > PATIENCE ? closing(allowed, random) : allowed.get(random.nextInt(allowed.size()));
            assertThat(matcher.accept(next)).isTrue();
            if (matcher.isEnded()) {
                break;
            }
            text.writeBytes(VOCABULARY.bytes(next));
        }
        return matcher.isComplete() ? text.toString(StandardCharsets.UTF_8) : "";
    }

    private static int closing(List<Integer> allowed, Random random) {
        for (char c : "}]\"".toCharArray()) {
            if (allowed.contains((int) c) && random.nextInt(4) > 0) {
                return c;
            }
        }
        return allowed.get(random.nextInt(allowed.size()));
    }
}

package io.jynamo.text.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.JynamoException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Schemas and values at random: a grammar accepts what a validator of the specification's words accepts. */
class RandomSchemaTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Test
    void accepts_what_a_naive_validator_accepts() {
        int valid = 0;
        int invalid = 0;
        for (long seed : new long[] {11, 12, 13, 14, -6860283534627812450L}) {
            var random = new Random(seed);
            var schemas = new RandomSchemas(random);
            for (int i = 0; i < 60; i++) {
                var schema = schemas.document();
                var validator = new NaiveValidator(schema);
                var grammar = compile(schema);
                for (int k = 0; k < 40; k++) {
                    var value = schemas.value(schema, schema, 6);
                    value = k % 2 == 0 ? value : schemas.changed(value);
                    boolean expected = validator.valid(value);
                    String text = JSON.writeValueAsString(value);
                    assertThat(grammar != null && grammar.accepts(text.getBytes(StandardCharsets.UTF_8)))
                            .as("seed %d, schema %s, value %s", seed, JSON.writeValueAsString(schema), text)
                            .isEqualTo(expected);
                    valid += expected ? 1 : 0;
                    invalid += expected ? 0 : 1;
                }
            }
        }
        assertThat(valid).isGreaterThan(1000);
        assertThat(invalid).isGreaterThan(1000);
    }

    /** The grammar, or null where nothing satisfies the schema. */
    private static @org.jspecify.annotations.Nullable CompiledGrammar compile(java.util.Map<String, Object> schema) {
        try {
            return new Constraint.JsonSchema(schema, false, Constraint.WhiteSpace.FLEXIBLE).compile();
        } catch (JynamoException e) {
            assertThat(e).hasMessage("no text satisfies the constraint");
            return null;
        }
    }
}

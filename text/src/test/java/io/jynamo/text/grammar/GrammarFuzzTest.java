package io.jynamo.text.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Jazzer's way into what constraints are written in. A normal run replays the corpus in the resources folder GrammarFuzzTestInputs; with
 * JAZZER_FUZZ=1 in the environment and -Dfuzz.search=true, one method at a time, it searches for inputs that break them.
 */
@Tag("fuzz")
class GrammarFuzzTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final TokenVocabulary VOCABULARY = Vocabularies.json();

    @FuzzTest(maxDuration = "60s")
    void schema(byte[] data) {
        Object schema;
        try {
            schema = JSON.readValue(data, Object.class);
        } catch (JacksonException e) {
            return;
        }
        if (schema != null) {
            walk(new Constraint.JsonSchema(schema, data.length % 2 == 0, Constraint.WhiteSpace.FLEXIBLE));
        }
    }

    @FuzzTest(maxDuration = "60s")
    void regex(byte[] data) {
        walk(new Constraint.Regex(new String(data, StandardCharsets.UTF_8)));
    }

    @FuzzTest(maxDuration = "60s")
    void ebnf(byte[] data) {
        walk(new Constraint.Grammar(new String(data, StandardCharsets.UTF_8)));
    }

    /** Compiles, and takes some tokens if that worked: each mask must have a token, and its tokens must be accepted. */
    private static void walk(Constraint constraint) {
        try {
            var matcher = new TokenMasks(constraint.compile(), VOCABULARY).matcher();
            var mask = new long[VOCABULARY.maskLength()];
            for (int i = 0; i < 20 && !matcher.isEnded(); i++) {
                matcher.mask(mask);
                var ids = Vocabularies.ids(mask);
                assertThat(ids).isNotEmpty();
                assertThat(matcher.accept(ids.get(i * 31 % ids.size()))).isTrue();
            }
        } catch (JynamoException e) {
            assertThat(e.code()).isIn(ErrorCode.INVALID_REQUEST, ErrorCode.UNSUPPORTED_PARAMETER);
        }
    }
}

package io.jynamo.text.grammar;

import io.jynamo.text.grammar.automaton.Refusal;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.json.JsonMapper;

/** The JSON text of a schema as a tree. */
final class SchemaText {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private SchemaText() {}

    /**
     * A map or a Boolean.
     *
     * @throws io.jynamo.protocol.JynamoException INVALID_REQUEST
     */
    static Object parse(String text) {
        Object tree;
        try {
            tree = JSON.readValue(text, Object.class);
        } catch (JacksonException e) {
            throw Refusal.invalid("the schema is no JSON: " + e.getOriginalMessage());
        }
        if (tree instanceof Map || tree instanceof Boolean) {
            return tree;
        }
        throw Refusal.invalid("a schema must be an object, true or false");
    }
}

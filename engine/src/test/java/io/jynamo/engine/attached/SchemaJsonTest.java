package io.jynamo.engine.attached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.OutputConstraint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaJsonTest {
    private static String sent(String schema, boolean strict) {
        return SchemaJson.of(new OutputConstraint.JsonSchema(schema.replace('\'', '"'), strict, false))
                .replace('"', '\'');
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'properties':{'a':{}}}|{'properties':{'a':{}},'additionalProperties':false}",
                "{'properties':{'a':{}},'additionalProperties':true}|{'properties':{'a':{}},'additionalProperties':true}",
                "{'type':'object'}|{'type':'object'}",
                "{'items':{'properties':{'a':{}}}}|{'items':{'properties':{'a':{}},'additionalProperties':false}}",
                "{'$defs':{'properties':{'properties':{'a':{}}}}}|{'$defs':{'properties':{'properties':{'a':{}},'additionalProperties':false}}}",
                "{'const':{'properties':{'a':1}}}|{'const':{'properties':{'a':1}}}",
                "{'allOf':[{'properties':{'a':{}}},{'properties':{'b':{}}}]}|{'allOf':[{'properties':{'a':{}}},{'properties':{'b':{}}}]}",
                "{'anyOf':[{'properties':{'a':{}}}]}|{'anyOf':[{'properties':{'a':{}},'additionalProperties':false}]}",
                "{'properties':{'b':{}},'anyOf':[{'properties':{'a':{}}}]}|{'properties':{'b':{}},'anyOf':[{'properties':{'a':{}}}]}"
            })
    void strictIsWrittenIntoObjectsThatListProperties(String schema, String strict) {
        assertThat(sent(schema, true)).isEqualTo(strict);
        assertThat(sent(schema, false)).isEqualTo(schema);
    }

    @Test
    void booleansAreWhatEnginesTake() {
        assertThat(sent("true", false)).isEqualTo("{}");
        assertThatThrownBy(() -> sent("false", false)).hasMessageContaining("no instance");
        assertThatThrownBy(() -> sent("[1]", false)).hasMessageContaining("must be the JSON of an object");
    }
}

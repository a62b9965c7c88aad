package io.jynamo.engine.openai;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConvertibleSchemaTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'strin'}",
                "{'$ref':'#/$defs/none'}",
                "{'type':'string','pattern':'(?=a)b'}",
                "{'type':'string','pattern':'b'}",
                "{'not':{}}",
                "{'type':'integer','minimum':3,'maximum':2}",
                "{'type':'number','minimum':3}",
                "{'type':'string','format':'email'}",
                "{'properties':{'a':{'anyOf':[{'uniqueItems':true}]}}}",
                "{'items':{'multipleOf':5}}"
            })
    void whatWouldBeLeftOutIsTold(String schema) {
        assertThat(ConvertibleSchema.leftOut(schema.replace('\'', '"'))).contains("llama.cpp would leave out", "#");
    }

    @Test
    void theValueIsShownByItsStart() {
        assertThat(ConvertibleSchema.leftOut("{\"items\":{\"type\":\"strin\"}}"))
                .contains("'type' at #/items (\"strin\")");
        assertThat(ConvertibleSchema.leftOut("{\"not\":\"" + "a".repeat(5_000) + "\"}"))
                .contains("…")
                .hasSizeLessThan(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "true",
                "{'type':['string','null'],'minLength':1}",
                "{'type':'object','properties':{'not':{'type':'integer','minimum':0,'maximum':9}},'required':['not'],'additionalProperties':false}",
                "{'$ref':'#/$defs/a','$defs':{'a':{'enum':[{'not':1}]}}}",
                "{'type':'string','pattern':'^[a-z]{2,5}$'}"
            })
    void whatIsReadIsNot(String schema) {
        assertThat(ConvertibleSchema.leftOut(schema.replace('\'', '"'))).isNull();
    }
}

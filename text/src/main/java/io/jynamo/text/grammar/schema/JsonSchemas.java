package io.jynamo.text.grammar.schema;

import io.jynamo.text.grammar.automaton.Expression;
import java.util.Map;

public final class JsonSchemas {
    private JsonSchemas() {}
    public static Expression expression(Object schema, boolean strict, boolean compact) {
        return Json.of(compact).value();
    }
    public static Map<String, Object> copy(Map<?, ?> m) { return Map.of(); }
}

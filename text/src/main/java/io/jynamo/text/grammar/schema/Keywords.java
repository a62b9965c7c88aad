package io.jynamo.text.grammar.schema;

import java.util.Set;

/** Which keywords are refused. Those not known at all say nothing about instances (JSON Schema core, 6.5) and are passed over. */
final class Keywords {
    private static final Set<String> UNSUPPORTED = Set.of(
            "not",
            "if",
            "dependentRequired",
            "dependentSchemas",
            "dependencies",
            "contains",
            "propertyNames",
            "$dynamicRef",
            "$recursiveRef");

    /** Refused unless they have the value that says nothing. */
    private static final Set<String> UNSUPPORTED_UNLESS_TRUE = Set.of("unevaluatedProperties", "unevaluatedItems");

    private Keywords() {}

    /**
     * Refuses a schema with a keyword that is not supported.
     *
     * @throws io.jynamo.protocol.JynamoException UNSUPPORTED_PARAMETER with the keyword and the schema's place
     */
    static void check(SchemaAt schema) {
        for (Object key : schema.map().keySet()) {
            String keyword = String.valueOf(key);
            Object value = schema.map().get(keyword);
            boolean refused = UNSUPPORTED.contains(keyword)
                    || (UNSUPPORTED_UNLESS_TRUE.contains(keyword) && !Boolean.TRUE.equals(value))
                    || (keyword.equals("uniqueItems") && !Boolean.FALSE.equals(value));
            if (refused) {
                throw schema.unsupported(keyword);
            }
        }
        if (schema.has("$id") && !schema.pointer().equals("#")) {
            if (!schema.string("$id").orElse("").startsWith("#")) {
                throw schema.unsupported("$id", "only the whole document can have one");
            }
        }
    }
}

package io.jynamo.frontend.generate;

import io.jynamo.protocol.OutputConstraint;

/**
 * What output is held to, and who says so.
 *
 * @param field of the request, as clients write it
 */
record HeldOutput(String field, OutputConstraint constraint) {
    /** Where in the request it stands. Forced calls are held to the schemas of the tools. */
    String place() {
        boolean ofSchema = constraint.form() instanceof OutputConstraint.JsonSchema && field.endsWith("format");
        return switch (field) {
            case "tool_choice" -> "tools";
            case "response_format" -> ofSchema ? field + ".json_schema.schema" : field;
            default -> ofSchema ? field + ".schema" : field;
        };
    }
}

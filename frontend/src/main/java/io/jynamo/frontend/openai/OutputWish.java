package io.jynamo.frontend.openai;

import io.jynamo.protocol.OutputConstraint;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a request wants its output to look like.
 *
 * @param field that says so, as clients write it
 */
public record OutputWish(String field, OutputConstraint.Form form) {
    private static final Set<String> MEMBERS = Set.of("type", "name", "description", "schema", "strict");

    /**
     * What a format says that has its schema beside its type, as Responses and Messages write it; null for plain text.
     *
     * @throws Refusal naming what of {@code path} is wrong
     */
    public static @Nullable OutputWish of(Map<String, @Nullable Object> format, String path) {
        for (Map.Entry<String, @Nullable Object> member : format.entrySet()) {
            if (!MEMBERS.contains(member.getKey()) && member.getValue() != null) {
                throw Refusal.unsupported(
                        path + "." + member.getKey(), "`" + path + "." + member.getKey() + "` is not supported.");
            }
        }
        Object schema = format.get("schema");
        boolean named = "json_schema".equals(format.get("type"));
        if (named != (schema != null)) {
            throw Refusal.invalid(
                    path + ".schema",
                    "`" + path + ".schema` " + (named ? "is required with" : "needs") + " `type: json_schema`.");
        }
        if (schema != null) {
            return new OutputWish(
                    path,
                    new OutputConstraint.JsonSchema(
                            OutputFields.schema(schema, path + ".schema"),
                            Boolean.TRUE.equals(format.get("strict")),
                            false));
        }
        if ("json_object".equals(format.get("type"))) {
            return new OutputWish(path, new OutputConstraint.JsonObject(false));
        }
        if (!"text".equals(format.get("type"))) {
            throw Refusal.invalid(path + ".type", "`" + path + ".type` must be text, json_object or json_schema.");
        }
        return null;
    }

    /** Whether it speaks of an answer's content, as formats do, and not of all output: then it says nothing of calls. */
    public boolean isOfContent() {
        return field.endsWith("format");
    }
}

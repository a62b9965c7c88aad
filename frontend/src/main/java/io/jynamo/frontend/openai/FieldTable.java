package io.jynamo.frontend.openai;

import io.jynamo.frontend.json.JsonInput;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The fields of one kind of object. Reading, checking and the published description all come from here: a field that is
 * in no table is refused, and one that is described is enforced.
 */
public final class FieldTable {
    private final List<Field<?>> fields;
    private final Map<String, Field<?>> byName = new HashMap<>();
    private final Set<Field<?>> required;

    public FieldTable(List<Field<?>> fields, Set<Field<?>> required) {
        this.fields = List.copyOf(fields);
        this.required = Set.copyOf(required);
        for (Field<?> field : fields) {
            claim(field.name(), field);
            field.aliases().forEach(alias -> claim(alias, field));
        }
    }

    private void claim(String name, Field<?> field) {
        if (byName.put(name, field) != null) {
            throw new IllegalArgumentException("two fields are called " + name);
        }
    }

    List<Field<?>> fields() {
        return fields;
    }

    /**
     * Reads the members of the object the input stands on.
     *
     * @param path of the object, empty for the body itself
     * @throws Refusal when a value is wrong, a field is refused, unknown, repeated or missing
     */
    public FieldValues read(JsonInput in, String path) {
        FieldValues values = new FieldValues();
        List<String> unknown = new ArrayList<>(0);
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            Field<?> field = byName.get(name);
            if (field == null) {
                unknown.add(join(path, name));
                in.skip();
            } else if (!in.isNull()) {
                take(in, field, join(path, name), values);
            }
        }
        if (!unknown.isEmpty()) {
            throw new Refusal(
                    ErrorCode.UNSUPPORTED_PARAMETER,
                    "Unsupported parameter(s): `" + String.join("`, `", unknown) + "`",
                    unknown.getFirst());
        }
        for (Field<?> field : required) {
            if (!values.has(field)) {
                String missing = join(path, field.name());
                throw Refusal.invalid(missing, "`" + missing + "` is required.");
            }
        }
        return values;
    }

    private static <T> void take(JsonInput in, Field<T> field, String path, FieldValues values) {
        Shape<T> shape = field.shape();
        if (shape == null) {
            if (!field.harmless().test(in.tree())) {
                throw new Refusal(field.refusalCode(), "`" + path + "` is not supported: " + field.refusal(), path);
            }
            return;
        }
        if (values.has(field)) {
            throw Refusal.invalid(path, "`" + path + "` is given twice.");
        }
        values.put(field, shape.read(in, path));
    }

    /** Writes the members of a JSON Schema for the object. */
    public void describeMembers(JsonWriter out) {
        out.name("type").value("object").name("properties").beginObject();
        for (Field<?> field : fields) {
            Shape<?> shape = field.shape();
            if (shape == null) {
                continue;
            }
            describe(field.name(), field, shape, out);
            field.aliases().forEach(alias -> describe(alias, field, shape, out));
        }
        out.endObject();
        if (!required.isEmpty()) {
            out.name("required").beginArray();
            fields.stream().filter(required::contains).forEach(field -> out.value(field.name()));
            out.endArray();
        }
        out.name("additionalProperties").value(false);
        if (fields.stream().anyMatch(field -> field.shape() == null)) {
            out.name("x-refused").beginObject();
            fields.stream()
                    .filter(field -> field.shape() == null)
                    .forEach(field -> out.name(field.name()).value(field.description()));
            out.endObject();
        }
    }

    private static void describe(String name, Field<?> field, Shape<?> shape, JsonWriter out) {
        out.name(name).beginObject();
        shape.describe(out);
        out.name("description").value(field.description()).endObject();
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}

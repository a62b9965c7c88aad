package io.jynamo.frontend.openai;

import static io.jynamo.frontend.openai.Field.refused;
import static io.jynamo.frontend.openai.Field.taken;

import io.jynamo.frontend.json.JsonInput;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.OutputConstraint;
import io.jynamo.protocol.OutputConstraint.Form;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The fields that say what output must look like: OpenAI's, and vLLM's in both of its spellings. One of them at most may be used. */
final class OutputFields {
    /** Of a schema, a regular expression or a grammar. */
    private static final int MAX_BYTES = 256 << 10;

    private static final int MAX_CHOICES = 10_000;

    private static final Field<FieldValues> JSON_SCHEMA = taken(
            "json_schema",
            Shapes.object(new FieldTable(
                    List.of(
                            taken("name", Shapes.nonBlank(), "Of the schema; for people."),
                            taken("description", Shapes.string(), "Of the schema; for people."),
                            Schema.FIELD,
                            Schema.STRICT),
                    Set.of(Schema.FIELD))),
            "With type json_schema: the schema.");
    private static final Field<String> TYPE =
            taken("type", Shapes.oneOf("text", "json_object", "json_schema"), "What the answer is.");
    private static final Field<FieldValues> RESPONSE_FORMAT = taken(
            "response_format",
            Shapes.object(new FieldTable(List.of(TYPE, JSON_SCHEMA), Set.of(TYPE))),
            "Holds the answer to JSON, or to a JSON Schema.");

    private static final Field<String> GUIDED_JSON =
            taken("guided_json", schema(), "A JSON Schema that the output is held to.");
    private static final Field<String> GUIDED_REGEX =
            taken("guided_regex", bounded(), "A regular expression that the whole output is held to.");
    private static final Field<List<String>> GUIDED_CHOICE =
            taken("guided_choice", choices(), "Texts, one of which the output is.");
    private static final Field<String> GUIDED_GRAMMAR =
            taken("guided_grammar", bounded(), "An EBNF grammar that the output is held to.");

    private static final Field<String> JSON = taken("json", schema(), "As guided_json.");
    private static final Field<String> REGEX = taken("regex", bounded(), "As guided_regex.");
    private static final Field<List<String>> CHOICE = taken("choice", choices(), "As guided_choice.");
    private static final Field<String> GRAMMAR = taken("grammar", bounded(), "As guided_grammar.");
    private static final Field<Boolean> JSON_OBJECT =
            taken("json_object", Shapes.bool(), "Hold the output to any JSON object.");
    private static final Field<Boolean> COMPACT =
            taken("disable_any_whitespace", Shapes.bool(), "No white space between the parts of JSON.");
    private static final Field<Boolean> CLOSED = taken(
            "disable_additional_properties",
            Shapes.bool(),
            "Objects with properties have no others unless the schema says so.");
    private static final Field<FieldValues> STRUCTURED_OUTPUTS = taken(
            "structured_outputs",
            Shapes.object(new FieldTable(
                    List.of(
                            JSON,
                            REGEX,
                            CHOICE,
                            GRAMMAR,
                            JSON_OBJECT,
                            COMPACT,
                            CLOSED,
                            taken("disable_fallback", Shapes.bool(), "There is nothing to fall back to."),
                            refused("structural_tag", "tags in free text are not built"),
                            refused("whitespace_pattern", "white space is JSON's or none")),
                    Set.of())),
            "What the output is held to, as vLLM spells it since guided_* were deprecated.");

    /** In the order of the published description. */
    static final List<Field<?>> ALL =
            List.of(RESPONSE_FORMAT, GUIDED_JSON, GUIDED_REGEX, GUIDED_CHOICE, GUIDED_GRAMMAR, STRUCTURED_OUTPUTS);

    static final List<Field<?>> REFUSED = List.of(
            refused("guided_decoding_backend", "there is one, and it is always used", "auto"::equals),
            refused("guided_whitespace_pattern", "white space is JSON's or none"));

    private OutputFields() {}

    /** The fields of a schema that has a name. */
    private static final class Schema {
        static final Field<String> FIELD = taken("schema", schema(), "JSON Schema, 2020-12 or draft-07.");
        static final Field<Boolean> STRICT =
                taken("strict", Shapes.bool(), "Objects with properties have no others unless the schema says so.");
    }

    /**
     * What the fields ask for, or null for nothing.
     *
     * @throws Refusal where it is more than one thing
     */
    static @Nullable OutputWish wish(FieldValues values) {
        List<OutputWish> wishes = new ArrayList<>(1);
        FieldValues format = values.find(RESPONSE_FORMAT);
        if (format != null) {
            add(wishes, RESPONSE_FORMAT.name(), ofFormat(format));
        }
        addAll(wishes, values, GUIDED_JSON, GUIDED_REGEX, GUIDED_CHOICE, GUIDED_GRAMMAR, "");
        FieldValues structured = values.find(STRUCTURED_OUTPUTS);
        if (structured != null) {
            addStructured(wishes, structured);
        }
        if (wishes.size() > 1) {
            throw Refusal.invalid(
                    wishes.get(1).field(),
                    "`" + wishes.get(0).field() + "` and `" + wishes.get(1).field()
                            + "` both say what the output must look like; use one of them.");
        }
        return wishes.isEmpty() ? null : wishes.getFirst();
    }

    private static @Nullable Form ofFormat(FieldValues format) {
        FieldValues schema = format.find(JSON_SCHEMA);
        String type = format.or(TYPE, "text");
        if ((schema != null) != type.equals("json_schema")) {
            throw Refusal.invalid(
                    "response_format.json_schema",
                    "`response_format.json_schema` " + (schema == null ? "is required with" : "needs")
                            + " `type: json_schema`.");
        }
        if (schema != null) {
            return new OutputConstraint.JsonSchema(schema.or(Schema.FIELD, ""), schema.is(Schema.STRICT), false);
        }
        return type.equals("json_object") ? new OutputConstraint.JsonObject(false) : null;
    }

    private static void addStructured(List<OutputWish> wishes, FieldValues structured) {
        String path = STRUCTURED_OUTPUTS.name() + ".";
        int before = wishes.size();
        boolean compact = structured.is(COMPACT);
        String schema = structured.find(JSON);
        if (schema != null) {
            add(wishes, path + JSON.name(), new OutputConstraint.JsonSchema(schema, structured.is(CLOSED), compact));
        }
        addAll(wishes, structured, null, REGEX, CHOICE, GRAMMAR, path);
        if (structured.is(JSON_OBJECT)) {
            add(wishes, path + JSON_OBJECT.name(), new OutputConstraint.JsonObject(compact));
        }
        if (wishes.size() == before) {
            throw Refusal.invalid(
                    STRUCTURED_OUTPUTS.name(),
                    "`structured_outputs` must have one of json, regex, choice, grammar and json_object.");
        }
    }

    private static void addAll(
            List<OutputWish> wishes,
            FieldValues values,
            @Nullable Field<String> json,
            Field<String> regex,
            Field<List<String>> choice,
            Field<String> grammar,
            String path) {
        String schema = json == null ? null : values.find(json);
        if (json != null && schema != null) {
            add(wishes, path + json.name(), new OutputConstraint.JsonSchema(schema, false, false));
        }
        String pattern = values.find(regex);
        add(wishes, path + regex.name(), pattern == null ? null : new OutputConstraint.Regex(pattern));
        List<String> texts = values.find(choice);
        add(wishes, path + choice.name(), texts == null ? null : new OutputConstraint.OneOf(texts));
        String ebnf = values.find(grammar);
        add(wishes, path + grammar.name(), ebnf == null ? null : new OutputConstraint.Grammar(ebnf));
    }

    private static void add(List<OutputWish> wishes, String field, @Nullable Form form) {
        if (form != null) {
            wishes.add(new OutputWish(field, form));
        }
    }

    private static Shape<String> bounded() {
        return Shapes.checked(Shapes.nonBlank(), (text, path) -> requireShort(text.length(), path));
    }

    private static Shape<List<String>> choices() {
        return Shapes.checked(
                Shapes.list(Shapes.string(), 1, MAX_CHOICES),
                (texts, path) ->
                        requireShort(texts.stream().mapToLong(String::length).sum(), path));
    }

    /** A schema as JSON text; it comes as an object, as true or false, or as such text. */
    private static Shape<String> schema() {
        return Shapes.checked(
                Shapes.either(OutputFields::readSchema, Shapes.freeObject(), Shapes.bool(), Shapes.string()),
                (text, path) -> requireShort(text.length(), path));
    }

    private static String readSchema(JsonInput in, String path) {
        if (in.isString()) {
            return ofText(in.string(), path);
        }
        Shapes.require(in.isObject() || in.isBoolean(), in, path, "a JSON Schema: an object, true or false");
        return json(in.tree());
    }

    private static String ofText(String text, String path) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try {
            return json(JsonInput.readObject(bytes, bytes.length, OutputFields::members));
        } catch (JynamoException noObject) {
            throw Refusal.invalid(path, "`" + path + "` is text that is no JSON object: " + noObject.getMessage());
        }
    }

    private static Map<String, @Nullable Object> members(JsonInput in) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            members.put(name, in.tree());
        }
        return members;
    }

    /**
     * A schema that came as a tree, as text.
     *
     * @throws Refusal where it is no schema, or too long
     */
    static String schema(Object tree, String path) {
        if (!(tree instanceof Map<?, ?>) && !(tree instanceof Boolean)) {
            throw Refusal.invalid(path, "`" + path + "` must be a JSON Schema: an object, true or false.");
        }
        String text = json(tree);
        requireShort(text.length(), path);
        return text;
    }

    /** A tree as JSON text. */
    static String json(@Nullable Object tree) {
        var out = new JsonWriter(256);
        out.tree(tree);
        return new String(out.array(), 0, out.count(), StandardCharsets.UTF_8);
    }

    private static void requireShort(long length, String path) {
        if (length > MAX_BYTES) {
            throw Refusal.invalid(
                    path, "`" + path + "` has " + length + " characters; it must have at most " + MAX_BYTES + ".");
        }
    }
}

package io.jynamo.engine.attached;

import java.io.ByteArrayOutputStream;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON as engines speak it. Some write NaN and Infinity for log probabilities. */
public final class Json {
    private static final int MAX_DEPTH = 64;
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxStringLength(16 << 20)
                            .maxNameLength(1 << 12)
                            .build())
                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                    .build())
            .build();

    private Json() {}

    /** The document, or null where it is none. */
    public static @Nullable JsonNode tryTree(String text) {
        try {
            JsonNode tree = MAPPER.readTree(text);
            return tree.isMissingNode() ? null : tree;
        } catch (JacksonException e) {
            return null;
        }
    }

    /** The object that an event's data is. */
    public static JsonNode requireObject(String data) {
        try {
            JsonNode tree = MAPPER.readTree(data);
            if (tree.isObject()) {
                return tree;
            }
        } catch (JacksonException e) {
            throw new MalformedAnswer("an event is no JSON: " + e.getOriginalMessage(), e);
        }
        throw new MalformedAnswer("an event is no JSON object");
    }

    /** The bytes of an object whose members {@code members} writes. */
    public static byte[] object(Consumer<JsonGenerator> members) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        try (JsonGenerator json = MAPPER.createGenerator(bytes)) {
            json.writeStartObject();
            members.accept(json);
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    /** A member that is a whole number within an int. */
    public static OptionalInt findInt(JsonNode parent, String name) {
        JsonNode value = parent.path(name);
        return value.isIntegralNumber() && value.canConvertToInt()
                ? OptionalInt.of(value.intValue())
                : OptionalInt.empty();
    }

    /** A member that is text, or null. */
    public static @Nullable String findText(JsonNode parent, String name) {
        JsonNode value = parent.path(name);
        return value.isString() ? value.stringValue() : null;
    }
}

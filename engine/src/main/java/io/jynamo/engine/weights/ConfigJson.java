package io.jynamo.engine.weights;

import static io.jynamo.engine.weights.ModelFileProblem.quote;

import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A JSON object from a model folder with typed, checked access. A null value counts as absent, as it does in these files. */
record ConfigJson(Path file, String at, JsonNode node) {
    private static final int MAX_DEPTH = 32;

    /** Strict on structure and size; Python writers put NaN and Infinity into such files. */
    static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxStringLength(1 << 20)
                            .maxNameLength(1 << 12)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                    .build())
            .build();

    /** Reads a whole file that is one object of at most {@code maxBytes}. */
    static ConfigJson read(Path file, int maxBytes) {
        byte[] bytes;
        try {
            long size = Files.size(file);
            if (size > maxBytes) {
                throw ModelFileProblem.corrupt(file, "has " + size + " bytes; such a file has at most " + maxBytes);
            }
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw ModelFileProblem.unreadable(file, e);
        }
        return parse(file, bytes);
    }

    static ConfigJson parse(Path file, byte[] bytes) {
        try {
            JsonNode node = MAPPER.readTree(bytes);
            if (!node.isObject()) {
                throw ModelFileProblem.corrupt(file, "is not a JSON object");
            }
            return new ConfigJson(file, "", node);
        } catch (JacksonException e) {
            throw ModelFileProblem.corrupt(file, "is not valid JSON: " + e.getOriginalMessage());
        }
    }

    @Nullable
    JsonNode value(String key) {
        JsonNode value = node.get(key);
        return value == null || value.isNull() ? null : value;
    }

    /** True also for a key whose value is null. */
    boolean mentions(String key) {
        return node.has(key);
    }

    Optional<ConfigJson> findObject(String key) {
        JsonNode value = value(key);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isObject()) {
            throw wrong(key, "an object");
        }
        return Optional.of(new ConfigJson(file, at + key + ".", value));
    }

    int require(String key, int min, int max) {
        return find(key, min - 1, min, max);
    }

    /** An integer within bounds; where it is absent, {@code otherwise}, and where that is out of bounds, an error. */
    int find(String key, int otherwise, int min, int max) {
        JsonNode value = value(key);
        if (value == null) {
            if (otherwise < min) {
                throw ModelFileProblem.corrupt(file, "has no " + at + key);
            }
            return otherwise;
        }
        if (!value.isIntegralNumber()
                || !value.canConvertToLong()
                || value.longValue() < min
                || value.longValue() > max) {
            throw wrong(key, "an integer from " + min + " to " + max);
        }
        return value.intValue();
    }

    /** A finite number above 0. */
    Optional<Float> findPositive(String key) {
        JsonNode value = value(key);
        if (value == null) {
            return Optional.empty();
        }
        float number = value.isNumber() ? (float) value.doubleValue() : Float.NaN;
        if (!(number > 0) || Float.isInfinite(number)) {
            throw wrong(key, "a number above 0");
        }
        return Optional.of(number);
    }

    float requirePositive(String key) {
        return findPositive(key).orElseThrow(() -> ModelFileProblem.corrupt(file, "has no " + at + key));
    }

    boolean flag(String key, boolean otherwise) {
        JsonNode value = value(key);
        if (value == null) {
            return otherwise;
        }
        if (!value.isBoolean()) {
            throw wrong(key, "true or false");
        }
        return value.booleanValue();
    }

    Optional<String> findString(String key) {
        JsonNode value = value(key);
        if (value != null && !value.isString()) {
            throw wrong(key, "a string");
        }
        return Optional.ofNullable(value).map(JsonNode::stringValue);
    }

    JynamoException wrong(String key, String expected) {
        return ModelFileProblem.corrupt(file, quote(at + key) + " is not " + expected);
    }
}

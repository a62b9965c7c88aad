package io.jynamo.engine.weights;

import io.jynamo.protocol.JynamoException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Typed access to the hyperparameters in a GGUF file's metadata; keys are those after the architecture's prefix. */
record GgufMetadata(Path file, String architecture, Map<String, Object> values) {

    static GgufMetadata of(Path file, Map<String, Object> values) {
        if (!(values.get("general.architecture") instanceof String architecture)) {
            throw ModelFileProblem.corrupt(file, "has no general.architecture");
        }
        return new GgufMetadata(file, architecture, values);
    }

    /** The value under this whole key. */
    @Nullable
    Object raw(String key) {
        return values.get(key);
    }

    boolean has(String key) {
        return values.containsKey(architecture + "." + key);
    }

    /** An integer within bounds. */
    int require(String key, int min, int max) {
        return checked(key, lookup(key), min, max);
    }

    int find(String key, int otherwise, int min, int max) {
        Object value = values.get(architecture + "." + key);
        return value == null ? otherwise : checked(key, value, min, max);
    }

    /** An integer that files may also give once per layer; the engine wants all layers alike. */
    int requireUniform(String key, int min, int max) {
        Object value = lookup(key);
        if (value instanceof int[] perLayer && perLayer.length > 0) {
            for (int one : perLayer) {
                if (one != perLayer[0]) {
                    throw ModelFileProblem.unsupported(
                            file,
                            name(key) + " differs between layers; only models with all layers alike are supported");
                }
            }
            return checked(key, (long) perLayer[0], min, max);
        }
        return checked(key, value, min, max);
    }

    float requirePositive(String key) {
        return findPositive(key).orElseThrow(() -> missing(key));
    }

    /** A finite number above 0. */
    Optional<Float> findPositive(String key) {
        Object value = values.get(architecture + "." + key);
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof Double number) || !(number > 0) || !Float.isFinite(number.floatValue())) {
            throw ModelFileProblem.corrupt(file, name(key) + " is not a number above 0");
        }
        return Optional.of(number.floatValue());
    }

    Optional<String> findString(String key) {
        Object value = values.get(architecture + "." + key);
        if (value != null && !(value instanceof String)) {
            throw ModelFileProblem.corrupt(file, name(key) + " is not a string");
        }
        return Optional.ofNullable((String) value);
    }

    /** A token id under this whole key, or null. */
    @Nullable
    Integer tokenId(String key, int vocabularySize) {
        Object value = values.get(key);
        if (value == null) {
            return null;
        }
        if (!(value instanceof Long id) || id < 0 || id >= vocabularySize) {
            throw ModelFileProblem.corrupt(file, key + " is not an id below " + vocabularySize);
        }
        return id.intValue();
    }

    private Object lookup(String key) {
        Object value = values.get(architecture + "." + key);
        if (value == null) {
            throw missing(key);
        }
        return value;
    }

    private int checked(String key, Object value, int min, int max) {
        if (!(value instanceof Long number) || number < min || number > max) {
            throw ModelFileProblem.corrupt(file, name(key) + " is not an integer from " + min + " to " + max);
        }
        return number.intValue();
    }

    private JynamoException missing(String key) {
        return ModelFileProblem.corrupt(file, "has no " + name(key));
    }

    private String name(String key) {
        return "metadata " + architecture + "." + key;
    }
}

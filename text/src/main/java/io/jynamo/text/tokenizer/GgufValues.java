package io.jynamo.text.tokenizer;

import static io.jynamo.text.tokenizer.Refusal.corrupt;

import java.lang.reflect.Array;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The {@code tokenizer.ggml.*} key-values of a GGUF file, read without regard to the class its reader gave numbers and lists. */
final class GgufValues {
    private static final String PREFIX = "tokenizer.ggml.";

    private final Map<String, ?> metadata;

    GgufValues(Map<String, ?> metadata) {
        this.metadata = metadata;
    }

    /** The model's architecture, or empty. */
    String architecture() {
        return metadata.get("general.architecture") instanceof String name ? name : "";
    }

    boolean has(String key) {
        return metadata.get(PREFIX + key) != null;
    }

    String text(String key, String absent) {
        Object value = metadata.get(PREFIX + key);
        if (value == null) {
            return absent;
        }
        if (value instanceof String text) {
            return text;
        }
        throw wrong(key, "text", value);
    }

    boolean flag(String key, boolean absent) {
        Object value = metadata.get(PREFIX + key);
        if (value == null) {
            return absent;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw wrong(key, "true or false", value);
    }

    /** A token id, or {@code absent}; one outside the vocabulary is a broken file. */
    int id(String key, int absent, int size) {
        Object value = metadata.get(PREFIX + key);
        if (value == null) {
            return absent < size ? absent : -1;
        }
        if (!(value instanceof Number number)) {
            throw wrong(key, "a number", value);
        }
        long id = number.longValue();
        // Converters write the largest unsigned number for "none".
        if (id == 0xFFFFFFFFL || id == -1) {
            return -1;
        }
        if (id < 0 || id >= size) {
            throw corrupt(PREFIX + key + " is " + id + ", outside the vocabulary of " + size);
        }
        return (int) id;
    }

    String[] texts(String key) {
        Object value = metadata.get(PREFIX + key);
        if (value instanceof String[] texts) {
            return texts;
        }
        int count = length(key, value);
        var result = new String[count];
        for (int i = 0; i < count; i++) {
            if (!(element(value, i) instanceof String text)) {
                throw corrupt(PREFIX + key + "[" + i + "] is not text");
            }
            result[i] = text;
        }
        return result;
    }

    int[] integers(String key) {
        Object value = metadata.get(PREFIX + key);
        if (value instanceof int[] integers) {
            return integers;
        }
        var result = new int[length(key, value)];
        for (int i = 0; i < result.length; i++) {
            result[i] = (int) number(key, value, i).longValue();
        }
        return result;
    }

    float[] floats(String key) {
        Object value = metadata.get(PREFIX + key);
        if (value instanceof float[] floats) {
            return floats;
        }
        var result = new float[length(key, value)];
        for (int i = 0; i < result.length; i++) {
            result[i] = number(key, value, i).floatValue();
        }
        return result;
    }

    byte[] bytes(String key) {
        Object value = metadata.get(PREFIX + key);
        if (value == null) {
            return new byte[0];
        }
        if (value instanceof byte[] bytes) {
            return bytes;
        }
        var result = new byte[length(key, value)];
        for (int i = 0; i < result.length; i++) {
            result[i] = (byte) number(key, value, i).longValue();
        }
        return result;
    }

    private Number number(String key, @Nullable Object value, int i) {
        Object element = element(value, i);
        if (element instanceof Number number) {
            return number;
        }
        throw corrupt(PREFIX + key + "[" + i + "] is not a number");
    }

    private static int length(String key, @Nullable Object value) {
        if (value instanceof List<?> list) {
            return list.size();
        }
        if (value == null || !value.getClass().isArray()) {
            throw corrupt(PREFIX + key + (value == null ? " is missing" : " is not a list"));
        }
        return Array.getLength(value);
    }

    private static @Nullable Object element(@Nullable Object value, int i) {
        if (value == null) {
            return null;
        }
        return value instanceof List<?> list ? list.get(i) : Array.get(value, i);
    }

    private static io.jynamo.protocol.JynamoException wrong(String key, String wanted, Object value) {
        return corrupt(PREFIX + key + " is not " + wanted + " but a "
                + value.getClass().getSimpleName());
    }
}

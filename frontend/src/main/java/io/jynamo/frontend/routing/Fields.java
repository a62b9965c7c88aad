package io.jynamo.frontend.routing;

import io.jynamo.frontend.http.RequestBody;
import io.jynamo.frontend.json.JsonInput;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The members of a JSON object that a client sent, asked for by name and kind. What is null counts as absent, and what
 * nobody asks for is not looked at. A member that is missing or of another kind is {@code MALFORMED_FIELD}.
 */
final class Fields {
    private static final long MAX_U32 = 0xFFFF_FFFFL;
    private static final BigInteger BEYOND_U64 = BigInteger.ONE.shiftLeft(64);
    private static final int FIRST_NUMBERS = 64;
    /** Of an array that is not of numbers alone: its elements cost far more than their text. */
    private static final int MOST_ELEMENTS = 1 << 17;

    private static final int MOST_MEMBERS = 1 << 13;

    private final String path;
    private final Map<String, Object> members;

    private Fields(String path, Map<String, Object> members) {
        this.path = path;
        this.members = members;
    }

    /**
     * Reads a body; an empty one is an object without members where that is allowed.
     *
     * @throws JynamoException INVALID_JSON
     */
    static Fields read(RequestBody body, boolean mayBeEmpty) {
        byte[] bytes = body.bytes();
        int count = Math.min(bytes.length, body.count());
        if (count == 0 && mayBeEmpty) {
            return new Fields("", Map.of());
        }
        return read(bytes, count);
    }

    /** Reads the first {@code count} bytes. */
    static Fields read(byte[] bytes, int count) {
        return JsonInput.readObject(bytes, count, in -> object(in, ""));
    }

    private static Fields object(JsonInput in, String path) {
        Map<String, Object> members = new LinkedHashMap<>();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            if (members.size() >= MOST_MEMBERS) {
                throw new JynamoException(
                        ErrorCode.INVALID_REQUEST, "an object must have at most " + MOST_MEMBERS + " members");
            }
            Object value = value(in, path + name);
            if (value != null) {
                members.put(name, value);
            } else {
                members.remove(name);
            }
        }
        return new Fields(path, members);
    }

    private static @Nullable Object value(JsonInput in, String at) {
        if (in.isObject()) {
            return object(in, at + ".");
        }
        return in.isArray() ? array(in, at) : in.tree();
    }

    /** An array of signed 64-bit numbers alone is a {@code long[]}: prompts have a million. Any other is a list. */
    private static Object array(JsonInput in, String at) {
        long[] numbers = new long[FIRST_NUMBERS];
        int count = 0;
        List<Object> others = new ArrayList<>();
        while (in.nextElement()) {
            Long number = in.isInteger() ? in.integer() : null;
            if (number != null && others.isEmpty()) {
                if (count == numbers.length) {
                    numbers = Arrays.copyOf(numbers, 4 * count);
                }
                numbers[count++] = number;
                continue;
            }
            if (others.isEmpty()) {
                for (int i = 0; i < count; i++) {
                    others.add(numbers[i]);
                }
            }
            if (others.size() >= MOST_ELEMENTS) {
                throw new JynamoException(
                        ErrorCode.INVALID_REQUEST,
                        at + " must have at most " + MOST_ELEMENTS + " elements that are no signed 64-bit numbers");
            }
            Object other = value(in, at + "[" + others.size() + "]");
            others.add(other == null ? "null" : other);
        }
        return others.isEmpty() ? Arrays.copyOf(numbers, count) : others;
    }

    boolean has(String name) {
        return members.containsKey(name);
    }

    String text(String name) {
        return String.valueOf(textOr(name, null, require(name)));
    }

    String textOr(String name, String fallback) {
        Object value = members.get(name);
        return value == null ? fallback : String.valueOf(textOr(name, fallback, value));
    }

    @Nullable
    String findText(String name) {
        Object value = members.get(name);
        return value == null ? null : textOr(name, null, value);
    }

    private @Nullable String textOr(String name, @Nullable String fallback, Object value) {
        if (value instanceof String text) {
            return text.isEmpty() && fallback != null ? fallback : text;
        }
        throw malformed(name, "a string", value);
    }

    /** The text, unless it is longer than may be kept. */
    String atMost(String name, String text, int characters) {
        if (text.length() > characters) {
            throw invalid(name, "must have at most " + characters + " characters");
        }
        return text;
    }

    /** An unsigned 64-bit number, bit for bit. */
    long u64(String name) {
        return u64(name, require(name));
    }

    private long u64(String name, Object value) {
        return switch (value) {
            case Long number when number >= 0 -> number;
            case BigInteger big when big.signum() > 0 && big.compareTo(BEYOND_U64) < 0 -> big.longValue();
            default -> throw malformed(name, "an unsigned 64-bit integer", value);
        };
    }

    /** An unsigned 32-bit number. */
    long u32(String name) {
        return u32(name, require(name));
    }

    private long u32(String name, Object value) {
        if (value instanceof Long number && number >= 0 && number <= MAX_U32) {
            return number;
        }
        throw malformed(name, "an unsigned 32-bit integer", value);
    }

    @Nullable
    Long findU32(String name) {
        Object value = members.get(name);
        return value == null ? null : (Long) u32(name, value);
    }

    @Nullable
    Long findU64(String name) {
        Object value = members.get(name);
        return value == null ? null : (Long) u64(name, value);
    }

    /** A number of tokens, from 0 to {@link Integer#MAX_VALUE}. */
    int tokens(String name, int fallback) {
        Object value = members.get(name);
        if (value == null) {
            return fallback;
        }
        if (value instanceof Long number && number >= 0 && number <= Integer.MAX_VALUE) {
            return number.intValue();
        }
        throw malformed(name, "an integer from 0 to " + Integer.MAX_VALUE, value);
    }

    @Nullable
    Double findNumber(String name) {
        Object value = members.get(name);
        return switch (value) {
            case null -> null;
            case Long whole -> (double) whole;
            case Double number when Double.isFinite(number) -> number;
            default -> throw malformed(name, "a finite number", value);
        };
    }

    @Nullable
    Boolean findFlag(String name) {
        Object value = members.get(name);
        if (value == null || value instanceof Boolean) {
            return (Boolean) value;
        }
        throw malformed(name, "a boolean", value);
    }

    /** Signed 64-bit numbers. */
    long[] longs(String name) {
        return longs(name, require(name));
    }

    private long[] longs(String name, Object value) {
        if (value instanceof long[] numbers) {
            return numbers;
        }
        throw malformed(name, "an array of signed 64-bit integers", value);
    }

    /** Token ids, each an unsigned 32-bit number, as the bits of an int. */
    int[] tokenIds(String name) {
        long[] numbers = longs(name, require(name));
        int[] ids = new int[numbers.length];
        for (int i = 0; i < ids.length; i++) {
            if (numbers[i] < 0 || numbers[i] > MAX_U32) {
                throw malformed(name + "[" + i + "]", "an unsigned 32-bit integer", numbers[i]);
            }
            ids[i] = (int) numbers[i];
        }
        return ids;
    }

    /** Unsigned 64-bit numbers, each once; null where there is no such member. */
    @Nullable
    Set<Long> findU64s(String name) {
        Object value = members.get(name);
        if (value == null) {
            return null;
        }
        Set<Long> all = new HashSet<>();
        elements(name, value, (at, each) -> all.add(u64(at, each)));
        return all;
    }

    /** Strings, each once, in their order; null where there is no such member. */
    @Nullable
    List<String> findTexts(String name) {
        Object value = members.get(name);
        if (value == null) {
            return null;
        }
        Set<String> all = new java.util.LinkedHashSet<>();
        elements(name, value, (at, each) -> {
            if (!(each instanceof String text)) {
                throw malformed(at, "a string", each);
            }
            all.add(text);
        });
        return List.copyOf(all);
    }

    /** How many leading elements of an array of objects and nulls are null; all where there is no such member. */
    int leadingNulls(String name) {
        Object value = members.get(name);
        if (!(value instanceof List<?> list)) {
            return Integer.MAX_VALUE;
        }
        int nulls = 0;
        while (nulls < list.size() && "null".equals(list.get(nulls))) {
            nulls++;
        }
        return nulls == list.size() ? Integer.MAX_VALUE : nulls;
    }

    private void elements(String name, Object value, BiConsumer<String, Object> each) {
        switch (value) {
            case long[] numbers -> {
                for (int i = 0; i < numbers.length; i++) {
                    each.accept(name + "[" + i + "]", numbers[i]);
                }
            }
            case List<?> list -> {
                for (int i = 0; i < list.size(); i++) {
                    each.accept(name + "[" + i + "]", list.get(i));
                }
            }
            default -> throw malformed(name, "an array", value);
        }
    }

    @Nullable
    Fields findObject(String name) {
        Object value = members.get(name);
        if (value == null || value instanceof Fields) {
            return (Fields) value;
        }
        throw malformed(name, "an object", value);
    }

    /** The names of the members, in their order. */
    Set<String> names() {
        return members.keySet();
    }

    /** A value that cannot be used though it is of its kind. */
    JynamoException invalid(String name, String what) {
        return new JynamoException(ErrorCode.INVALID_REQUEST, path + name + " " + what);
    }

    /** A value that is not of its kind. */
    JynamoException malformed(String name, String wanted) {
        return new JynamoException(ErrorCode.MALFORMED_FIELD, path + name + " must be " + wanted);
    }

    private JynamoException malformed(String name, String wanted, Object value) {
        return new JynamoException(
                ErrorCode.MALFORMED_FIELD, path + name + " must be " + wanted + ", not " + kind(value));
    }

    private Object require(String name) {
        Object value = members.get(name);
        if (value == null) {
            throw new JynamoException(ErrorCode.MALFORMED_FIELD, "missing field `" + path + name + "`");
        }
        return value;
    }

    private static String kind(Object value) {
        return switch (value) {
            case String text -> text.length() > 40 ? "a string" : "the string \"" + text + "\"";
            case long[] numbers -> "an array";
            case List<?> list -> "an array";
            case Fields object -> "an object";
            default -> value.toString();
        };
    }
}

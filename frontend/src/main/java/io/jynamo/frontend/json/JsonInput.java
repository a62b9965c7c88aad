package io.jynamo.frontend.json;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * A request body being read as JSON, one token at a time, within limits of depth, name and number length.
 *
 * <p>Everything the text itself does wrong (syntax, UTF-8, a surrogate without its partner, too deep) is {@code
 * INVALID_JSON} with the byte offset.
 */
public final class JsonInput implements AutoCloseable {
    /** Levels of arrays and objects; deeper bodies are refused before they cost a stack. */
    public static final int MAX_DEPTH = 64;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNameLength(1_024)
                    .maxNumberLength(100)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long BACKSLASHES = ONES * '\\';

    /** Texts from this length on are looked at for being plain. */
    private static final int LONG = 1 << 16;

    private final JsonParser parser;
    private final byte[] bytes;
    private final int count;

    private JsonInput(byte[] bytes, int count) {
        this.parser = FACTORY.createParser(ObjectReadContext.empty(), bytes, 0, count);
        this.bytes = bytes;
        this.count = count;
    }

    /**
     * Reads one JSON object out of the first {@code count} bytes and hands its members to {@code body}.
     *
     * @throws JynamoException INVALID_JSON
     */
    public static <T> T readObject(byte[] bytes, int count, Body<T> body) {
        refuseLoneSurrogates(bytes, count);
        try (JsonInput in = new JsonInput(bytes, count)) {
            JsonToken first = in.parser.nextToken();
            if (first != JsonToken.START_OBJECT) {
                throw new JynamoException(
                        ErrorCode.INVALID_JSON,
                        first == null
                                ? "The body is empty; a JSON object was expected."
                                : "The body must be a JSON object, not " + in.kind() + ".");
            }
            T value = body.read(in);
            if (in.parser.nextToken() != null) {
                throw new JynamoException(
                        ErrorCode.INVALID_JSON,
                        "Something follows the JSON object at byte "
                                + in.parser.currentTokenLocation().getByteOffset() + ".");
            }
            return value;
        } catch (JacksonException broken) {
            throw new JynamoException(ErrorCode.INVALID_JSON, explain(broken, count), broken);
        }
    }

    /** Reads the members of the object the reader stands on. */
    @FunctionalInterface
    public interface Body<T> {
        T read(JsonInput in);
    }

    /** The next member's name, standing on its value afterwards; null at the end of the object. */
    public @Nullable String nextName() {
        if (parser.nextToken() != JsonToken.PROPERTY_NAME) {
            return null;
        }
        String name = parser.currentName();
        parser.nextToken();
        return name;
    }

    /** Steps to the next element of an array; false at its end. */
    public boolean nextElement() {
        return parser.nextToken() != JsonToken.END_ARRAY;
    }

    public boolean isNull() {
        return parser.currentToken() == JsonToken.VALUE_NULL;
    }

    public boolean isString() {
        return parser.currentToken() == JsonToken.VALUE_STRING;
    }

    public boolean isBoolean() {
        return parser.currentToken() == JsonToken.VALUE_TRUE || parser.currentToken() == JsonToken.VALUE_FALSE;
    }

    public boolean isInteger() {
        return parser.currentToken() == JsonToken.VALUE_NUMBER_INT;
    }

    public boolean isNumber() {
        return isInteger() || parser.currentToken() == JsonToken.VALUE_NUMBER_FLOAT;
    }

    public boolean isArray() {
        return parser.currentToken() == JsonToken.START_ARRAY;
    }

    public boolean isObject() {
        return parser.currentToken() == JsonToken.START_OBJECT;
    }

    public String string() {
        String plain = count < LONG ? null : longPlain();
        return plain == null ? parser.getString() : plain;
    }

    /** A long text of ASCII without escapes, straight from the bytes; of others the parser makes four copies. Null where it is none. */
    private @Nullable String longPlain() {
        long at = parser.currentTokenLocation().getByteOffset();
        if (at < 0 || at >= count - LONG || bytes[(int) at] != '"') {
            return null;
        }
        int from = (int) at + 1;
        int to = from;
        while (to < count && bytes[to] >= ' ' && bytes[to] != '"' && bytes[to] != '\\') {
            to++;
        }
        boolean whole = to < count && bytes[to] == '"' && to - from >= LONG;
        return whole ? new String(bytes, from, to - from, StandardCharsets.US_ASCII) : null;
    }

    public boolean bool() {
        return parser.currentToken() == JsonToken.VALUE_TRUE;
    }

    public double number() {
        return parser.getDoubleValue();
    }

    /** The integer the reader stands on, or null when it does not fit a long. */
    public @Nullable Long integer() {
        return switch (parser.getNumberType()) {
            case INT, LONG -> parser.getLongValue();
            default -> null;
        };
    }

    /** What the reader stands on, in words. */
    public String kind() {
        return switch (parser.currentToken()) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT -> "an integer";
            case VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            case VALUE_NULL -> "null";
            default -> "the end";
        };
    }

    /**
     * The whole value as maps (in order), lists, strings, booleans, {@code Long} or {@code BigInteger}, {@code Double}
     * and nulls.
     */
    public @Nullable Object tree() {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object();
            case START_ARRAY -> array();
            case VALUE_STRING -> string();
            case VALUE_NUMBER_INT -> integerTree();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }

    /** The bytes of the array or object that the reader stands on, as they are, and passes over it. */
    public byte[] raw() {
        int from = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        return Arrays.copyOfRange(bytes, from, (int) parser.currentLocation().getByteOffset());
    }

    /** Passes over the value. */
    public void skip() {
        parser.skipChildren();
    }

    @Override
    public void close() {
        parser.close();
    }

    private Map<String, @Nullable Object> object() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        for (String name = nextName(); name != null; name = nextName()) {
            members.put(name, tree());
        }
        return members;
    }

    private List<@Nullable Object> array() {
        List<@Nullable Object> elements = new ArrayList<>();
        while (nextElement()) {
            elements.add(tree());
        }
        return elements;
    }

    private Object integerTree() {
        Long value = integer();
        return value != null ? value : parser.getBigIntegerValue();
    }

    private static String explain(JacksonException broken, int count) {
        var location = broken.getLocation();
        long offset = location == null ? -1 : location.getByteOffset();
        String reason = broken.getOriginalMessage();
        int end = reason.indexOf('\n');
        String first = end < 0 ? reason : reason.substring(0, end);
        return "The body is not valid JSON at byte " + (offset < 0 ? count : offset) + ": " + first;
    }

    /** Jackson lets an escaped half of a surrogate pair pass; nothing behind it can encode one. */
    private static void refuseLoneSurrogates(byte[] bytes, int count) {
        for (int i = backslash(bytes, 0, count); i + 5 < count; i = backslash(bytes, i + 1, count)) {
            if (bytes[i + 1] != 'u') {
                i++;
                continue;
            }
            int unit = hex(bytes, i + 2);
            if (unit >= 0xD800 && unit < 0xDC00) {
                boolean paired = i + 11 < count
                        && bytes[i + 6] == '\\'
                        && bytes[i + 7] == 'u'
                        && (hex(bytes, i + 8) & 0xFC00) == 0xDC00;
                if (!paired) {
                    throw loneSurrogate(i);
                }
                i += 11;
            } else if (unit >= 0xDC00 && unit < 0xE000) {
                throw loneSurrogate(i);
            } else {
                i += 5;
            }
        }
    }

    /** The next backslash from {@code from} on, or {@code count}; eight bytes at a time. */
    private static int backslash(byte[] bytes, int from, int count) {
        int i = from;
        for (; i + Long.BYTES <= count; i += Long.BYTES) {
            long other = (long) LONGS.get(bytes, i) ^ BACKSLASHES;
            long zeros = (other - ONES) & ~other & HIGH_BITS;
            if (zeros != 0) {
                return i + (Long.numberOfTrailingZeros(zeros) >>> 3);
            }
        }
        while (i < count && bytes[i] != '\\') {
            i++;
        }
        return i;
    }

    private static JynamoException loneSurrogate(int at) {
        return new JynamoException(
                ErrorCode.INVALID_JSON,
                "The body is not valid JSON at byte " + at + ": an escaped surrogate without its partner.");
    }

    private static int hex(byte[] bytes, int from) {
        int value = 0;
        for (int i = from; i < from + 4; i++) {
            int digit = Character.digit(bytes[i], 16);
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }
}

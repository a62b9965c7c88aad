package io.jynamo.frontend.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A growing array of JSON text in UTF-8.
 *
 * <p>Two ways to write: {@link #raw} for bytes that are JSON already (the constant parts of stream chunks), and the
 * structured calls, which place commas by themselves. Not safe for several threads.
 */
public final class JsonWriter {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_DEPTH = 63;

    private byte[] bytes;
    private int count;
    /** Bit d is set when something was written at depth d, so that the next thing there needs a comma. */
    private long written;

    private int depth;
    private boolean afterName;

    public JsonWriter(int capacity) {
        bytes = new byte[Math.max(capacity, 16)];
    }

    public int count() {
        return count;
    }

    /** The backing array; valid up to {@link #count()} until the next write. */
    @SuppressWarnings("EI_EXPOSE_REP")
    public byte[] array() {
        return bytes;
    }

    public byte[] toArray() {
        return Arrays.copyOf(bytes, count);
    }

    /** Forgets what was written; keeps the array unless it has grown past {@code keep} bytes. */
    public void reset(int keep) {
        count = 0;
        written = 0;
        depth = 0;
        afterName = false;
        if (bytes.length > keep) {
            bytes = new byte[keep];
        }
    }

    public JsonWriter beginObject() {
        return open('{');
    }

    public JsonWriter endObject() {
        return close('}');
    }

    public JsonWriter beginArray() {
        return open('[');
    }

    public JsonWriter endArray() {
        return close(']');
    }

    public JsonWriter name(String name) {
        comma();
        quoted(name);
        put(':');
        afterName = true;
        return this;
    }

    public JsonWriter value(@Nullable String text) {
        if (text == null) {
            return nullValue();
        }
        comma();
        quoted(text);
        return this;
    }

    public JsonWriter value(boolean value) {
        return literal(value ? "true" : "false");
    }

    public JsonWriter value(long value) {
        comma();
        number(value);
        return this;
    }

    /** A finite number; infinities, which JSON cannot say, become -9999 and 9999 as OpenAI writes them. */
    public JsonWriter value(double value) {
        if (Double.isNaN(value)) {
            return nullValue();
        }
        if (Double.isInfinite(value)) {
            return literal(value < 0 ? "-9999.0" : "9999.0");
        }
        return literal(Double.toString(value));
    }

    /** Like {@link #value(double)} with the shortest digits that give the float back. */
    public JsonWriter value(float value) {
        return Float.isFinite(value) ? literal(Float.toString(value)) : value((double) value);
    }

    public JsonWriter nullValue() {
        return literal("null");
    }

    /** A tree of maps, iterables, strings, numbers, booleans and nulls. */
    public JsonWriter tree(@Nullable Object value) {
        switch (value) {
            case null -> nullValue();
            case String text -> value(text);
            case Boolean flag -> value(flag.booleanValue());
            case Float number -> value(number.floatValue());
            case Double number -> value(number.doubleValue());
            case Number number -> literal(number.toString());
            case Map<?, ?> map -> {
                beginObject();
                map.forEach((key, child) -> name(String.valueOf(key)).tree(child));
                endObject();
            }
            case List<?> list -> {
                beginArray();
                list.forEach(this::tree);
                endArray();
            }
            default -> throw new IllegalArgumentException("not a JSON value: " + value.getClass());
        }
        return this;
    }

    /** A value that is JSON already, placed like any other. */
    public JsonWriter json(byte[] json) {
        comma();
        return raw(json);
    }

    /** Bytes as they are; no comma is placed. */
    public JsonWriter raw(byte[] more) {
        reserve(more.length);
        System.arraycopy(more, 0, bytes, count, more.length);
        count += more.length;
        return this;
    }

    /** ASCII text as it is; no comma is placed. */
    public JsonWriter raw(String ascii) {
        int length = ascii.length();
        reserve(length);
        for (int i = 0; i < length; i++) {
            bytes[count++] = (byte) ascii.charAt(i);
        }
        return this;
    }

    /** Digits of {@code value}; no comma is placed. */
    public JsonWriter number(long value) {
        if (value == Long.MIN_VALUE) {
            return raw("-9223372036854775808");
        }
        reserve(20);
        if (value < 0) {
            bytes[count++] = '-';
            value = -value;
        }
        int start = count;
        do {
            bytes[count++] = (byte) ('0' + value % 10);
            value /= 10;
        } while (value > 0);
        for (int low = start, high = count - 1; low < high; low++, high--) {
            byte swap = bytes[low];
            bytes[low] = bytes[high];
            bytes[high] = swap;
        }
        return this;
    }

    /** A quoted string; no comma is placed. */
    public JsonWriter quoted(String text) {
        put('"');
        escaped(text);
        return put('"');
    }

    /**
     * The inside of a string. Besides what JSON demands, U+2028 and U+2029 are escaped (they end a line in JavaScript),
     * and a surrogate without its partner becomes U+FFFD, for it has no UTF-8.
     */
    public JsonWriter escaped(String text) {
        int length = text.length();
        reserve(length + 12);
        byte[] out = bytes;
        int at = count;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (out.length - at < 12) {
                count = at;
                reserve(length - i + 12);
                out = bytes;
            }
            if (c < 0x80) {
                if (c >= 0x20 && c != '"' && c != '\\') {
                    out[at++] = (byte) c;
                } else {
                    at = control(out, at, c);
                }
            } else if (c < 0x800) {
                out[at++] = (byte) (0xC0 | (c >> 6));
                out[at++] = (byte) (0x80 | (c & 0x3F));
            } else if (Character.isHighSurrogate(c) && i + 1 < length && Character.isLowSurrogate(text.charAt(i + 1))) {
                int point = Character.toCodePoint(c, text.charAt(++i));
                out[at++] = (byte) (0xF0 | (point >> 18));
                out[at++] = (byte) (0x80 | ((point >> 12) & 0x3F));
                out[at++] = (byte) (0x80 | ((point >> 6) & 0x3F));
                out[at++] = (byte) (0x80 | (point & 0x3F));
            } else if (c == '\u2028' || c == '\u2029') {
                at = unicode(out, at, c);
            } else {
                char wide = Character.isSurrogate(c) ? '\uFFFD' : c;
                out[at++] = (byte) (0xE0 | (wide >> 12));
                out[at++] = (byte) (0x80 | ((wide >> 6) & 0x3F));
                out[at++] = (byte) (0x80 | (wide & 0x3F));
            }
        }
        count = at;
        return this;
    }

    private static int control(byte[] out, int at, char c) {
        byte letter = switch (c) {
            case '"', '\\' -> (byte) c;
            case '\n' -> 'n';
            case '\r' -> 'r';
            case '\t' -> 't';
            case '\b' -> 'b';
            case '\f' -> 'f';
            default -> 0;
        };
        if (letter == 0) {
            return unicode(out, at, c);
        }
        out[at] = '\\';
        out[at + 1] = letter;
        return at + 2;
    }

    private static int unicode(byte[] out, int at, char c) {
        out[at] = '\\';
        out[at + 1] = 'u';
        for (int i = 0; i < 4; i++) {
            out[at + 2 + i] = HEX[(c >> (12 - 4 * i)) & 0xF];
        }
        return at + 6;
    }

    private JsonWriter open(char bracket) {
        comma();
        put(bracket);
        if (++depth > MAX_DEPTH) {
            throw new IllegalStateException("JSON nested deeper than " + MAX_DEPTH);
        }
        written &= ~(1L << depth);
        return this;
    }

    private JsonWriter close(char bracket) {
        depth--;
        return put(bracket);
    }

    private JsonWriter literal(String ascii) {
        comma();
        return raw(ascii);
    }

    private void comma() {
        if (afterName) {
            afterName = false;
            return;
        }
        if ((written & (1L << depth)) != 0) {
            put(',');
        }
        written |= 1L << depth;
    }

    private JsonWriter put(char ascii) {
        reserve(1);
        bytes[count++] = (byte) ascii;
        return this;
    }

    private void reserve(int more) {
        int needed = Math.addExact(count, more);
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, (int) Math.min(Integer.MAX_VALUE - 8L, bytes.length * 2L)));
        }
    }
}

package io.jynamo.engine.weights;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes GGUF files for tests; each field may be set to what no honest writer would write. */
final class GgufWriter {
    /** Values: Integer (u32), Long (u64), Float, Boolean, String, String[], int[] (i32), float[], boolean[], or RawValue. */
    final Map<String, Object> metadata = new LinkedHashMap<>();

    final List<Entry> tensors = new ArrayList<>();
    int version = 3;
    int alignment = 32;

    /** A value written as it is, after its type number. */
    static final class RawValue {
        final int type;
        final byte[] bytes;

        RawValue(int type, byte[] bytes) {
            this.type = type;
            this.bytes = bytes;
        }
    }

    /** A tensor, its shape fastest dimension first; an offset below 0 is replaced by the next aligned one. */
    static final class Entry {
        final String name;
        final int type;
        final List<Long> shape;
        final long offset;
        final byte[] data;

        Entry(String name, int type, List<Long> shape, long offset, byte[] data) {
            this.name = name;
            this.type = type;
            this.shape = shape;
            this.offset = offset;
            this.data = data;
        }
    }

    GgufWriter put(String key, Object value) {
        metadata.put(key, value);
        return this;
    }

    GgufWriter add(String name, GgmlType type, List<Long> shape, byte[] data) {
        tensors.add(new Entry(name, type.id(), shape, -1, data));
        return this;
    }

    byte[] bytes() {
        var out = new ByteArrayOutputStream();
        out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(u32(version));
        out.writeBytes(u64(tensors.size()));
        out.writeBytes(u64(metadata.size()));
        metadata.forEach((key, value) -> {
            out.writeBytes(string(key));
            write(out, value);
        });
        var data = new ByteArrayOutputStream();
        for (Entry t : tensors) {
            pad(data);
            out.writeBytes(string(t.name));
            out.writeBytes(u32(t.shape.size()));
            for (long dimension : t.shape) {
                out.writeBytes(u64(dimension));
            }
            out.writeBytes(u32(t.type));
            out.writeBytes(u64(t.offset < 0 ? data.size() : t.offset));
            data.writeBytes(t.data);
        }
        pad(out);
        out.writeBytes(data.toByteArray());
        return out.toByteArray();
    }

    private void pad(ByteArrayOutputStream out) {
        while (out.size() % alignment != 0) {
            out.write(0);
        }
    }

    private static void write(ByteArrayOutputStream out, Object value) {
        switch (value) {
            case RawValue v -> typed(out, v.type, v.bytes);
            case Integer v -> typed(out, 4, u32(v));
            case Long v -> typed(out, 10, u64(v));
            case Float v -> typed(out, 6, u32(Float.floatToRawIntBits(v)));
            case Boolean v -> typed(out, 7, new byte[] {(byte) (v ? 1 : 0)});
            case String v -> typed(out, 8, string(v));
            case String[] v ->
                array(out, 8, java.util.Arrays.stream(v).map(GgufWriter::string).toList());
            case int[] v ->
                array(
                        out,
                        5,
                        java.util.Arrays.stream(v).mapToObj(GgufWriter::u32).toList());
            case float[] v -> {
                var items = new ArrayList<byte[]>();
                for (float f : v) {
                    items.add(u32(Float.floatToRawIntBits(f)));
                }
                array(out, 6, items);
            }
            case boolean[] v -> {
                var items = new ArrayList<byte[]>();
                for (boolean b : v) {
                    items.add(new byte[] {(byte) (b ? 1 : 0)});
                }
                array(out, 7, items);
            }
            default -> throw new IllegalArgumentException("no GGUF type for " + value.getClass());
        }
    }

    private static void typed(ByteArrayOutputStream out, int type, byte[] value) {
        out.writeBytes(u32(type));
        out.writeBytes(value);
    }

    private static void array(ByteArrayOutputStream out, int type, List<byte[]> items) {
        out.writeBytes(u32(9));
        out.writeBytes(u32(type));
        out.writeBytes(u64(items.size()));
        items.forEach(out::writeBytes);
    }

    static byte[] string(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + utf8.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(utf8.length)
                .put(utf8)
                .array();
    }

    static byte[] u32(int value) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
    }

    static byte[] u64(long value) {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
    }
}

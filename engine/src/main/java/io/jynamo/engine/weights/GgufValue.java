package io.jynamo.engine.weights;

/** Reads one typed value of a GGUF header as the Java value {@link GgufFile#metadata} documents. */
final class GgufValue {
    private static final int MAX_STRING = 16 << 20;
    private static final int MAX_ARRAY = 1 << 24;

    private static final int U8 = 0;
    private static final int I8 = 1;
    private static final int U16 = 2;
    private static final int I16 = 3;
    private static final int U32 = 4;
    private static final int I32 = 5;
    private static final int F32 = 6;
    private static final int BOOL = 7;
    private static final int STRING = 8;
    private static final int ARRAY = 9;
    private static final int U64 = 10;
    private static final int I64 = 11;
    private static final int F64 = 12;

    private GgufValue() {}

    static Object read(HeaderBytes in, String key) {
        long at = in.position();
        int type = in.i32(key);
        return switch (type) {
            case U8, I8, U16, I16, U32, I32, U64, I64 -> integer(in, type, key);
            case F32 -> (double) in.f32(key);
            case F64 -> in.f64(key);
            case BOOL -> bool(in, key);
            case STRING -> in.string(MAX_STRING, key);
            case ARRAY -> array(in, key);
            default ->
                throw in.corrupt(
                        at, key + " has value type " + Integer.toUnsignedString(type) + ", which GGUF does not define");
        };
    }

    private static long integer(HeaderBytes in, int type, String key) {
        return switch (type) {
            case U8 -> in.u8(key);
            case I8 -> (byte) in.u8(key);
            case U16 -> in.u16(key);
            case I16 -> (short) in.u16(key);
            case U32 -> in.u32(key);
            case I32 -> in.i32(key);
            default -> in.i64(key);
        };
    }

    private static boolean bool(HeaderBytes in, String key) {
        long at = in.position();
        int value = in.u8(key);
        if (value > 1) {
            throw in.corrupt(at, key + " is a boolean of value " + value);
        }
        return value == 1;
    }

    private static Object array(HeaderBytes in, String key) {
        long at = in.position();
        int type = in.i32(key);
        return switch (type) {
            case U8, I8, U16, I16, I32 -> ints(in, type, key);
            case U32, U64, I64 -> longs(in, type, key);
            case F32, F64 -> floats(in, type, key);
            case BOOL -> booleans(in, key);
            case STRING -> strings(in, key);
            case ARRAY -> throw in.corrupt(at, key + " is an array of arrays, which no model file needs");
            default ->
                throw in.corrupt(
                        at,
                        key + " has element type " + Integer.toUnsignedString(type) + ", which GGUF does not define");
        };
    }

    private static int[] ints(HeaderBytes in, int type, String key) {
        int size = type == I32 ? 4 : type == U16 || type == I16 ? 2 : 1;
        int count = in.count(MAX_ARRAY, size, key);
        if (type == I32) {
            return in.ints(count, key);
        }
        int[] values = new int[count];
        for (int i = 0; i < values.length; i++) {
            values[i] = (int) integer(in, type, key);
        }
        return values;
    }

    /** Unsigned 32-bit elements become {@code int[]} where all fit, as they do in every real file. */
    private static Object longs(HeaderBytes in, int type, String key) {
        long[] values = new long[in.count(MAX_ARRAY, type == U32 ? 4 : 8, key)];
        boolean small = type == U32;
        for (int i = 0; i < values.length; i++) {
            values[i] = integer(in, type, key);
            small &= values[i] <= Integer.MAX_VALUE;
        }
        if (!small) {
            return values;
        }
        int[] narrow = new int[values.length];
        for (int i = 0; i < narrow.length; i++) {
            narrow[i] = (int) values[i];
        }
        return narrow;
    }

    private static float[] floats(HeaderBytes in, int type, String key) {
        int count = in.count(MAX_ARRAY, type == F32 ? 4 : 8, key);
        if (type == F32) {
            return in.floats(count, key);
        }
        float[] values = new float[count];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) in.f64(key);
        }
        return values;
    }

    private static boolean[] booleans(HeaderBytes in, String key) {
        boolean[] values = new boolean[in.count(MAX_ARRAY, 1, key)];
        for (int i = 0; i < values.length; i++) {
            values[i] = bool(in, key);
        }
        return values;
    }

    private static String[] strings(HeaderBytes in, String key) {
        String[] values = new String[in.count(MAX_ARRAY, 8, key)];
        for (int i = 0; i < values.length; i++) {
            values[i] = in.string(MAX_STRING, key);
        }
        return values;
    }
}

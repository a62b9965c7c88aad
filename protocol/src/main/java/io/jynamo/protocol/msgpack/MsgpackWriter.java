package io.jynamo.protocol.msgpack;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes one MessagePack message, each value in its shortest form. */
public final class MsgpackWriter {
    private static final int FIXMAP = 0x80;
    private static final int FIXARRAY = 0x90;
    private static final int FIXSTR = 0xa0;
    private static final int NIL = 0xc0;
    private static final int FALSE = 0xc2;
    private static final int TRUE = 0xc3;
    private static final int UINT_8 = 0xcc;
    private static final int STR_8 = 0xd9;
    private static final int ARRAY_16 = 0xdc;
    private static final int MAP_16 = 0xde;
    /** A tag and eight bytes. */
    private static final int LONGEST_HEAD = 9;

    private ByteBuffer out;

    /** An empty message. */
    public MsgpackWriter() {
        this.out = ByteBuffer.allocate(256);
    }

    /** The message so far. */
    public byte[] toByteArray() {
        return Arrays.copyOf(out.array(), out.position());
    }

    public MsgpackWriter nil() {
        room(1);
        out.put((byte) NIL);
        return this;
    }

    public MsgpackWriter flag(boolean value) {
        room(1);
        out.put((byte) (value ? TRUE : FALSE));
        return this;
    }

    /** An integer from 0 to 2^64 - 1, given by its bits. */
    public MsgpackWriter unsigned(long value) {
        room(LONGEST_HEAD);
        if (value >= 0 && value < FIXMAP) {
            out.put((byte) value);
        } else {
            sized(UINT_8, value);
        }
        return this;
    }

    public MsgpackWriter text(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        room(LONGEST_HEAD + utf8.length);
        if (utf8.length < 32) {
            out.put((byte) (FIXSTR | utf8.length));
        } else {
            sized(STR_8, utf8.length);
        }
        out.put(utf8);
        return this;
    }

    /** The beginning of an array of so many elements, which follow. */
    public MsgpackWriter array(int count) {
        return collection(FIXARRAY, ARRAY_16, count);
    }

    /** The beginning of a map of so many pairs, which follow: a key, its value. */
    public MsgpackWriter map(int count) {
        return collection(FIXMAP, MAP_16, count);
    }

    private MsgpackWriter collection(int fixed, int tag, int count) {
        room(LONGEST_HEAD);
        if (count < 16) {
            out.put((byte) (fixed | count));
        } else if (count < 1 << Short.SIZE) {
            out.put((byte) tag).putShort((short) count);
        } else {
            out.put((byte) (tag + 1)).putInt(count);
        }
        return this;
    }

    /** A tag of the first of a family whose members take 1, 2, 4 and 8 bytes, with a number of so many. */
    private void sized(int first, long number) {
        if (Long.compareUnsigned(number, 1L << Byte.SIZE) < 0) {
            out.put((byte) first).put((byte) number);
        } else if (Long.compareUnsigned(number, 1L << Short.SIZE) < 0) {
            out.put((byte) (first + 1)).putShort((short) number);
        } else if (Long.compareUnsigned(number, 1L << Integer.SIZE) < 0) {
            out.put((byte) (first + 2)).putInt((int) number);
        } else {
            out.put((byte) (first + 3)).putLong(number);
        }
    }

    private void room(int bytes) {
        if (out.remaining() < bytes) {
            int size = Math.max(2 * out.capacity(), Math.addExact(out.position(), bytes));
            out = ByteBuffer.wrap(Arrays.copyOf(out.array(), size)).position(out.position());
        }
    }
}

package io.jynamo.protocol.msgpack;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A cursor over one MessagePack message. No length it finds is believed before that many bytes are there, so that a
 * short message never makes it allocate much or run long.
 */
public final class MsgpackReader {
    /** What the message says wrong, with the offset in it. */
    public static final class Malformed extends RuntimeException {
        private static final long serialVersionUID = 1;

        Malformed(String message, int offset) {
            super(message + " at byte " + offset, null, false, false);
        }
    }

    private static final int NIL = 0xc0;
    private static final int FALSE = 0xc2;
    private static final int TRUE = 0xc3;
    private static final int BIN_8 = 0xc4;
    private static final int EXT_8 = 0xc7;
    private static final int FLOAT_32 = 0xca;
    private static final int FLOAT_64 = 0xcb;
    private static final int UINT_8 = 0xcc;
    private static final int INT_8 = 0xd0;
    private static final int FIXEXT_1 = 0xd4;
    private static final int STR_8 = 0xd9;
    private static final int ARRAY_16 = 0xdc;
    private static final int ARRAY_32 = 0xdd;
    private static final int MAP_16 = 0xde;
    private static final int MAP_32 = 0xdf;
    private static final int NEGATIVE_FIXINT = 0xe0;

    private final ByteBuffer bytes;

    public MsgpackReader(byte[] message) {
        this.bytes = ByteBuffer.wrap(message);
    }

    public boolean isAtEnd() {
        return !bytes.hasRemaining();
    }

    /** Takes a nil if there is one. */
    public boolean nil() {
        return take(peek() == NIL);
    }

    public boolean isFlag() {
        int tag = peek();
        return tag == FALSE || tag == TRUE;
    }

    public boolean isInteger() {
        int tag = peek();
        return tag < 0x80 || tag >= NEGATIVE_FIXINT || (tag >= UINT_8 && tag < FIXEXT_1);
    }

    public boolean isArray() {
        int tag = peek();
        return (tag & 0xf0) == 0x90 || tag == ARRAY_16 || tag == ARRAY_32;
    }

    public boolean isMap() {
        int tag = peek();
        return (tag & 0xf0) == 0x80 || tag == MAP_16 || tag == MAP_32;
    }

    public boolean isText() {
        int tag = peek();
        return (tag & 0xe0) == 0xa0 || (tag >= STR_8 && tag < ARRAY_16);
    }

    public boolean isBinary() {
        int tag = peek();
        return tag >= BIN_8 && tag < EXT_8;
    }

    /** The number of elements of the array that begins here. */
    public int array() {
        if (!isArray()) {
            throw malformed("expected an array, found " + name(peek()));
        }
        int tag = next();
        return count(tag == ARRAY_16 ? length(1) : tag == ARRAY_32 ? length(2) : tag & 0x0f, 1);
    }

    /** The number of pairs of the map that begins here. */
    public int map() {
        if (!isMap()) {
            throw malformed("expected a map, found " + name(peek()));
        }
        int tag = next();
        return count(tag == MAP_16 ? length(1) : tag == MAP_32 ? length(2) : tag & 0x0f, 2);
    }

    public String text() {
        if (!isText()) {
            throw malformed("expected a string, found " + name(peek()));
        }
        int tag = next();
        return new String(take((tag & 0xe0) == 0xa0 ? tag & 0x1f : length(tag - STR_8)), StandardCharsets.UTF_8);
    }

    public byte[] binary() {
        if (!isBinary()) {
            throw malformed("expected bytes, found " + name(peek()));
        }
        return take(length(next() - BIN_8));
    }

    public boolean flag() {
        if (!isFlag()) {
            throw malformed("expected a boolean, found " + name(peek()));
        }
        return next() == TRUE;
    }

    /** An integer's 64 bits; those above {@code Long.MAX_VALUE} come out negative. */
    public long integer() {
        int tag = peek();
        if (!isInteger()) {
            throw malformed("expected an integer, found " + name(tag));
        }
        if (tag < 0x80 || tag >= NEGATIVE_FIXINT) {
            return (byte) next();
        }
        next();
        int size = 1 << ((tag - UINT_8) & 3);
        need(size);
        boolean signed = tag >= INT_8;
        return switch (size) {
            case 1 -> signed ? bytes.get() : bytes.get() & 0xffL;
            case 2 -> signed ? bytes.getShort() : bytes.getShort() & 0xffffL;
            case 4 -> signed ? bytes.getInt() : bytes.getInt() & 0xffff_ffffL;
            default -> bytes.getLong();
        };
    }

    /** Passes over one value, whatever it is. */
    public void skip() {
        long values = 1;
        while (values > 0) {
            values--;
            if (isArray()) {
                values += array();
            } else if (isMap()) {
                values += 2L * map();
            } else {
                skipLeaf(next());
            }
        }
    }

    public Malformed malformed(String message) {
        return new Malformed(message, bytes.position());
    }

    private void skipLeaf(int tag) {
        if (tag < 0x80 || tag >= NEGATIVE_FIXINT || tag == NIL || tag == FALSE || tag == TRUE) {
            return;
        }
        int size;
        if ((tag & 0xe0) == 0xa0) {
            size = tag & 0x1f;
        } else if (tag == FLOAT_32 || tag == FLOAT_64) {
            size = tag == FLOAT_32 ? 4 : 8;
        } else if (tag >= UINT_8 && tag < FIXEXT_1) {
            size = 1 << ((tag - UINT_8) & 3);
        } else if (tag >= FIXEXT_1 && tag < STR_8) {
            size = 1 + (1 << (tag - FIXEXT_1));
        } else if (tag >= STR_8 && tag < ARRAY_16) {
            size = length(tag - STR_8);
        } else if (tag >= BIN_8 && tag < EXT_8) {
            size = length(tag - BIN_8);
        } else if (tag >= EXT_8 && tag < FLOAT_32) {
            size = length(tag - EXT_8) + 1;
        } else {
            throw malformed("no value begins with " + name(tag));
        }
        need(size);
        bytes.position(bytes.position() + size);
    }

    /** A big-endian length of 1, 2 or 4 bytes. */
    private int length(int power) {
        need(1 << power);
        int length = switch (power) {
            case 0 -> bytes.get() & 0xff;
            case 1 -> bytes.getShort() & 0xffff;
            default -> bytes.getInt();
        };
        if (length < 0 || length == Integer.MAX_VALUE) {
            throw malformed("a length beyond 2 GiB");
        }
        return length;
    }

    /** An element count that the rest of the message can hold, each element being at least so many bytes. */
    private int count(int count, int bytesEach) {
        if ((long) count * bytesEach > bytes.remaining()) {
            throw malformed(count + " elements in " + bytes.remaining() + " bytes");
        }
        return count;
    }

    private byte[] take(int size) {
        need(size);
        int from = bytes.position();
        bytes.position(from + size);
        return Arrays.copyOfRange(bytes.array(), from, from + size);
    }

    private boolean take(boolean found) {
        if (found) {
            bytes.get();
        }
        return found;
    }

    private int peek() {
        need(1);
        return bytes.get(bytes.position()) & 0xff;
    }

    private int next() {
        need(1);
        return bytes.get() & 0xff;
    }

    private void need(int size) {
        if (size > bytes.remaining()) {
            throw malformed("the message ends early");
        }
    }

    private static String name(int tag) {
        return "0x" + Integer.toHexString(tag);
    }
}

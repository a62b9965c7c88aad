package io.jynamo.text.tokenizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A reader of protobuf's wire format, as far as SentencePiece models need it. */
final class Wire {
    private final ByteBuffer bytes;
    private int field;
    private int type;

    Wire(byte[] file) {
        this(ByteBuffer.wrap(file));
    }

    private Wire(ByteBuffer bytes) {
        this.bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Goes to the next field; false at the end. The field's value must be read or skipped before the next call. */
    boolean next() {
        if (!bytes.hasRemaining()) {
            return false;
        }
        long tag = varint();
        field = (int) (tag >>> 3);
        type = (int) (tag & 7);
        return true;
    }

    int field() {
        return field;
    }

    long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (!bytes.hasRemaining()) {
                throw Refusal.corrupt("the model file ends inside a number");
            }
            byte b = bytes.get();
            value |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw Refusal.corrupt("a number of the model file has more than ten bytes");
    }

    long number() {
        expect(0);
        return varint();
    }

    float single() {
        expect(5);
        need(4);
        return bytes.getFloat();
    }

    byte[] bytes() {
        var result = new byte[length()];
        bytes.get(result);
        return result;
    }

    Wire message() {
        int length = length();
        var part = new Wire(bytes.slice(bytes.position(), length));
        bytes.position(bytes.position() + length);
        return part;
    }

    void skip() {
        switch (type) {
            case 0 -> varint();
            case 1 -> {
                need(8);
                bytes.position(bytes.position() + 8);
            }
            case 2 -> {
                int length = length();
                bytes.position(bytes.position() + length);
            }
            case 5 -> {
                need(4);
                bytes.position(bytes.position() + 4);
            }
            default -> throw Refusal.corrupt("field " + field + " of the model file has the wire type " + type);
        }
    }

    private int length() {
        expect(2);
        long length = varint();
        if (length < 0 || length > bytes.remaining()) {
            throw Refusal.corrupt("field " + field + " of the model file claims " + length + " bytes, "
                    + bytes.remaining() + " are left");
        }
        return (int) length;
    }

    private void expect(int wanted) {
        if (type != wanted) {
            throw Refusal.corrupt(
                    "field " + field + " of the model file has the wire type " + type + ", not " + wanted);
        }
    }

    private void need(int count) {
        if (bytes.remaining() < count) {
            throw Refusal.corrupt("the model file ends inside field " + field);
        }
    }
}

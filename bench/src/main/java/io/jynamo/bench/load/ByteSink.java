package io.jynamo.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing array of bytes. */
final class ByteSink {
    private byte[] bytes = new byte[4096];
    private int size;

    ByteSink add(byte[] more, int from, int count) {
        if (size + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + count));
        }
        System.arraycopy(more, from, bytes, size, count);
        size += count;
        return this;
    }

    ByteSink add(String ascii) {
        byte[] more = ascii.getBytes(StandardCharsets.US_ASCII);
        return add(more, 0, more.length);
    }

    int size() {
        return size;
    }

    ByteSink clear() {
        size = 0;
        return this;
    }

    ByteSink add(ByteSink other) {
        return add(other.bytes, 0, other.size);
    }

    ByteBuffer toBuffer() {
        return ByteBuffer.wrap(Arrays.copyOf(bytes, size));
    }

    @Override
    public String toString() {
        return new String(bytes, 0, size, StandardCharsets.UTF_8);
    }
}

package io.jynamo.engine.kvfeed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

/** Writes MessagePack by another's library: maps, lists, strings, bytes, numbers, null. */
final class EventWriter {
    private EventWriter() {}

    static byte[] batch(Object... events) {
        return write(List.of(1.5, List.of(events), 0));
    }

    static byte[] write(Object value) {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            write(packer, value);
            return packer.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(MessageBufferPacker packer, @Nullable Object value) throws IOException {
        switch (value) {
            case null -> packer.packNil();
            case String text -> packer.packString(text);
            case Integer number -> packer.packInt(number);
            case Long number -> packer.packLong(number);
            case Unsigned number -> packer.packBigInteger(new BigInteger(Long.toUnsignedString(number.bits)));
            case Double number -> packer.packDouble(number);
            case Boolean flag -> packer.packBoolean(flag);
            case byte[] bytes -> {
                packer.packBinaryHeader(bytes.length);
                packer.writePayload(bytes);
            }
            case int[] numbers -> {
                packer.packArrayHeader(numbers.length);
                for (int number : numbers) {
                    packer.packInt(number);
                }
            }
            case long[] numbers -> {
                packer.packArrayHeader(numbers.length);
                for (long number : numbers) {
                    packer.packLong(number);
                }
            }
            case List<?> list -> {
                packer.packArrayHeader(list.size());
                for (Object each : list) {
                    write(packer, each);
                }
            }
            case Map<?, ?> map -> {
                packer.packMapHeader(map.size());
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    write(packer, entry.getKey());
                    write(packer, entry.getValue());
                }
            }
            default -> throw new IllegalArgumentException(value.getClass().getName());
        }
    }

    /** 64 bits written as an unsigned number. */
    record Unsigned(long bits) {}
}

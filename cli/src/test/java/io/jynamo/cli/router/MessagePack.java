package io.jynamo.cli.router;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** As much of MessagePack as events of engines need: nil, numbers, strings, arrays. */
final class MessagePack {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private MessagePack() {}

    static byte[] of(Object value) {
        MessagePack pack = new MessagePack();
        pack.write(value);
        return pack.out.toByteArray();
    }

    private void write(@Nullable Object value) {
        switch (value) {
            case null -> out.write(0xC0);
            case String text -> {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                out.write(0xDA);
                out.writeBytes(
                        ByteBuffer.allocate(2).putShort((short) bytes.length).array());
                out.writeBytes(bytes);
            }
            case Double number -> {
                out.write(0xCB);
                out.writeBytes(ByteBuffer.allocate(8).putDouble(number).array());
            }
            case Number number -> {
                out.write(0xD3);
                out.writeBytes(
                        ByteBuffer.allocate(8).putLong(number.longValue()).array());
            }
            case int[] numbers -> {
                array(numbers.length);
                for (int number : numbers) {
                    write(number);
                }
            }
            case List<?> list -> {
                array(list.size());
                list.forEach(this::write);
            }
            default -> throw new IllegalArgumentException(value.getClass().getName());
        }
    }

    private void array(int count) {
        out.write(0xDC);
        out.writeBytes(ByteBuffer.allocate(2).putShort((short) count).array());
    }
}

package io.jynamo.engine.weights;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes safetensors files for tests. */
final class SafetensorsWriter {
    private static final JsonMapper JSON = new JsonMapper();

    private final ObjectNode header = JSON.createObjectNode();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();

    SafetensorsWriter() {
        header.putObject("__metadata__").put("format", "pt");
    }

    SafetensorsWriter add(String name, String dtype, List<Integer> shape, byte[] bytes) {
        ObjectNode entry = header.putObject(name).put("dtype", dtype);
        var dimensions = entry.putArray("shape");
        shape.forEach(dimensions::add);
        entry.putArray("data_offsets").add(data.size()).add(data.size() + bytes.length);
        data.writeBytes(bytes);
        return this;
    }

    byte[] bytes() {
        return file(JSON.writeValueAsString(header), data.toByteArray());
    }

    /** A file with this text as its header, true or not. */
    static byte[] file(String header, byte[] data) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        int padded = Math.ceilDiv(text.length, 8) * 8;
        ByteBuffer out = ByteBuffer.allocate(8 + padded + data.length).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(padded).put(text);
        while (out.position() < 8 + padded) {
            out.put((byte) ' ');
        }
        return out.put(data).array();
    }
}

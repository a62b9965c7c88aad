package io.jynamo.cli.store;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Files that look like a model's from outside: enough to be pulled and listed. */
final class TinyModel {
    private TinyModel() {}

    /** A safetensors file with one BF16 vector of so many numbers, at random. */
    static byte[] safetensors(int numbers, long seed) {
        String header = "{\"model.norm.weight\":{\"dtype\":\"BF16\",\"shape\":[" + numbers + "],\"data_offsets\":[0,"
                + 2 * numbers + "]}}";
        byte[] text = (header + " ".repeat(7 - (header.length() + 7) % 8)).getBytes(StandardCharsets.UTF_8);
        byte[] data = new byte[2 * numbers];
        new Random(seed).nextBytes(data);
        return ByteBuffer.allocate(8 + text.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .put(data)
                .array();
    }

    static byte[] config() {
        return "{\"architectures\":[\"LlamaForCausalLM\"],\"max_position_embeddings\":2048}"
                .getBytes(StandardCharsets.UTF_8);
    }

    /** A GGUF file with metadata and one F32 vector of zeros. */
    static byte[] gguf(int numbers) {
        var out = new ByteArrayOutputStream();
        out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(number(4, 3));
        out.writeBytes(number(8, 1));
        out.writeBytes(number(8, 3));
        text(out, "general.architecture", "llama");
        text(out, "general.license", "mit");
        out.writeBytes(string("llama.context_length"));
        out.writeBytes(number(4, 4));
        out.writeBytes(number(4, 4096));
        out.writeBytes(string("output_norm.weight"));
        out.writeBytes(number(4, 1));
        out.writeBytes(number(8, numbers));
        out.writeBytes(number(4, 0));
        out.writeBytes(number(8, 0));
        while (out.size() % 32 != 0) {
            out.write(0);
        }
        out.writeBytes(new byte[4 * numbers]);
        return out.toByteArray();
    }

    private static void text(ByteArrayOutputStream out, String key, String value) {
        out.writeBytes(string(key));
        out.writeBytes(number(4, 8));
        out.writeBytes(string(value));
    }

    private static byte[] string(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + utf8.length)
                .put(number(8, utf8.length))
                .put(utf8)
                .array();
    }

    private static byte[] number(int bytes, long value) {
        byte[] out = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            out[i] = (byte) (value >>> (8 * i));
        }
        return out;
    }
}

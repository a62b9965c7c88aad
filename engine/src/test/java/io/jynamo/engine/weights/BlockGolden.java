package io.jynamo.engine.weights;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Blocks of a quantised type and the numbers that an independent reader makes of them, from golden/blocks.json (block_goldens.py). */
public final class BlockGolden {
    private final JsonNode record;

    private BlockGolden(JsonNode record) {
        this.record = record;
    }

    public static List<BlockGolden> all() {
        try (var in = Objects.requireNonNull(BlockGolden.class.getResourceAsStream("/golden/blocks.json"))) {
            return new JsonMapper()
                    .readTree(in)
                    .valueStream()
                    .map(BlockGolden::new)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public TensorType type() {
        return TensorType.valueOf(record.get("type").stringValue());
    }

    /** Whole blocks, one row. */
    public byte[] bytes() {
        return HexFormat.of().parseHex(record.get("bytes").stringValue());
    }

    /** What the blocks hold, in float32. */
    public float[] numbers() {
        byte[] bytes = HexFormat.of().parseHex(record.get("numbers").stringValue());
        float[] numbers = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(numbers);
        return numbers;
    }

    @Override
    public String toString() {
        return type() + " " + record.get("made").stringValue();
    }
}

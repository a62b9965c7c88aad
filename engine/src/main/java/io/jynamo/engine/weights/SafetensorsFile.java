package io.jynamo.engine.weights;

import static io.jynamo.engine.weights.ModelFileProblem.quote;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A safetensors file, memory-mapped, its header checked whole when opened: tensors fill the file's data exactly, in any order, without
 * gaps or overlaps, as the format demands.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">Format</a>
 */
final class SafetensorsFile implements AutoCloseable {
    /** The format allows 100 MB; a model of a thousand layers needs 3. */
    private static final int MAX_HEADER = 32 << 20;

    private static final int LENGTH_BYTES = 8;
    private static final int MAX_DIMENSIONS = 8;
    private static final ValueLayout.OfLong LITTLE_LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MappedFile file;
    private final SequencedMap<String, Tensor> tensors;

    private SafetensorsFile(MappedFile file, SequencedMap<String, Tensor> tensors) {
        this.file = file;
        this.tensors = tensors;
    }

    /**
     * One entry of the header.
     *
     * @param dtype the file's word for it
     * @param shape slowest-varying dimension first; empty for a scalar
     * @param offset of its bytes in the file
     */
    record Tensor(String name, Dtype dtype, List<Long> shape, long offset, long sizeBytes) {
        Tensor {
            shape = List.copyOf(shape);
        }
    }

    /** The element types that the format names. */
    enum Dtype {
        BOOL(8),
        F4(4),
        F6_E2M3(6),
        F6_E3M2(6),
        U8(8),
        I8(8),
        F8_E5M2(8),
        F8_E4M3(8),
        F8_E8M0(8),
        I16(16),
        U16(16),
        F16(16, TensorType.F16),
        BF16(16, TensorType.BF16),
        I32(32),
        U32(32),
        F32(32, TensorType.F32),
        C64(64),
        F64(64),
        I64(64),
        U64(64);

        private final int bits;
        private final @Nullable TensorType computed;

        Dtype(int bits) {
            this(bits, null);
        }

        Dtype(int bits, @Nullable TensorType computed) {
            this.bits = bits;
            this.computed = computed;
        }

        /** The same encoding as the engine computes with it, or null where it does not. */
        @Nullable
        TensorType computed() {
            return computed;
        }

        static @Nullable Dtype find(String name) {
            for (Dtype dtype : values()) {
                if (dtype.name().equals(name)) {
                    return dtype;
                }
            }
            return null;
        }
    }

    /**
     * Maps and checks a file.
     *
     * @throws io.jynamo.protocol.JynamoException MODEL_FILE_MISSING, MODEL_FILE_CORRUPT, or MODEL_UNSUPPORTED for an element type that the format does not name
     */
    static SafetensorsFile open(Path path) {
        MappedFile file = MappedFile.open(path);
        try {
            return read(file);
        } catch (RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    private static SafetensorsFile read(MappedFile file) {
        if (file.size() < LENGTH_BYTES) {
            throw ModelFileProblem.corrupt(
                    file.path(), "has " + file.size() + " bytes, fewer than its header's length takes");
        }
        long length = file.bytes().get(LITTLE_LONG, 0);
        if (length < 2 || length > MAX_HEADER || length > file.size() - LENGTH_BYTES) {
            throw ModelFileProblem.corrupt(
                    file.path(),
                    0,
                    "claims a header of " + Long.toUnsignedString(length) + " bytes in a file of " + file.size()
                            + " (at most " + MAX_HEADER + " are read): this is no safetensors file, or a cut one");
        }
        byte[] header = file.bytes().asSlice(LENGTH_BYTES, length).toArray(ValueLayout.JAVA_BYTE);
        if (header[0] != '{') {
            throw ModelFileProblem.corrupt(file.path(), LENGTH_BYTES, "the header does not begin with '{'");
        }
        var json = ConfigJson.parse(file.path(), header);
        long dataStart = LENGTH_BYTES + length;
        var tensors = new LinkedHashMap<String, Tensor>();
        for (Map.Entry<String, JsonNode> entry : json.node().properties()) {
            if (!entry.getKey().equals("__metadata__")) {
                tensors.put(entry.getKey(), tensor(file, entry.getKey(), entry.getValue(), dataStart));
            }
        }
        requireExact(file, tensors.values().stream().toList(), dataStart);
        return new SafetensorsFile(file, tensors);
    }

    private static Tensor tensor(MappedFile file, String name, JsonNode entry, long dataStart) {
        String what = "tensor " + quote(name);
        JsonNode offsets = entry.path("data_offsets");
        if (!entry.path("dtype").isString()
                || !entry.path("shape").isArray()
                || !offsets.isArray()
                || offsets.size() != 2) {
            throw ModelFileProblem.corrupt(file.path(), what + " lacks dtype, shape or data_offsets");
        }
        String dtypeName = entry.path("dtype").stringValue();
        Dtype dtype = Dtype.find(dtypeName);
        if (dtype == null) {
            throw ModelFileProblem.unsupported(
                    file.path(),
                    what + " has type " + quote(dtypeName) + ", which is not known; supported: F32, F16, BF16");
        }
        long begin = natural(file, what, offsets.path(0));
        long end = natural(file, what, offsets.path(1));
        List<Long> shape = shape(file, what, entry.path("shape"));
        long bits = bits(file, what, dtype, shape);
        if (end < begin || bits % Byte.SIZE != 0 || end - begin != bits / Byte.SIZE) {
            throw ModelFileProblem.corrupt(
                    file.path(),
                    what + " of type " + dtype + " and shape " + shape + " cannot take the bytes from " + begin + " to "
                            + end);
        }
        if (end > file.size() - dataStart) {
            throw ModelFileProblem.corrupt(
                    file.path(),
                    what + " ends at byte " + end + " of the data, past the file's end (" + file.size()
                            + " bytes in all)");
        }
        return new Tensor(name, dtype, shape, dataStart + begin, end - begin);
    }

    private static List<Long> shape(MappedFile file, String what, JsonNode node) {
        if (node.size() > MAX_DIMENSIONS) {
            throw ModelFileProblem.corrupt(file.path(), what + " has " + node.size() + " dimensions");
        }
        var shape = new ArrayList<Long>();
        for (JsonNode dimension : node) {
            shape.add(natural(file, what, dimension));
        }
        return shape;
    }

    private static long natural(MappedFile file, String what, JsonNode node) {
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0) {
            throw ModelFileProblem.corrupt(file.path(), what + " has a size or offset that is no natural number");
        }
        return node.longValue();
    }

    private static long bits(MappedFile file, String what, Dtype dtype, List<Long> shape) {
        long bits = dtype.bits;
        for (long dimension : shape) {
            if (dimension > 0 && bits > Long.MAX_VALUE / dimension) {
                throw ModelFileProblem.corrupt(file.path(), what + " has shape " + shape + ", which overflows");
            }
            bits *= dimension;
        }
        return bits;
    }

    private static void requireExact(MappedFile file, List<Tensor> tensors, long dataStart) {
        var sorted = new ArrayList<>(tensors);
        sorted.sort(Comparator.comparingLong(Tensor::offset).thenComparingLong(Tensor::sizeBytes));
        long expected = dataStart;
        for (Tensor tensor : sorted) {
            if (tensor.offset() != expected) {
                throw ModelFileProblem.corrupt(
                        file.path(),
                        expected,
                        "tensor " + quote(tensor.name()) + " begins at " + tensor.offset()
                                + " where the one before ends at " + expected);
            }
            expected += tensor.sizeBytes();
        }
        if (expected != file.size()) {
            throw ModelFileProblem.corrupt(
                    file.path(), expected, "the tensors end here, and the file has " + file.size() + " bytes");
        }
    }

    Path path() {
        return file.path();
    }

    long sizeBytes() {
        return file.size();
    }

    SequencedMap<String, Tensor> tensors() {
        return tensors;
    }

    MemorySegment data(Tensor tensor) {
        return file.bytes().asSlice(tensor.offset(), tensor.sizeBytes());
    }

    @Override
    public void close() {
        file.close();
    }
}

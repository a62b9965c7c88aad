package io.jynamo.engine.weights;

import static io.jynamo.engine.weights.ModelFileProblem.quote;

import io.jynamo.protocol.JynamoException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A GGUF file, version 2 or 3, memory-mapped: its metadata and its tensor table, both checked whole when opened.
 *
 * <p>What a file claims is checked before anything is allocated for it: counts and lengths against the bytes that are left, shapes
 * against overflow, tensors against the file's end and against each other.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">GGUF specification</a>
 */
public final class GgufFile implements AutoCloseable {
    private static final int MAGIC = 0x46554747;
    private static final int MAX_METADATA = 1 << 16;
    private static final int MAX_TENSORS = 1 << 17;
    private static final int MAX_KEY = 1 << 16;
    private static final int MAX_NAME = 1 << 10;
    private static final int MAX_DIMENSIONS = 4;
    private static final int DEFAULT_ALIGNMENT = 32;
    private static final int MAX_ALIGNMENT = 1 << 20;

    private final MappedFile file;
    private final Map<String, Object> metadata;
    private final SequencedMap<String, GgufTensor> tensors;

    private final long metadataEnd;

    private GgufFile(
            MappedFile file, Map<String, Object> metadata, SequencedMap<String, GgufTensor> tensors, long metadataEnd) {
        this.file = file;
        this.metadata = metadata;
        this.tensors = tensors;
        this.metadataEnd = metadataEnd;
    }

    /**
     * Maps and checks a file.
     *
     * @throws JynamoException MODEL_FILE_MISSING, MODEL_FILE_CORRUPT, or MODEL_UNSUPPORTED for a version or tensor type that is not known
     */
    public static GgufFile open(Path path) {
        MappedFile file = MappedFile.open(path);
        try {
            return read(file);
        } catch (RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    /**
     * The metadata of a file that may end where its metadata does: what of a model is needed to read and write its text.
     *
     * @throws JynamoException as {@link #open}
     */
    public static Map<String, Object> metadataOf(Path path) {
        try (MappedFile file = MappedFile.open(path)) {
            var in = new HeaderBytes(file);
            requireMagic(in);
            requireVersion(file, in);
            in.count(MAX_TENSORS, 1, "the tensor count");
            int metadataCount = in.count(MAX_METADATA, 13, "the metadata count");
            return Collections.unmodifiableMap(readMetadata(in, metadataCount));
        }
    }

    /** How many bytes the file's beginning has that {@link #metadataOf} needs. */
    public long metadataSize() {
        return metadataEnd;
    }

    private static GgufFile read(MappedFile file) {
        var in = new HeaderBytes(file);
        requireMagic(in);
        requireVersion(file, in);
        // Both counts come before the entries they count; the tensor count is checked again where its entries begin.
        int tensorCount = in.count(MAX_TENSORS, 24, "the tensor count");
        int metadataCount = in.count(MAX_METADATA, 13, "the metadata count");
        Map<String, Object> metadata = readMetadata(in, metadataCount);
        long metadataEnd = in.position();
        requireSingleFile(file, metadata);
        int alignment = alignment(file, metadata);
        var tensors = new LinkedHashMap<String, GgufTensor>();
        for (int i = 0; i < tensorCount; i++) {
            long at = in.position();
            GgufTensor tensor = readTensor(file, in, alignment);
            if (tensors.putIfAbsent(tensor.name(), tensor) != null) {
                throw in.corrupt(at, "tensor " + quote(tensor.name()) + " is there twice");
            }
        }
        long dataStart = Math.ceilDiv(in.position(), (long) alignment) * alignment;
        tensors.replaceAll((name, t) -> place(file, t, dataStart));
        requireApart(file, tensors.values().stream().toList());
        return new GgufFile(file, Collections.unmodifiableMap(metadata), tensors, metadataEnd);
    }

    private static void requireMagic(HeaderBytes in) {
        int magic = in.i32("the magic number");
        if (magic != MAGIC) {
            throw in.corrupt(
                    0,
                    "begins with 0x%08x, not with 'GGUF': this is no GGUF file".formatted(Integer.reverseBytes(magic)));
        }
    }

    private static void requireVersion(MappedFile file, HeaderBytes in) {
        int version = in.i32("the version");
        if (version == 2 || version == 3) {
            return;
        }
        String what = (version & 0xffff) == 0
                ? "is a big-endian GGUF file; only little-endian ones are read"
                : "is GGUF version " + Integer.toUnsignedString(version) + "; versions 2 and 3 are read";
        throw ModelFileProblem.unsupported(file.path(), what + ". Convert it again with a current converter.");
    }

    private static Map<String, Object> readMetadata(HeaderBytes in, int count) {
        var metadata = new LinkedHashMap<String, Object>();
        for (int i = 0; i < count; i++) {
            long at = in.position();
            String key = in.string(MAX_KEY, "a metadata key");
            if (key.isEmpty()) {
                throw in.corrupt(at, "a metadata key is empty");
            }
            if (metadata.putIfAbsent(key, GgufValue.read(in, quote(key))) != null) {
                throw in.corrupt(at, "metadata " + quote(key) + " is there twice");
            }
        }
        return metadata;
    }

    private static void requireSingleFile(MappedFile file, Map<String, Object> metadata) {
        if (metadata.get("split.count") instanceof Long parts && parts > 1) {
            throw ModelFileProblem.unsupported(
                    file.path(),
                    "is one of " + parts
                            + " parts of a split model; join them into one file (llama-gguf-split --merge)");
        }
    }

    private static int alignment(MappedFile file, Map<String, Object> metadata) {
        Object value = metadata.getOrDefault("general.alignment", (long) DEFAULT_ALIGNMENT);
        if (!(value instanceof Long alignment)
                || alignment < 1
                || alignment > MAX_ALIGNMENT
                || Long.bitCount(alignment) != 1) {
            throw ModelFileProblem.corrupt(
                    file.path(), "general.alignment is not a power of two up to " + MAX_ALIGNMENT);
        }
        return alignment.intValue();
    }

    /** A table row as the file has it: its offset still counts from the start of the data. */
    private static GgufTensor readTensor(MappedFile file, HeaderBytes in, int alignment) {
        long at = in.position();
        String name = in.string(MAX_NAME, "a tensor name");
        String what = "tensor " + quote(name);
        long dimensions = in.u32(what);
        if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
            throw in.corrupt(at, what + " has " + dimensions + " dimensions, not 1 to " + MAX_DIMENSIONS);
        }
        var shape = new ArrayList<Long>();
        for (int i = 0; i < dimensions; i++) {
            shape.add(in.i64(what));
        }
        int typeId = in.i32(what);
        GgmlType type = GgmlType.find(typeId);
        if (type == null || type.blockElements() == 0) {
            String label = type == null ? "number " + Integer.toUnsignedString(typeId) : type.name() + " (withdrawn)";
            throw ModelFileProblem.unsupported(
                    file.path(), what + " has type " + label + "; supported: " + ModelSupport.tensorTypes());
        }
        long size = sizeBytes(shape, type);
        long offset = in.i64(what);
        if (size < 0) {
            throw in.corrupt(at, what + " has shape " + shape + ", which " + type + " cannot hold");
        }
        if (offset < 0 || offset % alignment != 0) {
            throw in.corrupt(
                    at, what + " begins at " + Long.toUnsignedString(offset) + ", not a multiple of " + alignment);
        }
        return new GgufTensor(name, type, shape, offset, size);
    }

    /** Bytes of a tensor of this shape, or -1 where a dimension is below 1, the product overflows or a row does not fill whole blocks. */
    private static long sizeBytes(List<Long> shape, GgmlType type) {
        long elements = 1;
        for (long dimension : shape) {
            if (dimension < 1 || dimension > Long.MAX_VALUE / 8 / elements) {
                return -1;
            }
            elements *= dimension;
        }
        if (shape.getFirst() % type.blockElements() != 0) {
            return -1;
        }
        long blocks = elements / type.blockElements();
        return blocks > Long.MAX_VALUE / type.blockBytes() ? -1 : blocks * type.blockBytes();
    }

    private static GgufTensor place(MappedFile file, GgufTensor tensor, long dataStart) {
        long room = file.size() - dataStart;
        if (tensor.offset() > room || tensor.sizeBytes() > room - tensor.offset()) {
            throw ModelFileProblem.corrupt(
                    file.path(),
                    dataStart,
                    "tensor " + quote(tensor.name()) + " needs " + tensor.sizeBytes() + " bytes from " + tensor.offset()
                            + " of the data, past the file's end (" + file.size() + " bytes in all)");
        }
        return new GgufTensor(
                tensor.name(), tensor.type(), tensor.shape(), dataStart + tensor.offset(), tensor.sizeBytes());
    }

    private static void requireApart(MappedFile file, List<GgufTensor> tensors) {
        var sorted = new ArrayList<>(tensors);
        sorted.sort(Comparator.comparingLong(GgufTensor::offset));
        for (int i = 1; i < sorted.size(); i++) {
            GgufTensor before = sorted.get(i - 1);
            GgufTensor after = sorted.get(i);
            if (before.offset() + before.sizeBytes() > after.offset()) {
                throw ModelFileProblem.corrupt(
                        file.path(),
                        after.offset(),
                        "tensors " + quote(before.name()) + " and " + quote(after.name()) + " overlap");
            }
        }
    }

    public Path path() {
        return file.path();
    }

    public long sizeBytes() {
        return file.size();
    }

    /**
     * The file's key-value pairs in file order. Integers of every width are {@code Long} (an unsigned 64-bit one past {@link Long#MAX_VALUE}
     * comes out negative), floats {@code Double}; the rest are {@code Boolean}, {@code String}, {@code String[]}, {@code int[]},
     * {@code long[]} (64-bit elements, or unsigned 32-bit ones that need it), {@code float[]}, {@code boolean[]}. Arrays are not copied: leave them as they are.
     */
    public Map<String, Object> metadata() {
        return metadata;
    }

    /** The tensor table by name, in file order. */
    SequencedMap<String, GgufTensor> tensors() {
        return tensors;
    }

    /** The bytes of a tensor of this file. */
    MemorySegment data(GgufTensor tensor) {
        return file.bytes().asSlice(tensor.offset(), tensor.sizeBytes());
    }

    @Override
    public void close() {
        file.close();
    }
}

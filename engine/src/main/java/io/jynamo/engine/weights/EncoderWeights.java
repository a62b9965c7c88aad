package io.jynamo.engine.weights;

import static io.jynamo.engine.weights.ModelFileProblem.quote;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The weights of an encoder in a Hugging Face folder, memory-mapped, by the names that BERT gives them. */
public final class EncoderWeights implements AutoCloseable {
    /** Buffers, and heads that an embedding model was trained with and is not used with. */
    private static final Pattern UNUSED =
            Pattern.compile("embeddings\\.position_ids|embeddings\\.token_type_ids|cls\\..*");

    private static final String POOLER = "pooler.";

    private final SafetensorsShards shards;
    private final EncoderConfig config;
    private final EncoderFamily family;
    private final Path folder;
    private final Map<String, SafetensorsShards.Located> tensors = new HashMap<>();
    private final Set<String> read = new HashSet<>();
    private long sizeBytes;

    private EncoderWeights(Path folder, EncoderConfigFiles files, SafetensorsShards shards) {
        this.folder = folder;
        this.family = files.family();
        this.config = files.model();
        this.shards = shards;
    }

    /** Whether a model's files are an encoder's: a folder whose config.json names one. */
    public static boolean isEncoder(Path files) {
        return EncoderConfigFiles.isEncoder(files);
    }

    /**
     * What a folder's files say of its model; its weights need not be there.
     *
     * @throws io.jynamo.protocol.JynamoException as {@link #open}
     */
    public static EncoderConfig configOf(Path folder) {
        return EncoderConfigFiles.read(folder).model();
    }

    /**
     * Maps a folder's files; {@link #requireAllRead} then says whether there was more in them than was read.
     *
     * @throws io.jynamo.protocol.JynamoException MODEL_FILE_MISSING, MODEL_FILE_CORRUPT, or MODEL_UNSUPPORTED naming what is not
     */
    public static EncoderWeights open(Path folder) {
        EncoderConfigFiles files = EncoderConfigFiles.read(folder);
        SafetensorsShards shards = SafetensorsShards.open(folder);
        try {
            var weights = new EncoderWeights(folder, files, shards);
            shards.tensors().values().forEach(weights::add);
            return weights;
        } catch (RuntimeException | Error e) {
            shards.close();
            throw e;
        }
    }

    private void add(SafetensorsShards.Located located) {
        String name = located.tensor().name();
        String bare =
                name.startsWith(family.root()) ? name.substring(family.root().length()) : name;
        // What TensorFlow called them, and files converted from it still do.
        String modern = bare.replace("LayerNorm.gamma", "LayerNorm.weight").replace("LayerNorm.beta", "LayerNorm.bias");
        if (UNUSED.matcher(modern).matches() || (!usesPooler() && modern.startsWith(POOLER))) {
            return;
        }
        if (tensors.put(modern, located) != null) {
            throw ModelFileProblem.corrupt(located.file().path(), "tensor " + quote(name) + " is there twice");
        }
        sizeBytes += located.tensor().sizeBytes();
    }

    private boolean usesPooler() {
        return family.classifies() && !family.isRoberta();
    }

    public EncoderConfig config() {
        return config;
    }

    /** Bytes of the tensors that are used. */
    public long sizeBytes() {
        return sizeBytes;
    }

    /**
     * A matrix by its name in BERT, for example {@code encoder.layer.0.output.dense.weight}.
     *
     * @throws io.jynamo.protocol.JynamoException MODEL_FILE_CORRUPT when it is missing or of another shape
     */
    public WeightTensor matrix(String name, int rows, int columns) {
        return tensor(name, List.of((long) rows, (long) columns), rows, columns);
    }

    /** As {@link #matrix}, a vector. */
    public WeightTensor vector(String name, int length) {
        return tensor(name, List.of((long) length), 1, length);
    }

    private WeightTensor tensor(String name, List<Long> shape, int rows, int columns) {
        SafetensorsShards.Located located = tensors.get(name);
        if (located == null) {
            throw ModelFileProblem.corrupt(folder, "has no tensor " + quote(name));
        }
        read.add(name);
        SafetensorsFile.Tensor tensor = located.tensor();
        if (!tensor.shape().equals(shape)) {
            throw ModelFileProblem.corrupt(
                    located.file().path(),
                    "tensor " + quote(name) + " is " + tensor.shape() + ", and the configuration asks for " + shape);
        }
        @Nullable TensorType type = tensor.dtype().computed();
        if (type == null) {
            throw ModelFileProblem.unsupported(
                    located.file().path(),
                    "tensor " + quote(name) + " has type " + tensor.dtype()
                            + ", which is not supported; supported: F32, F16, BF16");
        }
        return new WeightTensor(name, type, rows, columns, located.file().data(tensor));
    }

    /**
     * Holds that nothing in the files was left unread, for what a model has beyond its family would change what it computes.
     *
     * @throws io.jynamo.protocol.JynamoException MODEL_UNSUPPORTED naming the tensor
     */
    public void requireAllRead() {
        tensors.forEach((name, located) -> {
            if (!read.contains(name)) {
                throw ModelFileProblem.unsupported(
                        located.file().path(),
                        "tensor " + quote(located.tensor().name()) + " is not one that architecture "
                                + config.architecture() + " with " + config.layers() + " layers is known to have");
            }
        });
    }

    @Override
    public void close() {
        shards.close();
    }
}

package io.jynamo.engine.weights;

import static io.jynamo.engine.weights.ModelFileProblem.quote;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The weights of a model in one GGUF file. */
public final class GgufWeights implements ModelWeights {
    private final GgufFile file;
    private final ModelConfig config;
    private final TensorTable tensors;

    private GgufWeights(GgufFile file, ModelConfig config, TensorTable tensors) {
        this.file = file;
        this.config = config;
        this.tensors = tensors;
    }

    /**
     * Maps a file and checks that it is a whole model that the engine can compute.
     *
     * @throws io.jynamo.protocol.JynamoException MODEL_FILE_MISSING, MODEL_FILE_CORRUPT, or MODEL_UNSUPPORTED naming the architecture, tensor
     *     type or feature that is not
     */
    public static GgufWeights open(Path path) {
        GgufFile file = GgufFile.open(path);
        try {
            ModelConfig config = GgufConfig.read(file);
            return new GgufWeights(file, config, tensors(file, config));
        } catch (RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    private static TensorTable tensors(GgufFile file, ModelConfig config) {
        var table = new TensorTable(file.path(), config);
        for (GgufTensor tensor : file.tensors().values()) {
            String what = "tensor " + quote(tensor.name());
            @Nullable TensorPlace place = GgufNames.place(tensor.name());
            if (place == null) {
                throw ModelFileProblem.unsupported(
                        file.path(),
                        what + " is not one that architecture " + config.architecture() + " is known to have");
            }
            @Nullable TensorType type = tensor.type().computed();
            if (type == null) {
                throw ModelFileProblem.unsupported(
                        file.path(),
                        what + " has type " + tensor.type() + ", which is not supported; supported: "
                                + ModelSupport.tensorTypes());
            }
            if (tensor.dimension(2) != 1 || tensor.dimension(3) != 1) {
                throw ModelFileProblem.corrupt(file.path(), what + " has more than two dimensions: " + tensor.shape());
            }
            table.add(place, tensor.name(), type, tensor.dimension(1), tensor.dimension(0), file.data(tensor));
        }
        // Without an output matrix the embedding serves as one.
        table.requireComplete(Family.ofGguf(file.path(), config.architecture()), true);
        return table;
    }

    @Override
    public ModelConfig config() {
        return config;
    }

    @Override
    public WeightTensor require(TensorRole role, int layer) {
        return tensors.require(role, layer);
    }

    @Override
    public Optional<WeightTensor> find(TensorRole role, int layer) {
        return tensors.find(role, layer);
    }

    @Override
    public long sizeBytes() {
        return tensors.sizeBytes();
    }

    /** The file's whole metadata: the tokenizer and chat template are in it. */
    @Override
    public Map<String, Object> metadata() {
        return file.metadata();
    }

    @Override
    public void close() {
        file.close();
    }
}

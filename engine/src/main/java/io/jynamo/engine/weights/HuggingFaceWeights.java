package io.jynamo.engine.weights;

import static io.jynamo.engine.weights.ModelFileProblem.quote;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The weights of a model in a Hugging Face folder: config.json beside one or more safetensors files. */
public final class HuggingFaceWeights implements ModelWeights {
    private final SafetensorsShards shards;
    private final ModelConfig config;
    private final TensorTable tensors;

    private HuggingFaceWeights(SafetensorsShards shards, ModelConfig config, TensorTable tensors) {
        this.shards = shards;
        this.config = config;
        this.tensors = tensors;
    }

    /**
     * Maps a folder's files and checks that they are a whole model that the engine can compute.
     *
     * @throws io.jynamo.protocol.JynamoException MODEL_FILE_MISSING, MODEL_FILE_CORRUPT, or MODEL_UNSUPPORTED naming the architecture, tensor
     *     type or option that is not
     */
    public static HuggingFaceWeights open(Path folder) {
        HuggingFaceConfig config = HuggingFaceConfig.read(folder);
        SafetensorsShards shards = SafetensorsShards.open(folder);
        try {
            return new HuggingFaceWeights(shards, config.model(), tensors(folder, config, shards));
        } catch (RuntimeException | Error e) {
            shards.close();
            throw e;
        }
    }

    private static TensorTable tensors(Path folder, HuggingFaceConfig config, SafetensorsShards shards) {
        var table = new TensorTable(folder, config.model());
        for (SafetensorsShards.Located located : shards.tensors().values()) {
            String name = located.tensor().name();
            if (HuggingFaceNames.isLeftOut(name)) {
                continue;
            }
            @Nullable
            TensorPlace place = HuggingFaceNames.place(name, config.kind().isGemma());
            if (place == null) {
                throw ModelFileProblem.unsupported(
                        located.file().path(),
                        "tensor " + quote(name) + " is not one that architecture "
                                + config.model().architecture() + " is known to have");
            }
            // A tied model may still carry a copy of its embedding under this name; it is never used.
            if (place.role() != TensorRole.OUTPUT || !config.tiedOutput()) {
                add(table, place, located);
            }
        }
        table.requireComplete(config.kind().family(), config.tiedOutput());
        return table;
    }

    private static void add(TensorTable table, TensorPlace place, SafetensorsShards.Located located) {
        SafetensorsFile.Tensor tensor = located.tensor();
        @Nullable TensorType type = tensor.dtype().computed();
        if (type == null) {
            throw ModelFileProblem.unsupported(
                    located.file().path(),
                    "tensor " + quote(tensor.name()) + " has type " + tensor.dtype()
                            + ", which is not supported; supported: F32, F16, BF16");
        }
        List<Long> shape = tensor.shape();
        if (shape.isEmpty() || shape.size() > 2) {
            throw ModelFileProblem.corrupt(
                    located.file().path(),
                    "tensor " + quote(tensor.name()) + " has shape " + shape + ", neither a vector nor a matrix");
        }
        long rows = shape.size() == 2 ? shape.getFirst() : 1;
        table.add(
                place,
                tensor.name(),
                type,
                rows,
                shape.getLast(),
                located.file().data(tensor));
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

    @Override
    public void close() {
        shards.close();
    }
}

package io.jynamo.engine.transformer;

import io.jynamo.engine.tensor.MatrixMemory;
import io.jynamo.engine.tensor.MatrixPacker;
import io.jynamo.engine.tensor.PackedMatrix;
import io.jynamo.engine.tensor.ThreadTeam;
import io.jynamo.engine.weights.ModelConfig;
import io.jynamo.engine.weights.ModelWeights;
import io.jynamo.engine.weights.TensorRole;
import io.jynamo.engine.weights.WeightTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A transformer's weights, packed for the kernels in native memory: read-only, shared by any number of runners. The files
 * it was loaded from may be closed. The memory is freed when the model and all its runners are garbage.
 */
public final class TransformerModel {
    private final ModelConfig config;
    private final PackedMatrix embedding;
    private final PackedMatrix output;
    private final Layer.Norm outputNorm;
    private final List<Layer> layers;
    private final float @Nullable [] ropeFactors;
    private final long sizeBytes;

    private TransformerModel(Loading loading) {
        this.config = loading.config;
        this.embedding = loading.matrix(TensorRole.TOKEN_EMBEDDING, 0);
        this.output = loading.find(TensorRole.OUTPUT, 0).map(loading::pack).orElse(embedding);
        this.outputNorm = loading.norm(TensorRole.OUTPUT_NORM, 0);
        this.ropeFactors = loading.find(TensorRole.ROPE_FACTORS, 0)
                .map(VectorTensors::floats)
                .orElse(null);
        List<Layer> all = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            all.add(loading.layer(i));
        }
        this.layers = List.copyOf(all);
        this.sizeBytes = loading.packedBytes;
    }

    /** Loads without telling how far it is. */
    public static TransformerModel load(ModelWeights weights, ThreadTeam team) {
        return load(weights, team, done -> {});
    }

    /**
     * Packs all weights, sharing the work over the team.
     *
     * @param progress told the share that is done, from 0 to 1
     * @throws io.jynamo.protocol.JynamoException MODEL_FILE_CORRUPT when a tensor is missing
     */
    public static TransformerModel load(ModelWeights weights, ThreadTeam team, DoubleConsumer progress) {
        TransformerModel model = new TransformerModel(new Loading(weights, team, progress));
        progress.accept(1);
        return model;
    }

    public ModelConfig config() {
        return config;
    }

    /** Bytes of packed matrices. */
    public long sizeBytes() {
        return sizeBytes;
    }

    PackedMatrix embedding() {
        return embedding;
    }

    PackedMatrix output() {
        return output;
    }

    Layer.Norm outputNorm() {
        return outputNorm;
    }

    List<Layer> layers() {
        return layers;
    }

    float @Nullable [] ropeFactors() {
        return ropeFactors;
    }

    /** What is needed while loading only. */
    private static final class Loading {
        private final ModelWeights weights;
        private final ModelConfig config;
        private final ThreadTeam team;
        private final DoubleConsumer progress;
        private final MatrixMemory place = new MatrixMemory();
        private long read;
        private long packedBytes;

        Loading(ModelWeights weights, ThreadTeam team, DoubleConsumer progress) {
            this.weights = weights;
            this.config = weights.config();
            this.team = team;
            this.progress = progress;
        }

        Layer layer(int i) {
            return new Layer(
                    config.slidingWindow() > 0 && config.slidingLayers().get(i),
                    norm(TensorRole.ATTENTION_NORM, i),
                    projection(TensorRole.QUERY, TensorRole.QUERY_BIAS, i),
                    projection(TensorRole.KEY, TensorRole.KEY_BIAS, i),
                    projection(TensorRole.VALUE, TensorRole.VALUE_BIAS, i),
                    findNorm(TensorRole.QUERY_NORM, i),
                    findNorm(TensorRole.KEY_NORM, i),
                    projection(TensorRole.ATTENTION_OUTPUT, TensorRole.ATTENTION_OUTPUT_BIAS, i),
                    findNorm(TensorRole.POST_ATTENTION_NORM, i),
                    norm(TensorRole.FFN_NORM, i),
                    new Layer.Projection(matrix(TensorRole.FFN_GATE, i), null),
                    new Layer.Projection(matrix(TensorRole.FFN_UP, i), null),
                    new Layer.Projection(matrix(TensorRole.FFN_DOWN, i), null),
                    findNorm(TensorRole.POST_FFN_NORM, i));
        }

        Optional<WeightTensor> find(TensorRole role, int layer) {
            return weights.find(role, layer);
        }

        PackedMatrix matrix(TensorRole role, int layer) {
            return pack(weights.require(role, layer));
        }

        PackedMatrix pack(WeightTensor tensor) {
            PackedMatrix packed = MatrixPacker.pack(tensor, place, team);
            packedBytes += packed.sizeBytes();
            read += tensor.data().byteSize();
            progress.accept(Math.min(1, (double) read / weights.sizeBytes()));
            return packed;
        }

        private Layer.Projection projection(TensorRole role, TensorRole bias, int layer) {
            float[] added = find(bias, layer).map(VectorTensors::floats).orElse(null);
            return new Layer.Projection(matrix(role, layer), added);
        }

        Layer.Norm norm(TensorRole role, int layer) {
            return norm(weights.require(role, layer));
        }

        private Layer.@Nullable Norm findNorm(TensorRole role, int layer) {
            return find(role, layer).map(this::norm).orElse(null);
        }

        private Layer.Norm norm(WeightTensor tensor) {
            float[] weight = VectorTensors.floats(tensor);
            for (int i = 0; i < weight.length; i++) {
                weight[i] += config.normOffset();
            }
            return new Layer.Norm(weight);
        }
    }
}

package io.jynamo.engine.weights;

import java.util.Map;
import java.util.Optional;

/** The weights of one model, memory-mapped from its files. Closing it unmaps them. */
public interface ModelWeights extends AutoCloseable {
    ModelConfig config();

    /**
     * A tensor that the architecture cannot do without; its shape has been checked against {@link #config()}.
     *
     * @param layer 0-based; 0 for roles that are not per layer
     * @throws io.jynamo.protocol.JynamoException MODEL_FILE_CORRUPT when it is missing or misshapen
     */
    WeightTensor require(TensorRole role, int layer);

    /** A tensor that some models of the architecture have. */
    Optional<WeightTensor> find(TensorRole role, int layer);

    /** Bytes of all tensors. */
    long sizeBytes();

    /** What the file says beside tensors, as {@link GgufFile#metadata} has it; empty for Hugging Face folders, which keep it in files of their own. */
    default Map<String, Object> metadata() {
        return Map.of();
    }

    @Override
    void close();
}

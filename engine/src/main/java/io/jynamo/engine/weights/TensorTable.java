package io.jynamo.engine.weights;

import static io.jynamo.engine.weights.ModelFileProblem.quote;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The tensors of one model by role and layer. What is in it has the shape that the configuration asks for. */
final class TensorTable {
    private final Path file;
    private final ModelConfig config;
    private final Map<TensorRole, @Nullable WeightTensor[]> tensors = new EnumMap<>(TensorRole.class);
    private long sizeBytes;

    TensorTable(Path file, ModelConfig config) {
        this.file = file;
        this.config = config;
    }

    /**
     * Takes in one tensor.
     *
     * @throws io.jynamo.protocol.JynamoException MODEL_FILE_CORRUPT when its layer, its shape or its being there twice contradicts the configuration
     */
    void add(TensorPlace place, String name, TensorType type, long rows, long columns, MemorySegment data) {
        TensorShape expected = TensorShape.of(place.role(), config);
        if (rows != expected.rows() || columns != expected.columns()) {
            throw ModelFileProblem.corrupt(
                    file,
                    "tensor " + quote(name) + " is " + rows + " x " + columns + ", and the configuration asks for "
                            + expected.rows() + " x " + expected.columns());
        }
        if (place.layer() >= config.layers()) {
            throw ModelFileProblem.corrupt(
                    file, "tensor " + quote(name) + " belongs to a layer past the " + config.layers() + " configured");
        }
        int slots = TensorShape.isPerLayer(place.role()) ? config.layers() : 1;
        @Nullable WeightTensor[] row = tensors.computeIfAbsent(place.role(), r -> new WeightTensor[slots]);
        WeightTensor other = row[place.layer()];
        if (other != null) {
            throw ModelFileProblem.corrupt(
                    file, "tensors " + quote(other.name()) + " and " + quote(name) + " are the same weight");
        }
        row[place.layer()] = new WeightTensor(name, type, (int) rows, (int) columns, data);
        sizeBytes += data.byteSize();
    }

    /** Holds that nothing is missing which the family needs. */
    void requireComplete(Family family, boolean tiedOutput) {
        require(TensorRole.TOKEN_EMBEDDING, 0);
        require(TensorRole.OUTPUT_NORM, 0);
        if (!tiedOutput) {
            require(TensorRole.OUTPUT, 0);
        }
        for (TensorRole role : family.perLayer()) {
            for (int layer = 0; layer < config.layers(); layer++) {
                require(role, layer);
            }
        }
    }

    WeightTensor require(TensorRole role, int layer) {
        return find(role, layer)
                .orElseThrow(() -> ModelFileProblem.corrupt(file, "has no tensor for " + role + " of layer " + layer));
    }

    Optional<WeightTensor> find(TensorRole role, int layer) {
        @Nullable WeightTensor[] row = tensors.get(role);
        return row == null || layer < 0 || layer >= row.length ? Optional.empty() : Optional.ofNullable(row[layer]);
    }

    long sizeBytes() {
        return sizeBytes;
    }
}

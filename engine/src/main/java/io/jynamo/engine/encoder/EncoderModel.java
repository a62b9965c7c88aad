package io.jynamo.engine.encoder;

import io.jynamo.engine.encoder.EncoderLayer.Dense;
import io.jynamo.engine.encoder.EncoderLayer.Norm;
import io.jynamo.engine.tensor.MatrixMemory;
import io.jynamo.engine.tensor.MatrixPacker;
import io.jynamo.engine.tensor.ThreadTeam;
import io.jynamo.engine.transformer.VectorTensors;
import io.jynamo.engine.weights.EncoderConfig;
import io.jynamo.engine.weights.EncoderWeights;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An encoder's weights: matrices packed for the kernels in native memory, the rest plain floats. Read-only, shared by any number
 * of passes; the files it was loaded from may be closed.
 */
public final class EncoderModel {
    private final EncoderConfig config;
    private final float[] words;
    private final float[] positions;
    private final float[] types;
    private final Norm embeddingNorm;
    private final List<EncoderLayer> layers;
    private final @Nullable ScoreHead head;

    private EncoderModel(Loading loading) {
        this.config = loading.config;
        int size = config.hiddenSize();
        this.words = loading.table("word_embeddings", config.vocabularySize());
        this.positions = loading.table("position_embeddings", config.positions());
        this.types = loading.table("token_type_embeddings", config.tokenTypes());
        this.embeddingNorm = loading.norm("embeddings.LayerNorm", size);
        List<EncoderLayer> all = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            all.add(loading.layer("encoder.layer." + i + "."));
        }
        this.layers = List.copyOf(all);
        this.head = config.scores() ? loading.head() : null;
        loading.weights.requireAllRead();
    }

    /**
     * Packs all weights, sharing the work over the team.
     *
     * @throws io.jynamo.protocol.JynamoException MODEL_FILE_CORRUPT when a tensor is missing or of another shape, MODEL_UNSUPPORTED
     *     when there is one that the family does not have
     */
    public static EncoderModel load(EncoderWeights weights, ThreadTeam team) {
        return new EncoderModel(new Loading(weights, team));
    }

    public EncoderConfig config() {
        return config;
    }

    Norm embeddingNorm() {
        return embeddingNorm;
    }

    List<EncoderLayer> layers() {
        return layers;
    }

    @Nullable
    ScoreHead head() {
        return head;
    }

    /** Writes the sum of a token's three embeddings. */
    void embed(int id, int position, int type, float[] out, int at) {
        int size = config.hiddenSize();
        int word = id * size;
        int row = (config.firstPosition() + position) * size;
        int kind = type * size;
        for (int i = 0; i < size; i++) {
            out[at + i] = words[word + i] + types[kind + i] + positions[row + i];
        }
    }

    /** What is needed while loading only. */
    private static final class Loading {
        private final EncoderWeights weights;
        private final EncoderConfig config;
        private final ThreadTeam team;
        private final MatrixMemory place = new MatrixMemory();

        Loading(EncoderWeights weights, ThreadTeam team) {
            this.weights = weights;
            this.config = weights.config();
            this.team = team;
        }

        float[] table(String name, int rows) {
            return VectorTensors.floats(weights.matrix("embeddings." + name + ".weight", rows, config.hiddenSize()));
        }

        Norm norm(String name, int size) {
            return new Norm(vector(name + ".weight", size), vector(name + ".bias", size));
        }

        EncoderLayer layer(String at) {
            int size = config.hiddenSize();
            int ffn = config.ffnSize();
            return new EncoderLayer(
                    dense(at + "attention.self.query", size, size),
                    dense(at + "attention.self.key", size, size),
                    dense(at + "attention.self.value", size, size),
                    dense(at + "attention.output.dense", size, size),
                    norm(at + "attention.output.LayerNorm", size),
                    dense(at + "intermediate.dense", ffn, size),
                    dense(at + "output.dense", size, ffn),
                    norm(at + "output.LayerNorm", size));
        }

        private Dense dense(String name, int rows, int columns) {
            return new Dense(
                    MatrixPacker.pack(weights.matrix(name + ".weight", rows, columns), place, team),
                    vector(name + ".bias", rows));
        }

        ScoreHead head() {
            boolean roberta = config.separatesTwice();
            int size = config.hiddenSize();
            String dense = roberta ? "classifier.dense" : "pooler.dense";
            String row = roberta ? "classifier.out_proj" : "classifier";
            return new ScoreHead(
                    VectorTensors.floats(weights.matrix(dense + ".weight", size, size)),
                    vector(dense + ".bias", size),
                    VectorTensors.floats(weights.matrix(row + ".weight", 1, size)),
                    vector(row + ".bias", 1)[0],
                    config.score());
        }

        private float[] vector(String name, int length) {
            return VectorTensors.floats(weights.vector(name, length));
        }
    }
}

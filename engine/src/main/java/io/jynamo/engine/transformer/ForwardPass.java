package io.jynamo.engine.transformer;

import io.jynamo.engine.step.Logits;
import io.jynamo.engine.step.Step;
import io.jynamo.engine.tensor.Columns;
import io.jynamo.engine.tensor.MatrixProduct;
import io.jynamo.engine.tensor.PackedMatrix;
import io.jynamo.engine.tensor.ThreadTeam;
import io.jynamo.engine.tensor.VectorMath;
import io.jynamo.engine.weights.ModelConfig;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One step through the layers. Every line of {@link #layer} is a round of the thread team: a thread takes strips of
 * matrix rows, tiles of tokens or heads, and what it writes no other thread writes.
 */
final class ForwardPass {
    private static final int TILE = 8;

    private final TransformerModel model;
    private final ModelConfig config;
    private final ThreadTeam team;
    private final Attention attention;
    private final Rotation rotation;
    private final Rotation localRotation;
    private final StepTokens tokens = new StepTokens();
    private final MatrixProduct[] products;
    private final float[][] gates;
    private final float[][] ups;

    /** Inputs of matrices: normed hidden states, attention results, gated activations, rows that want logits. */
    private final Columns hidden;

    private final Columns attended;
    private final Columns gated;
    private final Columns last;

    /** The residual stream, {@code [token][hiddenSize]}. */
    private float[] residual = new float[0];

    /** Queries, keys and values, {@code [token][query | key | value]}, each padded to whole strips. */
    private float[] heads = new float[0];

    /** What a layer adds to the residual stream, {@code [token][padded hiddenSize]}. */
    private float[] branch = new float[0];

    private final int keyAt;
    private final int valueAt;
    private final int headsStride;
    private final int branchStride;

    ForwardPass(TransformerModel model, PagedKv kv, ThreadTeam team) {
        this.model = model;
        this.config = model.config();
        this.team = team;
        int group = config.heads() / config.kvHeads();
        this.attention = new Attention(kv, group, config.slidingWindow(), team);
        this.rotation = new Rotation(config.rope(), config.ropeLayout(), config.headSize(), model.ropeFactors());
        this.localRotation =
                new Rotation(config.localRope(), config.ropeLayout(), config.headSize(), model.ropeFactors());
        this.products = new MatrixProduct[team.size()];
        Arrays.setAll(products, i -> new MatrixProduct());
        this.gates = new float[team.size()][0];
        this.ups = new float[team.size()][0];
        this.hidden = new Columns(config.hiddenSize());
        this.attended = new Columns(config.heads() * config.headSize());
        this.gated = new Columns(config.ffnSize());
        this.last = new Columns(config.hiddenSize());
        Layer first = model.layers().getFirst();
        this.keyAt = MatrixProduct.outputSize(first.query().matrix());
        this.valueAt = keyAt + MatrixProduct.outputSize(first.key().matrix());
        this.headsStride = valueAt + MatrixProduct.outputSize(first.value().matrix());
        this.branchStride = MatrixProduct.outputSize(first.down().matrix());
    }

    void run(Step step, Logits logits) {
        prepare(step);
        forTokens(this::embed);
        for (int i = 0; i < config.layers(); i++) {
            layer(i);
        }
        logits(step, logits);
    }

    private void prepare(Step step) {
        tokens.set(step, attention.runLength(step.tokens()));
        attention.begin(tokens.runs());
        int count = tokens.count();
        hidden.resize(count);
        attended.resize(count);
        gated.resize(count);
        int padded = hidden.paddedCount();
        if (residual.length < count * config.hiddenSize()) {
            residual = new float[count * config.hiddenSize()];
            heads = new float[padded * headsStride];
            branch = new float[padded * branchStride];
        }
        for (int i = 0; i < team.size(); i++) {
            if (gates[i].length < padded * MatrixProduct.stripRows()) {
                gates[i] = new float[padded * MatrixProduct.stripRows()];
                ups[i] = new float[padded * MatrixProduct.stripRows()];
            }
        }
        rotation.resize(count);
        localRotation.resize(count);
    }

    /** What is done to tokens {@code from} to {@code to - 1}. */
    private interface TokenWork {
        void run(int from, int to);
    }

    /** Shares tokens out by tiles; few are not worth a round of the team. */
    private void forTokens(TokenWork work) {
        int count = tokens.count();
        team.forEach(hidden.tiles(), 1, (tile, member) -> work.run(tile * TILE, Math.min(count, (tile + 1) * TILE)));
    }

    private void embed(int from, int to) {
        int size = config.hiddenSize();
        for (int token = from; token < to; token++) {
            model.embedding().row(tokens.id(token), residual, token * size);
            if (config.embeddingScale() != 1) {
                for (int i = 0; i < size; i++) {
                    residual[token * size + i] *= config.embeddingScale();
                }
            }
            rotation.position(token, tokens.position(token));
            localRotation.position(token, tokens.position(token));
        }
        norm(model.layers().getFirst().attentionNorm(), from, to);
    }

    private void layer(int index) {
        Layer layer = model.layers().get(index);
        project(hidden, heads, headsStride, layer.query(), layer.key(), layer.value());
        forTokens((from, to) -> place(index, layer, from, to));
        attention.attend(index, layer.sliding(), heads, headsStride, attended);
        sum(attended);
        project(attended, branch, branchStride, layer.attentionOutput());
        forTokens((from, to) -> {
            merge(layer.postAttentionNorm(), from, to);
            norm(layer.ffnNorm(), from, to);
        });
        gate(layer);
        sum(gated);
        project(gated, branch, branchStride, layer.down());
        Layer.Norm next =
                index + 1 < config.layers() ? model.layers().get(index + 1).attentionNorm() : null;
        forTokens((from, to) -> {
            merge(layer.postFfnNorm(), from, to);
            if (next != null) {
                norm(next, from, to);
            }
        });
    }

    private void sum(Columns columns) {
        team.forEach(columns.tiles(), 1, (tile, member) -> columns.sum(tile));
    }

    /** Norms the residual stream of tokens into {@link #hidden}. They are a whole tile. */
    private void norm(Layer.Norm norm, int from, int to) {
        int size = config.hiddenSize();
        float[] row = new float[size];
        for (int token = from; token < to; token++) {
            VectorMath.rmsNorm(residual, token * size, size, norm.weight(), config.normEpsilon(), row, 0);
            hidden.put(token, 0, row, 0, size);
        }
        hidden.sum(from / TILE);
    }

    /** Adds a branch to the residual stream. */
    private void merge(Layer.@Nullable Norm norm, int from, int to) {
        int size = config.hiddenSize();
        for (int token = from; token < to; token++) {
            int at = token * branchStride;
            if (norm != null) {
                VectorMath.rmsNorm(branch, at, size, norm.weight(), config.normEpsilon(), branch, at);
            }
            VectorMath.add(residual, token * size, branch, at, size);
        }
    }

    /** Multiplies columns with matrices whose outputs lie side by side. */
    private void project(Columns x, float[] y, int stride, Layer.Projection... projections) {
        int strips = 0;
        for (Layer.Projection projection : projections) {
            strips += projection.matrix().strips();
        }
        team.forEach(strips, grain(strips), (strip, member) -> {
            int at = strip * MatrixProduct.stripRows();
            int index = strip;
            int which = 0;
            while (index >= projections[which].matrix().strips()) {
                index -= projections[which].matrix().strips();
                which++;
            }
            Layer.Projection projection = projections[which];
            begin(projection.bias(), index, x, y, at, stride);
            products[member].multiply(projection.matrix(), index, x, y, at, stride);
        });
    }

    /** Strips a thread takes at a time: eight turns each, so that one that was held up is helped out. */
    private int grain(int strips) {
        return Math.max(1, strips / (8 * team.size()));
    }

    /** Fills a strip's outputs with the bias, or zeros. */
    private static void begin(float @Nullable [] bias, int strip, Columns x, float[] y, int at, int stride) {
        int rows = MatrixProduct.stripRows();
        for (int column = 0; column < x.paddedCount(); column++) {
            int to = at + column * stride;
            Arrays.fill(y, to, to + rows, 0);
            if (bias != null) {
                int from = strip * rows;
                System.arraycopy(bias, from, y, to, Math.min(rows, bias.length - from));
            }
        }
    }

    /** Norms and rotates queries and keys of tokens and stores keys and values. */
    private void place(int index, Layer layer, int from, int to) {
        Rotation turn = layer.sliding() ? localRotation : rotation;
        int size = config.headSize();
        for (int token = from; token < to; token++) {
            int at = token * headsStride;
            for (int head = 0; head < config.heads(); head++) {
                int query = at + head * size;
                normHead(layer.queryNorm(), query);
                turn.rotate(token, heads, query);
                VectorMath.scale(heads, query, size, config.attentionScale());
            }
            for (int head = 0; head < config.kvHeads(); head++) {
                int key = at + keyAt + head * size;
                normHead(layer.keyNorm(), key);
                turn.rotate(token, heads, key);
                int value = at + valueAt + head * size;
                attention.store(index, head, tokens.sliceOf(token), tokens.position(token), heads, key, heads, value);
            }
        }
    }

    private void normHead(Layer.@Nullable Norm norm, int at) {
        if (norm != null) {
            VectorMath.rmsNorm(heads, at, config.headSize(), norm.weight(), config.normEpsilon(), heads, at);
        }
    }

    /** Gate, up and activation; a strip of each at a time. */
    private void gate(Layer layer) {
        PackedMatrix gate = layer.gate().matrix();
        PackedMatrix up = layer.up().matrix();
        int rows = MatrixProduct.stripRows();
        int strips = gate.strips();
        team.forEach(strips, grain(strips), (strip, member) -> {
            float[] g = gates[member];
            float[] u = ups[member];
            Arrays.fill(g, 0, hidden.paddedCount() * rows, 0);
            Arrays.fill(u, 0, hidden.paddedCount() * rows, 0);
            products[member].multiply(gate, strip, hidden, g, 0, rows);
            products[member].multiply(up, strip, hidden, u, 0, rows);
            int count = Math.min(rows, config.ffnSize() - strip * rows);
            for (int token = 0; token < tokens.count(); token++) {
                switch (config.activation()) {
                    case SILU -> VectorMath.siluTimes(g, token * rows, u, token * rows, rows);
                    case GELU_TANH -> VectorMath.geluTimes(g, token * rows, u, token * rows, rows);
                }
                gated.put(token, strip * rows, g, token * rows, count);
            }
        });
    }

    private void logits(Step step, Logits logits) {
        int count = step.logitsRows();
        logits.resize(count);
        if (count == 0) {
            return;
        }
        last.resize(count);
        int size = config.hiddenSize();
        float[] row = new float[size];
        int column = 0;
        for (int i = 0; i < tokens.sliceCount(); i++) {
            Step.Slice slice = tokens.slice(i);
            int end = tokens.firstToken(i) + slice.tokens().length;
            for (int token = end - slice.logitsRows(); token < end; token++) {
                float[] norm = model.outputNorm().weight();
                VectorMath.rmsNorm(residual, token * size, size, norm, config.normEpsilon(), row, 0);
                last.put(column++, 0, row, 0, size);
            }
        }
        last.sum();
        PackedMatrix output = model.output();
        int rows = MatrixProduct.stripRows();
        int strips = output.strips();
        team.forEach(strips, grain(strips), (strip, member) -> {
            float[] y = gates[member];
            Arrays.fill(y, 0, last.paddedCount() * rows, 0);
            products[member].multiply(output, strip, last, y, 0, rows);
            int length = Math.min(rows, logits.width() - strip * rows);
            for (int i = 0; i < count; i++) {
                System.arraycopy(y, i * rows, logits.row(i), strip * rows, length);
            }
        });
    }
}

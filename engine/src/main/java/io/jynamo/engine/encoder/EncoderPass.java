package io.jynamo.engine.encoder;

import io.jynamo.engine.encoder.EncoderLayer.Dense;
import io.jynamo.engine.encoder.EncoderLayer.Norm;
import io.jynamo.engine.tensor.Columns;
import io.jynamo.engine.tensor.EncoderMath;
import io.jynamo.engine.tensor.MatrixProduct;
import io.jynamo.engine.tensor.TextAttention;
import io.jynamo.engine.tensor.ThreadTeam;
import io.jynamo.engine.tensor.VectorMath;
import io.jynamo.engine.weights.EncoderConfig;
import io.jynamo.protocol.EmbeddingRequest;
import java.util.Arrays;
import java.util.List;

/**
 * Computes batches of texts. Every line of {@link #layer} is a round of the thread team: a thread takes strips of matrix rows,
 * tiles of tokens, or heads of texts, and what it writes no other thread writes. A text's vector depends, to the bit, on its
 * own tokens alone.
 */
public final class EncoderPass implements Encoder {
    private static final int TILE = 8;

    private final EncoderModel model;
    private final EncoderConfig config;
    private final ThreadTeam team;
    private final Pooled pooled;
    private final MatrixProduct[] products;
    private final TextAttention[] attentions;
    private final float[][] strips;

    /** Inputs of matrices: hidden states, attention results, activations. */
    private final Columns hidden;

    private final Columns attended;
    private final Columns activated;

    /** Hidden states, {@code [token][hiddenSize]}. */
    private float[] states = new float[0];

    /** Queries, keys and values, {@code [token][query | key | value]}, each padded to whole strips. */
    private float[] heads = new float[0];

    /** What a layer adds to the hidden states, {@code [token][padded hiddenSize]}. */
    private float[] branch = new float[0];

    private final int padded;

    public EncoderPass(EncoderModel model, ThreadTeam team) {
        this.model = model;
        this.config = model.config();
        this.team = team;
        this.pooled = new Pooled(config, model.head());
        this.products = new MatrixProduct[team.size()];
        Arrays.setAll(products, i -> new MatrixProduct());
        this.attentions = new TextAttention[team.size()];
        Arrays.setAll(attentions, i -> new TextAttention());
        this.strips = new float[team.size()][0];
        this.hidden = new Columns(config.hiddenSize());
        this.attended = new Columns(config.hiddenSize());
        this.activated = new Columns(config.ffnSize());
        this.padded =
                MatrixProduct.outputSize(model.layers().getFirst().output().matrix());
    }

    @Override
    public int vocabularySize() {
        return config.vocabularySize();
    }

    /** The model's width, or one where it scores pairs. */
    @Override
    public int width() {
        return pooled.width();
    }

    @Override
    public float[] run(List<EmbeddingRequest.Text> texts) {
        float[] out = new float[Math.multiplyExact(texts.size(), width())];
        team.exclusively(() -> run(new TextBatch(texts), out));
        return out;
    }

    private void run(TextBatch batch, float[] out) {
        prepare(batch.tokens());
        team.forEach(batch.texts(), 1, (text, member) -> embed(batch, text));
        forTokens(batch.tokens(), (from, to) -> norm(model.embeddingNorm(), from, to));
        model.layers().forEach(layer -> layer(batch, layer));
        team.forEach(
                batch.texts(),
                1,
                (text, member) ->
                        pooled.write(states, batch.first(text), batch.count(text), out, text * pooled.width()));
    }

    private void prepare(int count) {
        hidden.resize(count);
        attended.resize(count);
        activated.resize(count);
        int columns = hidden.paddedCount();
        if (states.length < count * config.hiddenSize()) {
            states = new float[count * config.hiddenSize()];
            heads = new float[columns * 3 * padded];
            branch = new float[columns * padded];
        }
        for (int i = 0; i < team.size(); i++) {
            if (strips[i].length < columns * MatrixProduct.stripRows()) {
                strips[i] = new float[columns * MatrixProduct.stripRows()];
            }
        }
    }

    /** What is done to tokens {@code from} to {@code to - 1}, a whole tile or the last one. */
    private interface TokenWork {
        void run(int from, int to);
    }

    private void forTokens(int count, TokenWork work) {
        team.forEach(hidden.tiles(), 1, (tile, member) -> work.run(tile * TILE, Math.min(count, (tile + 1) * TILE)));
    }

    private void embed(TextBatch batch, int index) {
        EmbeddingRequest.Text text = batch.text(index);
        int size = config.hiddenSize();
        int at = batch.first(index) * size;
        for (int position = 0; position < text.tokens().count(); position++) {
            // Where there is one type of token only, a pair's second text has it too.
            int type = position < text.secondAt() ? 0 : Math.min(1, config.tokenTypes() - 1);
            model.embed(text.tokens().at(position), position, type, states, at + position * size);
        }
    }

    /** Norms the hidden states of tokens in place and makes columns of them. */
    private void norm(Norm norm, int from, int to) {
        int size = config.hiddenSize();
        for (int token = from; token < to; token++) {
            int at = token * size;
            EncoderMath.layerNorm(states, at, size, norm.weight(), norm.bias(), config.normEpsilon(), states, at);
            hidden.put(token, 0, states, at, size);
        }
        hidden.sum(from / TILE);
    }

    private void layer(TextBatch batch, EncoderLayer layer) {
        int count = batch.tokens();
        project(hidden, heads, 3 * padded, layer.query(), layer.key(), layer.value());
        attend(batch);
        team.forEach(attended.tiles(), 1, (tile, member) -> attended.sum(tile));
        project(attended, branch, padded, layer.attentionOutput());
        forTokens(count, (from, to) -> merge(layer.attentionNorm(), from, to));
        activate(count, layer.intermediate());
        team.forEach(activated.tiles(), 1, (tile, member) -> activated.sum(tile));
        project(activated, branch, padded, layer.output());
        forTokens(count, (from, to) -> merge(layer.outputNorm(), from, to));
    }

    private void attend(TextBatch batch) {
        int size = config.headSize();
        team.forEach(batch.texts() * config.heads(), 1, (item, member) -> {
            int text = item / config.heads();
            int at = item % config.heads() * size;
            var rows = new TextAttention.Rows(
                    heads, batch.first(text), batch.count(text), 3 * padded, at, padded + at, 2 * padded + at);
            attentions[member].attend(rows, size, attended, at);
        });
    }

    /** Adds a branch to the hidden states and norms them. */
    private void merge(Norm norm, int from, int to) {
        int size = config.hiddenSize();
        for (int token = from; token < to; token++) {
            VectorMath.add(states, token * size, branch, token * padded, size);
        }
        norm(norm, from, to);
    }

    /** Multiplies columns with matrices whose outputs lie side by side, each {@link #padded} wide. */
    private void project(Columns x, float[] y, int stride, Dense... denses) {
        int each = denses[0].matrix().strips();
        int rows = MatrixProduct.stripRows();
        team.forEach(each * denses.length, grain(each * denses.length), (strip, member) -> {
            Dense dense = denses[strip / each];
            int index = strip % each;
            begin(dense.bias(), index, x.paddedCount(), y, strip * rows, stride);
            products[member].multiply(dense.matrix(), index, x, y, strip * rows, stride);
        });
    }

    /** The wide layer of the feed-forward and its activation, a strip at a time. */
    private void activate(int count, Dense dense) {
        int rows = MatrixProduct.stripRows();
        int all = dense.matrix().strips();
        team.forEach(all, grain(all), (strip, member) -> {
            float[] y = strips[member];
            begin(dense.bias(), strip, hidden.paddedCount(), y, 0, rows);
            products[member].multiply(dense.matrix(), strip, hidden, y, 0, rows);
            EncoderMath.gelu(y, 0, count * rows);
            int length = Math.min(rows, config.ffnSize() - strip * rows);
            for (int token = 0; token < count; token++) {
                activated.put(token, strip * rows, y, token * rows, length);
            }
        });
    }

    /** Strips a thread takes at a time: eight turns each, so that one that was held up is helped out. */
    private int grain(int all) {
        return Math.max(1, all / (8 * team.size()));
    }

    /** Fills a strip's outputs with the bias. */
    private static void begin(float[] bias, int strip, int columns, float[] y, int at, int stride) {
        int rows = MatrixProduct.stripRows();
        int from = strip * rows;
        int length = Math.min(rows, bias.length - from);
        for (int column = 0; column < columns; column++) {
            int to = at + column * stride;
            System.arraycopy(bias, from, y, to, length);
            Arrays.fill(y, to + length, to + rows, 0);
        }
    }
}

package io.jynamo.engine.tensor;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Attention of one head among all tokens of one text, in both directions; one for each thread, which keeps its scratch.
 *
 * <p>Keys are turned round, {@code [head size][token]}, so that a vector is neighbouring keys and scores need no sum across
 * lanes; values lie {@code [token][head size]}, padded with zeros to whole vectors. Four queries go at a time, to read both
 * less often. Every sum runs in the order of the head's numbers or of the tokens, whatever the batch: {@link ScalarKernels#attend}
 * gives the same bits.
 */
public final class TextAttention {
    private static final int QUERIES = 4;

    private float[] keys = new float[0];
    private float[] values = new float[0];
    private float[] scores = new float[0];
    private float[] row = new float[0];
    private final float[] query = new float[QUERIES];

    /**
     * Where the tokens of a text lie: query, key and value of one head in each row.
     *
     * @param first index of the text's first row
     * @param count of its rows
     * @param stride from row to row
     */
    @SuppressWarnings("ArrayRecordComponent") // a view of the pass's own array
    public record Rows(float[] numbers, int first, int count, int stride, int queryAt, int keyAt, int valueAt) {
        int at(int token) {
            return (first + token) * stride;
        }
    }

    /**
     * Computes a head of {@code size} numbers and puts its results into {@code out}, from number {@code outAt} on of the columns
     * that have the text's indexes.
     */
    public void attend(Rows rows, int size, Columns out, int outAt) {
        int tokens = Lanes.roundUp(rows.count(), Lanes.COUNT);
        int width = Lanes.roundUp(size, Lanes.COUNT);
        load(rows, size, tokens, width);
        float scale = (float) (1 / Math.sqrt(size));
        for (int token = 0; token < rows.count(); token += QUERIES) {
            int count = Math.min(QUERIES, rows.count() - token);
            score(rows, token, count, size, tokens, scale);
            for (int i = 0; i < count; i++) {
                Arrays.fill(scores, i * tokens + rows.count(), (i + 1) * tokens, Float.NEGATIVE_INFINITY);
                float max = VectorMath.max(scores, i * tokens, tokens);
                query[i] = VectorMath.expSum(scores, i * tokens, tokens, max);
            }
            weigh(rows.count(), tokens, width);
            for (int i = 0; i < count; i++) {
                VectorMath.scale(row, i * width, width, 1 / query[i]);
                out.put(rows.first() + token + i, outAt, row, i * width, size);
            }
        }
    }

    private void load(Rows rows, int size, int tokens, int width) {
        if (keys.length < size * tokens || values.length < width * tokens) {
            keys = new float[size * tokens];
            values = new float[width * tokens];
        }
        if (scores.length < QUERIES * tokens || row.length < QUERIES * width) {
            scores = new float[QUERIES * tokens];
            row = new float[QUERIES * width];
        }
        for (int token = 0; token < rows.count(); token++) {
            int key = rows.at(token) + rows.keyAt();
            for (int i = 0; i < size; i++) {
                keys[i * tokens + token] = rows.numbers()[key + i];
            }
            int value = rows.at(token) + rows.valueAt();
            System.arraycopy(rows.numbers(), value, values, token * width, size);
            Arrays.fill(values, token * width + size, (token + 1) * width, 0);
        }
        for (int i = 0; i < size; i++) {
            Arrays.fill(keys, i * tokens + rows.count(), (i + 1) * tokens, 0);
        }
    }

    /** Scores of up to four queries; where there are fewer, the last one's again. */
    private void score(Rows rows, int token, int count, int size, int tokens, float scale) {
        float[] q = rows.numbers();
        int q0 = rows.at(token) + rows.queryAt();
        int q1 = rows.at(token + Math.min(1, count - 1)) + rows.queryAt();
        int q2 = rows.at(token + Math.min(2, count - 1)) + rows.queryAt();
        int q3 = rows.at(token + Math.min(3, count - 1)) + rows.queryAt();
        for (int at = 0; at < tokens; at += Lanes.COUNT) {
            FloatVector s0 = FloatVector.zero(Lanes.FLOAT);
            FloatVector s1 = s0;
            FloatVector s2 = s0;
            FloatVector s3 = s0;
            for (int i = 0; i < size; i++) {
                FloatVector key = FloatVector.fromArray(Lanes.FLOAT, keys, i * tokens + at);
                s0 = key.fma(FloatVector.broadcast(Lanes.FLOAT, q[q0 + i]), s0);
                s1 = key.fma(FloatVector.broadcast(Lanes.FLOAT, q[q1 + i]), s1);
                s2 = key.fma(FloatVector.broadcast(Lanes.FLOAT, q[q2 + i]), s2);
                s3 = key.fma(FloatVector.broadcast(Lanes.FLOAT, q[q3 + i]), s3);
            }
            s0.mul(scale).intoArray(scores, at);
            s1.mul(scale).intoArray(scores, tokens + at);
            s2.mul(scale).intoArray(scores, 2 * tokens + at);
            s3.mul(scale).intoArray(scores, 3 * tokens + at);
        }
    }

    /** Sums of values, each times its weight. */
    private void weigh(int count, int tokens, int width) {
        for (int at = 0; at < width; at += Lanes.COUNT) {
            FloatVector s0 = FloatVector.zero(Lanes.FLOAT);
            FloatVector s1 = s0;
            FloatVector s2 = s0;
            FloatVector s3 = s0;
            for (int token = 0; token < count; token++) {
                FloatVector value = FloatVector.fromArray(Lanes.FLOAT, values, token * width + at);
                s0 = value.fma(FloatVector.broadcast(Lanes.FLOAT, scores[token]), s0);
                s1 = value.fma(FloatVector.broadcast(Lanes.FLOAT, scores[tokens + token]), s1);
                s2 = value.fma(FloatVector.broadcast(Lanes.FLOAT, scores[2 * tokens + token]), s2);
                s3 = value.fma(FloatVector.broadcast(Lanes.FLOAT, scores[3 * tokens + token]), s3);
            }
            s0.intoArray(row, at);
            s1.intoArray(row, width + at);
            s2.intoArray(row, 2 * width + at);
            s3.intoArray(row, 3 * width + at);
        }
    }
}

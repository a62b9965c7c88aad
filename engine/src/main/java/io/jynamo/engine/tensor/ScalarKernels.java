package io.jynamo.engine.tensor;

import io.jynamo.engine.BlockSpace.ElementType;

/**
 * What the vector kernels compute, one number at a time and to the same bits: the yardstick of their tests, and the way
 * for head sizes that do not fill vectors.
 */
final class ScalarKernels {
    private ScalarKernels() {}

    /** One output: a row of a matrix times a column, added to {@code start}. */
    static float dot(PackedMatrix matrix, int row, float[] column, float start) {
        PackedFormat format = matrix.format;
        float y = start;
        for (int g = 0; g < matrix.groups(); g++) {
            float sum = blockSum(column, g * format.group / 32);
            float s = format.bias * sum;
            for (int k = g * format.group; k < (g + 1) * format.group && k < column.length; k++) {
                s = Math.fma(matrix.decoded(row, k), column[k], s);
            }
            y = Math.fma(matrix.scale(row, g), s, y);
            if (format.scales == PackedFormat.Scales.PAIR) {
                y = Math.fma(matrix.m(row, g), sum, y);
            }
        }
        return y;
    }

    private static float blockSum(float[] column, int block) {
        float sum = 0;
        for (int k = 32 * block; k < 32 * block + 32 && k < column.length; k++) {
            sum += column[k];
        }
        return sum;
    }

    /** The products of a query and a key, added up in the order of the head's numbers. */
    static float score(float[] query, float[] key) {
        float sum = 0;
        for (int d = 0; d < query.length; d++) {
            sum = Math.fma(key[d], query[d], sum);
        }
        return sum;
    }

    static void weigh(float[] weights, int at, long[] rows, int first, int tokens, float[] out, int outAt, int size) {
        for (int i = 0; i < size; i++) {
            float sum = 0;
            for (int t = 0; t < tokens; t++) {
                float value = AttentionKernels.element(ElementType.F32, rows[first + t] + 4L * i);
                sum = Math.fma(value, weights[at + t], sum);
            }
            out[outAt + i] = sum;
        }
    }

    /** {@link TextAttention} of one query: scores, their softmax, the values' weighted sum. */
    static float[] attend(TextAttention.Rows rows, int token, int size) {
        int tokens = Lanes.roundUp(rows.count(), Lanes.COUNT);
        float[] scores = new float[tokens];
        java.util.Arrays.fill(scores, Float.NEGATIVE_INFINITY);
        float max = Float.NEGATIVE_INFINITY;
        float scale = (float) (1 / Math.sqrt(size));
        for (int other = 0; other < rows.count(); other++) {
            float sum = 0;
            for (int i = 0; i < size; i++) {
                float key = rows.numbers()[rows.at(other) + rows.keyAt() + i];
                sum = Math.fma(key, rows.numbers()[rows.at(token) + rows.queryAt() + i], sum);
            }
            scores[other] = sum * scale;
            max = Math.max(max, scores[other]);
        }
        float[] lanes = new float[Lanes.COUNT];
        for (int other = 0; other < tokens; other++) {
            float x = scores[other] - max;
            scores[other] = x < VectorMath.LOWEST ? 0 : ScalarMath.exp(x);
            lanes[other % Lanes.COUNT] += scores[other];
        }
        float factor = 1 / ScalarMath.total(lanes);
        float[] out = new float[size];
        for (int i = 0; i < size; i++) {
            float sum = 0;
            for (int other = 0; other < rows.count(); other++) {
                sum = Math.fma(rows.numbers()[rows.at(other) + rows.valueAt() + i], scores[other], sum);
            }
            out[i] = sum * factor;
        }
        return out;
    }
}

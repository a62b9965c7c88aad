package io.jynamo.engine.transformer;

import io.jynamo.engine.tensor.VectorMath;
import java.util.Arrays;

/**
 * What queries got from positions they attended to: values weighed by {@code e^(score - max)}, the sum of these weights,
 * and {@code max}, the largest score. A row is a query; {@code max} is minus infinity where it saw nothing.
 */
final class AttentionRows {
    private final int size;

    /** {@code [row][head size]}. */
    float[] out = new float[0];

    float[] max = new float[0];
    float[] sum = new float[0];

    private int rows;

    AttentionRows(int headSize) {
        this.size = headSize;
    }

    /** Makes room; what rows hold is undefined. */
    void ensure(int rows) {
        this.rows = rows;
        if (max.length < rows) {
            out = new float[rows * size];
            max = new float[rows];
            sum = new float[rows];
        }
    }

    /** Makes rows that have seen nothing. */
    void clear(int rows) {
        ensure(rows);
        Arrays.fill(out, 0, rows * size, 0);
        Arrays.fill(max, 0, rows, Float.NEGATIVE_INFINITY);
        Arrays.fill(sum, 0, rows, 0);
    }

    /** Adds to every row what {@code other} has from its row {@code first} on. */
    void merge(AttentionRows other, int first) {
        for (int row = 0; row < rows; row++) {
            int from = first + row;
            if (other.max[from] == Float.NEGATIVE_INFINITY) {
                continue;
            }
            float top = Math.max(max[row], other.max[from]);
            float mine = VectorMath.exp(max[row] - top);
            float theirs = VectorMath.exp(other.max[from] - top);
            max[row] = top;
            sum[row] = sum[row] * mine + other.sum[from] * theirs;
            VectorMath.blend(out, row * size, mine, other.out, from * size, theirs, size);
        }
    }
}

package io.jynamo.engine.sampling;

import io.jynamo.protocol.Sampling;
import java.util.Arrays;

/**
 * The tokens that min-p, top-k and top-p leave, most likely first. Found by partial selection: only tokens within some
 * distance of the best are looked at and sorted, and the distance grows until the filters cannot reach further.
 */
final class Candidates {
    /** Distance below the best, in units of scaled logits, that the first look reaches: a share of e^-4. */
    private static final float FIRST_REACH = 4f;
    /** Beyond it a token's share of the best is below e^-87 and counts as none. */
    private static final float MOST_REACH = -LogitScan.LOWEST;

    /** Sort keys: higher logits first, then lower ids. */
    private long[] keys = new long[1024];

    private float[] weights = new float[1024];
    private int count;

    /**
     * Fills the set.
     *
     * @param max the row's largest number
     * @param scale one over the temperature
     * @param total sum of all weights, for top-p alone; otherwise any
     */
    void select(float[] row, float max, float scale, Sampling sampling, double total) {
        boolean topK = sampling.topK() > 0 && sampling.topK() < row.length;
        boolean minP = sampling.minP() > 0f;
        float limit = minP ? (float) Math.min(MOST_REACH, -Math.log(sampling.minP())) : MOST_REACH;
        float reach = minP && !topK ? limit : Math.min(FIRST_REACH, limit);
        collect(row, max, scale, reach);
        while (reach < limit && (topK ? count < sampling.topK() : sumOfWeights() < sampling.topP() * total)) {
            reach = Math.min(2 * reach, limit);
            collect(row, max, scale, reach);
        }
        sort(row, max, scale);
        if (topK) {
            count = Math.min(count, sampling.topK());
        }
        if (sampling.topP() < 1f) {
            cutTo(sampling.topP() * (topK || minP ? sumOfWeights() : total));
        }
    }

    int count() {
        return count;
    }

    /** The token that a number in [0, 1) falls on. */
    int pick(double uniform) {
        double left = uniform * sumOfWeights();
        for (int i = 0; i < count - 1; i++) {
            left -= weights[i];
            if (left < 0) {
                return id(i);
            }
        }
        return id(count - 1);
    }

    int id(int index) {
        return (int) keys[index];
    }

    private void collect(float[] row, float max, float scale, float reach) {
        count = 0;
        float floor = max - reach / scale;
        for (int i = 0; i < row.length; i++) {
            if (row[i] >= floor && row[i] != Float.NEGATIVE_INFINITY) {
                if (count == keys.length) {
                    keys = Arrays.copyOf(keys, 2 * count);
                    weights = Arrays.copyOf(weights, 2 * count);
                }
                keys[count] = i;
                weights[count++] = LogitScan.exp((row[i] - max) * scale);
            }
        }
    }

    private void sort(float[] row, float max, float scale) {
        for (int i = 0; i < count; i++) {
            int id = (int) keys[i];
            keys[i] = ((long) ~ordered(row[id]) << 32) | id;
        }
        Arrays.sort(keys, 0, count);
        for (int i = 0; i < count; i++) {
            weights[i] = LogitScan.exp((row[id(i)] - max) * scale);
        }
    }

    /** Keeps the smallest set of first tokens whose weights reach {@code wanted}. */
    private void cutTo(double wanted) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += weights[i];
            if (sum >= wanted) {
                count = i + 1;
                return;
            }
        }
    }

    private double sumOfWeights() {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += weights[i];
        }
        return sum;
    }

    /** The bits of a number as an int of the same order. */
    private static int ordered(float value) {
        int bits = Float.floatToIntBits(value + 0f);
        return bits ^ ((bits >> 31) & 0x7FFFFFFF);
    }
}

package io.jynamo.engine.sampling;

import io.jynamo.protocol.TokenLogprobs;
import java.util.Arrays;

/** How likely tokens are under the model's own distribution: log-softmax of the raw row, and its most likely tokens. */
final class TokenRanking {
    private final double[] chunkSums;
    private final int[] ids = new int[32];
    private final float[] values = new float[32];
    private int count;
    private double logSum;

    TokenRanking(int vocabularySize) {
        chunkSums = new double[vocabularySize / LogitScan.CHUNK + 1];
    }

    /**
     * Looks at a row.
     *
     * @param max its largest number
     * @param top how many of its most likely tokens are wanted, at most 32
     */
    void read(float[] row, float max, int top) {
        logSum = max + Math.log(LogitScan.sumExp(row, max, 1f, chunkSums));
        count = 0;
        int wanted = Math.min(top, row.length);
        if (wanted == 0) {
            return;
        }
        float floor = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < row.length; i++) {
            if (row[i] > floor || count < wanted) {
                insert(i, row[i], wanted);
                floor = count == wanted ? values[count - 1] : Float.NEGATIVE_INFINITY;
            }
        }
    }

    /** What there is to say of a token of the row last read. */
    TokenLogprobs of(int token, float rawLogit) {
        float[] logprobs = new float[count];
        for (int i = 0; i < count; i++) {
            logprobs[i] = (float) (values[i] - logSum);
        }
        return new TokenLogprobs(token, (float) (rawLogit - logSum), Arrays.copyOf(ids, count), logprobs);
    }

    private void insert(int id, float value, int wanted) {
        int at = count < wanted ? count++ : wanted - 1;
        while (at > 0 && values[at - 1] < value) {
            ids[at] = ids[at - 1];
            values[at] = values[at - 1];
            at--;
        }
        ids[at] = id;
        values[at] = value;
    }
}

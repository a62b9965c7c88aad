package io.jynamo.engine.encoder;

import io.jynamo.engine.weights.EncoderConfig.Score;

/**
 * The head of a cross-encoder: a dense layer with tanh over the first token's row, and one row of weights that makes a number
 * of it. It runs once a text, so it is plain code.
 *
 * @param dense row after row
 */
@SuppressWarnings("ArrayRecordComponent") // read in the hot path, written never
record ScoreHead(float[] dense, float[] denseBias, float[] row, float bias, Score score) {
    /** The number of the text whose first token's row is {@code x}, from {@code at} on. */
    float of(float[] x, int at) {
        int size = row.length;
        float sum = bias;
        for (int i = 0; i < size; i++) {
            float inner = denseBias[i];
            for (int k = 0; k < size; k++) {
                inner = Math.fma(dense[i * size + k], x[at + k], inner);
            }
            sum = Math.fma((float) Math.tanh(inner), row[i], sum);
        }
        return score == Score.SIGMOID ? (float) (1 / (1 + Math.exp(-sum))) : sum;
    }
}

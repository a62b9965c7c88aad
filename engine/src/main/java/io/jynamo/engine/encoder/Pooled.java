package io.jynamo.engine.encoder;

import io.jynamo.engine.weights.EncoderConfig;
import org.jspecify.annotations.Nullable;

/** What is made of a text's hidden states: one vector, or one number where the model scores pairs. */
final class Pooled {
    /** As sentence-transformers and torch divide: never by less. */
    private static final double LEAST_LENGTH = 1e-12;

    private final EncoderConfig config;
    private final @Nullable ScoreHead head;

    Pooled(EncoderConfig config, @Nullable ScoreHead head) {
        this.config = config;
        this.head = head;
    }

    int width() {
        return head == null ? config.hiddenSize() : 1;
    }

    /** Writes what the {@code count} rows from row {@code first} on make. */
    void write(float[] states, int first, int count, float[] out, int at) {
        int size = config.hiddenSize();
        if (head != null) {
            out[at] = head.of(states, first * size);
            return;
        }
        switch (config.pooling()) {
            case CLS -> System.arraycopy(states, first * size, out, at, size);
            case LAST -> System.arraycopy(states, (first + count - 1) * size, out, at, size);
            case MEAN -> mean(states, first, count, out, at);
        }
        if (config.normalised()) {
            normalise(out, at, size);
        }
    }

    private void mean(float[] states, int first, int count, float[] out, int at) {
        int size = config.hiddenSize();
        for (int token = first; token < first + count; token++) {
            for (int i = 0; i < size; i++) {
                out[at + i] += states[token * size + i];
            }
        }
        for (int i = 0; i < size; i++) {
            out[at + i] /= count;
        }
    }

    private static void normalise(float[] x, int at, int size) {
        double squares = 0;
        for (int i = at; i < at + size; i++) {
            squares += (double) x[i] * x[i];
        }
        double length = Math.max(Math.sqrt(squares), LEAST_LENGTH);
        for (int i = at; i < at + size; i++) {
            x[i] = (float) (x[i] / length);
        }
    }
}

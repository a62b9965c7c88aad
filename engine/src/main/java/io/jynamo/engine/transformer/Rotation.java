package io.jynamo.engine.transformer;

import io.jynamo.engine.weights.ModelConfig.Rope;
import io.jynamo.engine.weights.ModelConfig.RopeLayout;
import io.jynamo.engine.weights.ModelConfig.RopeScaling;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import org.jspecify.annotations.Nullable;

/** Rotary position embedding of one kind of layer: the frequencies, and the sines and cosines of a step's positions. */
final class Rotation {
    private final int headSize;
    private final boolean interleaved;
    private final double[] frequencies;
    private float[] cosines = new float[0];
    private float[] sines = new float[0];

    Rotation(Rope rope, RopeLayout layout, int headSize, float @Nullable [] factors) {
        this.headSize = headSize;
        this.interleaved = layout == RopeLayout.INTERLEAVED;
        this.frequencies = new double[headSize / 2];
        for (int i = 0; i < frequencies.length; i++) {
            double frequency = Math.pow(rope.base(), -2.0 * i / headSize);
            frequencies[i] = switch (rope.scaling()) {
                case RopeScaling.None none -> frequency;
                case RopeScaling.Linear linear -> frequency / linear.factor();
                case RopeScaling.Llama3 llama3 -> scaled(frequency, llama3);
                case RopeScaling.Factors given -> frequency / require(factors)[i];
            };
        }
    }

    private float[] require(float @Nullable [] factors) {
        if (factors == null || factors.length < headSize / 2) {
            throw new JynamoException(
                    ErrorCode.MODEL_FILE_CORRUPT,
                    "the rotary frequencies are divided by a tensor (rope_freqs) that is missing or too short");
        }
        return factors;
    }

    /** Llama 3.1's ramp over wavelengths. */
    private static double scaled(double frequency, RopeScaling.Llama3 scaling) {
        double turns = scaling.originalContextLength() * frequency / (2 * Math.PI);
        if (turns < scaling.lowFrequencyFactor()) {
            return frequency / scaling.factor();
        }
        if (turns > scaling.highFrequencyFactor()) {
            return frequency;
        }
        double keep =
                (turns - scaling.lowFrequencyFactor()) / (scaling.highFrequencyFactor() - scaling.lowFrequencyFactor());
        return (1 - keep) * frequency / scaling.factor() + keep * frequency;
    }

    void resize(int tokens) {
        if (cosines.length < tokens * frequencies.length) {
            cosines = new float[tokens * frequencies.length];
            sines = new float[tokens * frequencies.length];
        }
    }

    /** Computes the sines and cosines for a token of the step. */
    void position(int token, int position) {
        int at = token * frequencies.length;
        for (int i = 0; i < frequencies.length; i++) {
            double angle = position * frequencies[i];
            cosines[at + i] = (float) Math.cos(angle);
            sines[at + i] = (float) Math.sin(angle);
        }
    }

    /** Turns one head of a token, in place. */
    void rotate(int token, float[] head, int at) {
        int half = frequencies.length;
        int table = token * half;
        int step = interleaved ? 2 : 1;
        int other = interleaved ? 1 : half;
        for (int i = 0; i < half; i++) {
            float a = head[at + i * step];
            float b = head[at + i * step + other];
            float cos = cosines[table + i];
            float sin = sines[table + i];
            head[at + i * step] = a * cos - b * sin;
            head[at + i * step + other] = b * cos + a * sin;
        }
    }
}

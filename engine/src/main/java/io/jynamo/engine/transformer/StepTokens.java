package io.jynamo.engine.transformer;

import io.jynamo.engine.step.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The tokens of a step, numbered through over its slices: whose they are, where they stand, and which want logits. */
final class StepTokens {
    private Step step = new Step(List.of());
    private int count;
    private int[] slices = new int[0];
    private int[] firstTokens = new int[0];
    private List<Attention.Run> runs = List.of();

    /** Numbers the tokens of a step, and cuts its slices into runs of at most {@code runLength}. */
    void set(Step step, int runLength) {
        this.step = step;
        count = step.tokens();
        if (slices.length < count) {
            slices = new int[count];
        }
        firstTokens = new int[step.slices().size()];
        int at = 0;
        for (int i = 0; i < firstTokens.length; i++) {
            int length = slice(i).tokens().length;
            firstTokens[i] = at;
            Arrays.fill(slices, at, at + length, i);
            at += length;
        }
        runs = cut(runLength);
    }

    private List<Attention.Run> cut(int runLength) {
        List<Attention.Run> all = new ArrayList<>();
        for (int i = 0; i < firstTokens.length; i++) {
            Step.Slice slice = slice(i);
            for (int at = 0; at < slice.tokens().length; at += runLength) {
                int length = Math.min(runLength, slice.tokens().length - at);
                all.add(new Attention.Run(firstTokens[i] + at, slice.position() + at, length, slice.blocks()));
            }
        }
        return all;
    }

    /** Every slice cut into runs. */
    List<Attention.Run> runs() {
        return runs;
    }

    int count() {
        return count;
    }

    int sliceCount() {
        return firstTokens.length;
    }

    Step.Slice slice(int index) {
        return step.slices().get(index);
    }

    int firstToken(int slice) {
        return firstTokens[slice];
    }

    Step.Slice sliceOf(int token) {
        return slice(slices[token]);
    }

    int position(int token) {
        return sliceOf(token).position() + token - firstTokens[slices[token]];
    }

    int id(int token) {
        return sliceOf(token).tokens()[token - firstTokens[slices[token]]];
    }
}

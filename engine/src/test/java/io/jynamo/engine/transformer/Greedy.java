package io.jynamo.engine.transformer;

import io.jynamo.engine.BlockSpace;
import io.jynamo.engine.step.Logits;
import io.jynamo.engine.step.Step;
import io.jynamo.engine.tensor.ThreadTeam;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** One sequence at a time through a runner, greedily: the simplest scheduler there is. */
final class Greedy implements AutoCloseable {
    final TransformerRunner runner;
    final Logits logits;
    private final int[] blocks;

    Greedy(TransformerModel model, int tokens, int blockTokens, ThreadTeam team) {
        int count = (tokens + blockTokens - 1) / blockTokens;
        runner = new TransformerRunner(model, count, blockTokens, BlockSpace.ElementType.F32, team);
        logits = new Logits(runner.vocabularySize());
        // Backwards, so that a block's id is not its place.
        blocks = IntStream.range(0, count).map(i -> count - 1 - i).toArray();
    }

    /** Computes tokens from {@code position} on; {@link #logits} has the last {@code rows}. */
    void feed(int[] tokens, int position, int rows) {
        runner.run(new Step(List.of(new Step.Slice(tokens, position, blocks, rows))), logits);
    }

    /** Feeds a prompt in chunks of {@code chunk} tokens and returns the logits after it. */
    float[] prompt(int[] tokens, int chunk) {
        for (int at = 0; at < tokens.length; at += chunk) {
            feed(Arrays.copyOfRange(tokens, at, Math.min(tokens.length, at + chunk)), at, 1);
        }
        return logits.row(0).clone();
    }

    float[] next(int token, int position) {
        feed(new int[] {token}, position, 1);
        return logits.row(0).clone();
    }

    static int best(float[] row) {
        int best = 0;
        for (int i = 1; i < row.length; i++) {
            if (row[i] > row[best]) {
                best = i;
            }
        }
        return best;
    }

    @Override
    public void close() {
        runner.close();
    }
}

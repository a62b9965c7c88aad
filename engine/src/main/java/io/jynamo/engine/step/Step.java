package io.jynamo.engine.step;

import java.util.List;

/**
 * What one engine step computes: a slice of each of several sequences.
 *
 * @param slices in the order in which logits rows come back
 */
public record Step(List<Slice> slices) {
    public Step {
        slices = List.copyOf(slices);
    }

    public int tokens() {
        int total = 0;
        for (Slice slice : slices) {
            total += slice.tokens().length;
        }
        return total;
    }

    public int logitsRows() {
        int total = 0;
        for (Slice slice : slices) {
            total += slice.logitsRows();
        }
        return total;
    }

    /**
     * Consecutive tokens of one sequence.
     *
     * @param tokens ids to compute, at least one
     * @param position 0-based position of the first of them; everything before it is in the blocks already
     * @param blocks ids of the sequence's KV blocks from position 0 on; position p is in {@code blocks[p / blockTokens]}
     * @param logitsRows how many of the last tokens want logits: 0 within a prompt, 1 for the next token, more for
     *     prompt logprobs
     */
    @SuppressWarnings(
            "ArrayRecordComponent") // hot path; the scheduler hands the arrays over and does not touch them again
    public record Slice(int[] tokens, int position, int[] blocks, int logitsRows) {}
}

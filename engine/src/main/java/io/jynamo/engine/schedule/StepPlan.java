package io.jynamo.engine.schedule;

import io.jynamo.engine.step.Step;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Sampling;
import java.util.List;

/**
 * One step: block copies to do first, slices to compute, and what to make of the rows of logits.
 *
 * @param copies in this order, before the step
 * @param step what the runner computes
 * @param draws one per choice that gets a token
 * @param promptRows rows that say how likely prompt tokens were
 * @param shape what the step's duration depends on
 */
public record StepPlan(List<BlockCopy> copies, Step step, List<Draw> draws, List<PromptRows> promptRows, Shape shape) {
    /** The first {@code tokens} tokens of one block are copied over another. */
    public record BlockCopy(int from, int to, int tokens) {}

    /**
     * A token to draw.
     *
     * @param choice index among the client's choices
     * @param slice index of the slice it belongs to
     * @param row index of its row of logits
     * @param seed of the request
     * @param tokens prompt and output so far, {@code count} of them; the scheduler's own array, to be read only until
     *     the step is answered
     * @param promptCount how many of them are prompt, output that another worker drew not counted
     * @param masked ids that must not be drawn
     * @param topLogprobs alternatives to report, or {@link io.jynamo.protocol.GenerationRequest#NO_LOGPROBS}
     */
    @SuppressWarnings("ArrayRecordComponent") // hot path; read only
    public record Draw(
            RequestId request,
            int choice,
            int slice,
            int row,
            Sampling sampling,
            long seed,
            int[] tokens,
            int promptCount,
            int count,
            int[] masked,
            int topLogprobs) {
        /** 0-based index of the token among the choice's output. */
        public int outputIndex() {
            return count - promptCount;
        }
    }

    /**
     * Rows of logits that say how likely the prompt's next tokens were.
     *
     * @param slice index of the slice they belong to
     * @param row index of the first
     * @param targets the token that followed, one per row
     */
    @SuppressWarnings("ArrayRecordComponent") // hot path; read only
    public record PromptRows(int slice, int row, int[] targets, int topLogprobs) {}

    /**
     * The size of a step.
     *
     * @param prefillTokens prompt tokens computed
     * @param decodes choices that get their next token
     * @param contextTokens tokens that the decoding choices look back on, together
     */
    public record Shape(int prefillTokens, int decodes, long contextTokens) {}
}

package io.jynamo.engine.schedule;

import io.jynamo.engine.step.Step;
import io.jynamo.protocol.Resumption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A step while it is being put together, and what its answer means for which sequence. */
final class StepBuilder {
    /**
     * A sequence in a step.
     *
     * @param tokens of it that are computed
     * @param firstDraw index of its first draw
     * @param draws tokens drawn for it and its siblings
     * @param promptRows whether its rows tell prompt logprobs
     */
    record Part(Sequence sequence, int tokens, int firstDraw, int draws, boolean promptRows) {}

    private static final int[] NONE_MASKED = {};

    private final long number;
    private final List<Part> parts = new ArrayList<>();
    private final List<StepPlan.BlockCopy> copies = new ArrayList<>(0);
    private final List<Step.Slice> slices = new ArrayList<>();
    private final List<StepPlan.Draw> draws = new ArrayList<>();
    private final List<StepPlan.PromptRows> promptRows = new ArrayList<>(0);
    private int rows;
    private int tokens;
    private int prefillTokens;
    private int decodes;
    private long contextTokens;

    /** @param number of the step, rising */
    StepBuilder(long number) {
        this.number = number;
    }

    boolean isEmpty() {
        return parts.isEmpty();
    }

    int tokens() {
        return tokens;
    }

    int decodes() {
        return decodes;
    }

    List<Part> parts() {
        return parts;
    }

    List<StepPlan.Draw> draws() {
        return draws;
    }

    StepPlan.Shape shape() {
        return new StepPlan.Shape(prefillTokens, decodes, contextTokens);
    }

    void copy(StepPlan.BlockCopy copy) {
        copies.add(copy);
    }

    /** Adds the sequence's next {@code count} tokens. */
    void add(Sequence sequence, int count, int logitsRows) {
        sequence.plannedStep = number;
        int from = sequence.computed;
        int end = from + count;
        boolean decode = sequence.decodes();
        slices.add(new Step.Slice(Arrays.copyOfRange(sequence.tokens, from, end), from, sequence.blocks, logitsRows));
        int slice = slices.size() - 1;
        int lastRow = rows + logitsRows - 1;
        Request request = sequence.request;
        int firstDraw = draws.size();
        boolean tellsPrompt = request.wantsPromptLogprobs() && !request.promptDone;
        if (tellsPrompt) {
            addPromptRows(sequence, slice, end - logitsRows, end);
        }
        if (end == sequence.count) {
            if (request.promptDone) {
                draws.add(draw(sequence, sequence.choice, slice, lastRow));
            } else {
                for (Sequence choice : request.sequences) {
                    if (choice.state != Sequence.State.FINISHED) {
                        draws.add(draw(sequence, choice.choice, slice, lastRow));
                    }
                }
            }
        }
        parts.add(new Part(sequence, count, firstDraw, draws.size() - firstDraw, tellsPrompt));
        rows += logitsRows;
        tokens += count;
        if (decode) {
            decodes++;
            contextTokens += end;
        } else {
            prefillTokens += count;
        }
    }

    StepPlan build() {
        return new StepPlan(copies, new Step(slices), draws, promptRows, shape());
    }

    private void addPromptRows(Sequence sequence, int slice, int from, int end) {
        int targets = Math.min(end, sequence.request.promptCount - 1) - from;
        int[] next = Arrays.copyOfRange(sequence.tokens, from + 1, from + 1 + Math.max(0, targets));
        promptRows.add(new StepPlan.PromptRows(slice, rows, next, sequence.request.spec.promptLogprobs()));
    }

    private static StepPlan.Draw draw(Sequence sequence, int choice, int slice, int row) {
        Request request = sequence.request;
        boolean early = sequence.outputCount() < request.spec.stopping().minTokens();
        Resumption resumed = request.spec.resumption();
        return new StepPlan.Draw(
                request.id(),
                resumed.firstChoice() + choice,
                slice,
                row,
                request.spec.sampling(),
                request.seed,
                sequence.tokens,
                request.promptCount - resumed.outputTokens(),
                sequence.count,
                early ? request.stops : NONE_MASKED,
                request.spec.topLogprobs());
    }
}

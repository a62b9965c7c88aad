package io.jynamo.engine.schedule;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.TokenLogprobs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What came of a step: a token per draw, logprobs where asked for, and the slices that failed. Reused. */
public final class StepResult {
    private int[] tokens = new int[0];
    private @Nullable TokenLogprobs[] logprobs = new TokenLogprobs[0];
    private GenerationEnd.@Nullable Failure[] faults = new GenerationEnd.Failure[0];
    private boolean faulty;
    private boolean hasLogprobs;
    private final List<List<TokenLogprobs>> prompts = new ArrayList<>();

    /** Makes room for the answer to {@code plan} and forgets the last one. */
    public void reset(StepPlan plan) {
        int draws = plan.draws().size();
        if (tokens.length < draws) {
            tokens = new int[Math.max(draws, 2 * tokens.length)];
            logprobs = new TokenLogprobs[tokens.length];
        } else if (hasLogprobs) {
            Arrays.fill(logprobs, null);
        }
        int slices = plan.step().slices().size();
        if (faults.length < slices) {
            faults = new GenerationEnd.Failure[Math.max(slices, 2 * faults.length)];
        } else if (faulty) {
            Arrays.fill(faults, null);
        }
        faulty = false;
        hasLogprobs = false;
        prompts.clear();
    }

    /** The token of a draw. */
    public void token(int draw, int id) {
        tokens[draw] = id;
    }

    /** The token of a draw and how likely it and its alternatives were. */
    public void token(int draw, TokenLogprobs chosen) {
        tokens[draw] = chosen.token();
        logprobs[draw] = chosen;
        hasLogprobs = true;
    }

    /** The logprobs of the next {@link StepPlan.PromptRows}, in order. */
    public void prompt(List<TokenLogprobs> rows) {
        prompts.add(List.copyOf(rows));
    }

    /** A slice failed by a fault of ours, and with it its request. */
    public void fault(int slice, String what) {
        fault(slice, new GenerationEnd.Failure(ErrorCode.INTERNAL, what));
    }

    /** A slice failed, and with it its request. */
    public void fault(int slice, GenerationEnd.Failure why) {
        faults[slice] = why;
        faulty = true;
    }

    /** Whether a slice failed. */
    public boolean isFaulty(int slice) {
        return faulty && faults[slice] != null;
    }

    int token(int draw) {
        return tokens[draw];
    }

    List<TokenLogprobs> logprobs(int draw) {
        TokenLogprobs entry = logprobs[draw];
        return entry == null ? List.of() : List.of(entry);
    }

    List<TokenLogprobs> prompt(int index) {
        return prompts.get(index);
    }

    /** Why a slice failed, or null if it did not. */
    GenerationEnd.@Nullable Failure fault(int slice) {
        return faults[slice];
    }
}

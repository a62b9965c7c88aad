package io.jynamo.engine.sampling;

import io.jynamo.engine.schedule.StepPlan;
import io.jynamo.engine.schedule.StepResult;
import io.jynamo.engine.step.Logits;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.TokenLogprobs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Draws the tokens of a step from its logits: bias, penalties, forbidden ids and those that a constraint leaves out, then temperature, min-p, top-k and top-p
 * (vLLM's order), then one random number per choice and position. A temperature of 0 takes the most likely token.
 * Logprobs are those of the raw logits. Ties go to the lower id.
 *
 * <p>A row with numbers that are not finite fails its request, not the step. Pure, but for scratch memory: used by one
 * thread at a time.
 */
public final class Sampler {
    private final int vocabularySize;
    private final LogitEdits edits;
    private final Candidates candidates = new Candidates();
    private final TokenRanking ranking;
    private final double[] chunkSums;
    private final DrawMasks masks;
    /** A row that only one draw sees. */
    private float[] masked = {};

    /** One whose draws are held to nothing. */
    public Sampler(int vocabularySize) {
        this(vocabularySize, DrawMasks.NONE);
    }

    /** @param vocabularySize width of a row */
    public Sampler(int vocabularySize, DrawMasks masks) {
        this.vocabularySize = vocabularySize;
        this.masks = masks;
        edits = new LogitEdits(vocabularySize);
        ranking = new TokenRanking(vocabularySize);
        chunkSums = new double[vocabularySize / LogitScan.CHUNK + 1];
    }

    /** Draws every token that {@code plan} asks for, from the logits of its step. */
    public void sample(StepPlan plan, Logits logits, StepResult result) {
        for (StepPlan.PromptRows rows : plan.promptRows()) {
            result.prompt(promptLogprobs(rows, logits, result));
        }
        List<StepPlan.Draw> draws = plan.draws();
        for (int i = 0; i < draws.size(); i++) {
            StepPlan.Draw draw = draws.get(i);
            if (!result.isFaulty(draw.slice())) {
                draw(i, draw, logits.row(draw.row()), result);
            }
        }
    }

    private void draw(int index, StepPlan.Draw draw, float[] row, StepResult result) {
        float max = LogitScan.max(row);
        if (Float.isNaN(max)) {
            result.fault(draw.slice(), faulty(row, draw.count()));
            return;
        }
        boolean wantsLogprobs = draw.topLogprobs() != GenerationRequest.NO_LOGPROBS;
        if (wantsLogprobs) {
            ranking.read(row, max, draw.topLogprobs());
        }
        long[] allowed;
        try {
            allowed = masks.of(draw);
        } catch (JynamoException failed) { // the constraint, which others do not have
            result.fault(
                    draw.slice(),
                    GenerationEnd.Failure.ofConstraint(failed.code(), String.valueOf(failed.getMessage())));
            return;
        }
        boolean edited = LogitEdits.isNeeded(draw);
        if (edited) {
            edits.apply(row, draw);
        }
        float[] from = allowed == null ? row : masked(row, allowed);
        if (edited || allowed != null) {
            max = LogitScan.maxOfEdited(from);
        }
        int token = Float.isFinite(max) ? choose(from, max, draw) : -1;
        if (edited) {
            edits.undo(row);
        }
        if (token < 0) {
            result.fault(
                    draw.slice(),
                    "bias, penalties and minimum length leave no token to draw at output position "
                            + draw.outputIndex());
        } else if (wantsLogprobs) {
            result.token(index, ranking.of(token, row[token]));
        } else {
            result.token(index, token);
        }
    }

    private float[] masked(float[] row, long[] allowed) {
        if (masked.length != row.length) {
            masked = new float[row.length];
        }
        Arrays.fill(masked, Float.NEGATIVE_INFINITY);
        for (int word = 0; word < allowed.length; word++) {
            for (long left = allowed[word]; left != 0; left &= left - 1) {
                int id = (word << 6) + Long.numberOfTrailingZeros(left);
                if (id < row.length) {
                    masked[id] = row[id];
                }
            }
        }
        return masked;
    }

    private int choose(float[] row, float max, StepPlan.Draw draw) {
        Sampling sampling = draw.sampling();
        if (sampling.isGreedy()) {
            return LogitScan.indexOf(row, max);
        }
        float scale = 1f / sampling.temperature();
        if (!Float.isFinite(scale)) {
            return LogitScan.indexOf(row, max); // a temperature too small to divide by
        }
        double uniform = RandomDraw.uniform(draw.seed(), draw.choice(), draw.outputIndex());
        boolean topK = sampling.topK() > 0 && sampling.topK() < vocabularySize;
        boolean filtered = topK || sampling.minP() > 0f || sampling.topP() < 1f;
        double total = topK || sampling.minP() > 0f ? 0 : LogitScan.sumExp(row, max, scale, chunkSums);
        if (filtered) {
            candidates.select(row, max, scale, sampling, total);
            return candidates.pick(uniform);
        }
        return pick(row, max, scale, uniform * total);
    }

    /** The token at which the running sum of weights passes {@code left}. */
    private int pick(float[] row, float max, float scale, double left) {
        int chunk = 0;
        int chunks = (row.length + LogitScan.CHUNK - 1) / LogitScan.CHUNK;
        while (chunk < chunks - 1 && left >= chunkSums[chunk]) {
            left -= chunkSums[chunk++];
        }
        int end = Math.min(row.length, (chunk + 1) * LogitScan.CHUNK);
        int last = -1;
        for (int i = chunk * LogitScan.CHUNK; i < end; i++) {
            if (row[i] == Float.NEGATIVE_INFINITY) {
                continue;
            }
            last = i;
            left -= LogitScan.exp((row[i] - max) * scale);
            if (left < 0) {
                return i;
            }
        }
        // Rounding left a rest beyond the last weight.
        return last >= 0 ? last : LogitScan.indexOf(row, max);
    }

    private List<TokenLogprobs> promptLogprobs(StepPlan.PromptRows rows, Logits logits, StepResult result) {
        List<TokenLogprobs> told = new ArrayList<>(rows.targets().length);
        for (int i = 0; i < rows.targets().length && !result.isFaulty(rows.slice()); i++) {
            float[] row = logits.row(rows.row() + i);
            float max = LogitScan.max(row);
            if (Float.isNaN(max)) {
                result.fault(rows.slice(), faulty(row, i));
            } else {
                ranking.read(row, max, rows.topLogprobs());
                told.add(ranking.of(rows.targets()[i], row[rows.targets()[i]]));
            }
        }
        return told;
    }

    private static String faulty(float[] row, int position) {
        int at = 0;
        while (Float.isFinite(row[at])) {
            at++;
        }
        return "the model gave the logit " + row[at] + " for token " + at + " after " + position
                + " tokens; weights or kernels are broken for this input";
    }
}

package io.jynamo.engine.sampling;

import io.jynamo.engine.schedule.StepPlan;
import io.jynamo.protocol.Sampling;
import java.util.Arrays;
import java.util.Map;

/**
 * What a request changes of a row before a token is drawn: logit bias, then penalties, then ids that must not be drawn.
 * All of it touches few ids, so each change is noted and taken back afterwards: rows are shared by a request's choices.
 */
final class LogitEdits {
    private final int[] seen;
    private int[] changedIds = new int[256];
    private float[] changedFrom = new float[256];
    private int changes;

    LogitEdits(int vocabularySize) {
        seen = new int[vocabularySize];
    }

    static boolean isNeeded(StepPlan.Draw draw) {
        Sampling sampling = draw.sampling();
        return draw.masked().length > 0
                || !sampling.logitBias().isEmpty()
                || sampling.repetitionPenalty() != 1f
                || sampling.presencePenalty() != 0f
                || sampling.frequencyPenalty() != 0f;
    }

    void apply(float[] row, StepPlan.Draw draw) {
        changes = 0;
        Sampling sampling = draw.sampling();
        for (Map.Entry<Integer, Float> bias : sampling.logitBias().entrySet()) {
            set(row, bias.getKey(), row[bias.getKey()] + bias.getValue());
        }
        if (sampling.repetitionPenalty() != 1f
                || sampling.presencePenalty() != 0f
                || sampling.frequencyPenalty() != 0f) {
            penalise(row, draw);
        }
        for (int id : draw.masked()) {
            if (id >= 0 && id < row.length) {
                set(row, id, Float.NEGATIVE_INFINITY);
            }
        }
    }

    void undo(float[] row) {
        for (int i = changes - 1; i >= 0; i--) {
            row[changedIds[i]] = changedFrom[i];
        }
        changes = 0;
    }

    /** A token's count among the output is kept in {@code seen}, plus one if it was seen at all. */
    private void penalise(float[] row, StepPlan.Draw draw) {
        int[] tokens = draw.tokens();
        Sampling sampling = draw.sampling();
        for (int i = draw.promptCount(); i < draw.count(); i++) {
            seen[tokens[i]] = Math.max(1, seen[tokens[i]]) + 1;
        }
        for (int i = 0; i < draw.count(); i++) {
            int id = tokens[i];
            boolean inPrompt = i < draw.promptCount();
            if (inPrompt && seen[id] == 0) {
                seen[id] = 1;
            }
            if (seen[id] > 0) {
                float logit = row[id];
                logit = logit > 0 ? logit / sampling.repetitionPenalty() : logit * sampling.repetitionPenalty();
                int count = seen[id] - 1;
                logit -= sampling.frequencyPenalty() * count;
                logit -= count > 0 ? sampling.presencePenalty() : 0f;
                set(row, id, logit);
                seen[id] = -1; // done
            }
        }
        for (int i = 0; i < draw.count(); i++) {
            seen[tokens[i]] = 0;
        }
    }

    private void set(float[] row, int id, float value) {
        if (changes == changedIds.length) {
            changedIds = Arrays.copyOf(changedIds, 2 * changes);
            changedFrom = Arrays.copyOf(changedFrom, 2 * changes);
        }
        changedIds[changes] = id;
        changedFrom[changes++] = row[id];
        row[id] = value;
    }
}

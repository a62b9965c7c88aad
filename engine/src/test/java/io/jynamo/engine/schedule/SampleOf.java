package io.jynamo.engine.schedule;

import io.jynamo.engine.sampling.Sampler;
import io.jynamo.engine.step.Logits;
import io.jynamo.engine.step.Step;
import io.jynamo.protocol.TokenLogprobs;
import java.util.List;
import java.util.Objects;

/** What a sampler makes of one row. */
public final class SampleOf {
    private final StepResult result = new StepResult();

    public SampleOf(Sampler sampler, StepPlan.Draw draw, float[] row) {
        Logits logits = new Logits(row.length);
        logits.resize(1);
        System.arraycopy(row, 0, logits.row(0), 0, row.length);
        Step step = new Step(List.of(new Step.Slice(new int[] {0}, 0, new int[] {0}, 1)));
        StepPlan plan = new StepPlan(List.of(), step, List.of(draw), List.of(), new StepPlan.Shape(1, 0, 0));
        result.reset(plan);
        sampler.sample(plan, logits, result);
        System.arraycopy(logits.row(0), 0, row, 0, row.length);
    }

    public int token() {
        if (result.fault(0) != null) {
            throw new AssertionError(fault());
        }
        return result.token(0);
    }

    public TokenLogprobs logprobs() {
        return result.logprobs(0).getFirst();
    }

    public String fault() {
        return Objects.requireNonNull(result.fault(0), "it did not fail").message();
    }
}

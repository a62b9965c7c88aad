package io.jynamo.engine.embedded;

import io.jynamo.engine.OutputMasks;
import io.jynamo.engine.constrain.HeldTexts;
import io.jynamo.engine.loop.StepExecutor;
import io.jynamo.engine.sampling.Sampler;
import io.jynamo.engine.schedule.StepPlan;
import io.jynamo.engine.schedule.StepResult;
import io.jynamo.engine.step.Logits;
import io.jynamo.engine.step.Step;
import io.jynamo.engine.step.StepRunner;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.RequestId;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Carries out planned steps with a model: copies, forward pass, sampling. A step that the runner cannot compute is tried
 * again slice by slice, so that only the requests at fault fail.
 */
final class ModelSteps implements StepExecutor {
    private static final System.Logger LOG = System.getLogger(ModelSteps.class.getName());

    private final StepRunner runner;
    private final Logits logits;
    private final Logits single;
    private final Sampler sampler;
    private final HeldTexts texts;

    ModelSteps(StepRunner runner, Set<Integer> eosTokenIds) {
        this.runner = runner;
        logits = new Logits(runner.vocabularySize());
        single = new Logits(runner.vocabularySize());
        texts = new HeldTexts(runner.vocabularySize(), eosTokenIds);
        sampler = new Sampler(runner.vocabularySize(), texts);
    }

    @Override
    public void onAccepted(GenerationRequest request, long seed, OutputMasks.@Nullable Compiled held) {
        if (held != null) {
            texts.hold(request, held);
        }
    }

    @Override
    public void onFinished(RequestId id) {
        texts.release(id);
    }

    @Override
    public void execute(StepPlan plan, StepResult result) {
        for (StepPlan.BlockCopy copy : plan.copies()) {
            runner.copyBlock(copy.from(), copy.to(), copy.tokens());
        }
        logits.resize(plan.step().logitsRows());
        try {
            runner.run(plan.step(), logits);
        } catch (RuntimeException e) {
            runOneByOne(plan.step(), result, e);
        }
        sampler.sample(plan, logits, result);
    }

    @Override
    public void close() {
        runner.close();
    }

    private void runOneByOne(Step step, StepResult result, RuntimeException cause) {
        LOG.log(
                System.Logger.Level.ERROR,
                "a step of " + step.slices().size() + " sequences failed; each is tried alone",
                cause);
        int row = 0;
        for (int slice = 0; slice < step.slices().size(); slice++) {
            Step.Slice part = step.slices().get(slice);
            try {
                single.resize(part.logitsRows());
                runner.run(new Step(List.of(part)), single);
                for (int i = 0; i < part.logitsRows(); i++) {
                    System.arraycopy(single.row(i), 0, logits.row(row + i), 0, logits.width());
                }
            } catch (RuntimeException e) {
                result.fault(slice, "the model failed on this request at position " + part.position() + ": " + e);
            }
            row += part.logitsRows();
        }
    }
}

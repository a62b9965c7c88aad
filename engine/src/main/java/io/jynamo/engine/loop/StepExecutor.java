package io.jynamo.engine.loop;

import io.jynamo.engine.OutputMasks;
import io.jynamo.engine.schedule.StepPlan;
import io.jynamo.engine.schedule.StepResult;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.RequestId;
import org.jspecify.annotations.Nullable;

/** What carries out planned steps. Used by the step loop's thread only. */
public interface StepExecutor extends AutoCloseable {
    /**
     * A request will appear in plans from now on.
     *
     * @param held what its output is held to, or null
     */
    default void onAccepted(GenerationRequest request, long seed, OutputMasks.@Nullable Compiled held) {}

    /** A request will not appear in plans any more. */
    default void onFinished(RequestId id) {}

    /** Computes {@code plan} and draws its tokens into {@code result}, which was reset for it. */
    void execute(StepPlan plan, StepResult result);

    @Override
    void close();
}

package io.jynamo.engine.simulated;

import io.jynamo.engine.schedule.StepPlan;

/** How long a step would take. Pure. */
public interface TimingModel {
    /** Steps take no time. */
    TimingModel INSTANT = (shape, kvTokens) -> 0;

    /**
     * The duration of a step in nanoseconds.
     *
     * @param kvTokens tokens that the whole KV pool holds
     */
    long stepNanos(StepPlan.Shape shape, long kvTokens);
}

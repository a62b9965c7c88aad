package io.jynamo.simulation.fleet;

import io.jynamo.engine.EngineOptions;
import io.jynamo.engine.simulated.TimingModel;
import java.time.Duration;

/**
 * What each worker of a simulated fleet is.
 *
 * @param engine limits of its engine
 * @param timing how long its steps take
 * @param eventDelay how long its KV events are on their way to the router
 */
public record WorkerOptions(EngineOptions engine, TimingModel timing, Duration eventDelay) {
    public WorkerOptions {
        if (eventDelay.isNegative()) {
            throw new IllegalArgumentException("eventDelay must not be negative: " + eventDelay);
        }
    }
}

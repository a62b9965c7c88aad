package io.jynamo.engine.simulated;

import io.jynamo.engine.Engine;
import io.jynamo.engine.EngineBehaviour;
import io.jynamo.engine.EngineOptions;
import io.jynamo.engine.loop.TimeSource;
import io.jynamo.protocol.WorkerId;

class SimulatedBehaviourTest extends EngineBehaviour {
    @Override
    protected Engine create() {
        SimulatedText text =
                new SimulatedText(t -> t.chars().map(c -> c % 250 + 2).toArray(), 100);
        return new SimulatedEngine(
                new WorkerId(1),
                EngineOptions.of("test", 1024, 256),
                new SimulatedEngine.Vocabulary(512, 1, text),
                TimingModel.INSTANT,
                TimeSource.SYSTEM,
                7);
    }

    @Override
    protected boolean computes() {
        return false;
    }
}

package io.jynamo.engine.embedded;

import io.jynamo.engine.Engine;
import io.jynamo.engine.EngineBehaviour;
import io.jynamo.engine.EngineOptions;
import io.jynamo.engine.step.FakeRunner;
import io.jynamo.protocol.WorkerId;
import java.util.Set;

class EmbeddedBehaviourTest extends EngineBehaviour {
    @Override
    protected Engine create() {
        return new EmbeddedEngine(
                new WorkerId(1),
                EngineOptions.of("test", 1024, 256),
                new EmbeddedEngine.Model("fake", 4096, Set.of(1), null),
                new FakeRunner(512, 256, EngineOptions.DEFAULT_BLOCK_TOKENS));
    }
}

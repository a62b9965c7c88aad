package io.jynamo.engine.vllm;

import io.jynamo.engine.Engine;
import io.jynamo.engine.attached.AttachOptions;
import io.jynamo.engine.attached.AttachedBehaviour;
import io.jynamo.engine.attached.FakeServer;
import io.jynamo.engine.attached.Recording;
import io.jynamo.protocol.WorkerId;
import java.io.IOException;

/** A real engine as it answered {@link VllmEngineTest}. */
class RecordedVllmTest extends AttachedBehaviour {
    @Override
    protected FakeServer server() throws IOException {
        return Recording.load("vllm").player();
    }

    @Override
    protected Engine attach(AttachOptions options) {
        return VllmEngine.attach(new WorkerId(1), options);
    }
}

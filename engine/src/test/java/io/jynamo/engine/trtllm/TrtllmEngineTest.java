package io.jynamo.engine.trtllm;

import io.jynamo.engine.Engine;
import io.jynamo.engine.attached.AttachOptions;
import io.jynamo.engine.attached.AttachedBehaviour;
import io.jynamo.engine.attached.CardOverrides;
import io.jynamo.engine.attached.FakeServer;
import io.jynamo.protocol.WorkerId;

/** Against {@link TrtllmFake}: not verified against the real server. */
class TrtllmEngineTest extends AttachedBehaviour {
    @Override
    protected FakeServer server() {
        return TrtllmFake.serve();
    }

    @Override
    protected Engine attach(AttachOptions options) {
        CardOverrides known = new CardOverrides(null, null, 1000, 2048, null, null, null, null, null, null);
        return TrtllmEngine.attach(new WorkerId(1), options.withCard(known));
    }
}

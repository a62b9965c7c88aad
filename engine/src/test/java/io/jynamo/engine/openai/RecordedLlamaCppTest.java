package io.jynamo.engine.openai;

import io.jynamo.engine.Engine;
import io.jynamo.engine.attached.AttachOptions;
import io.jynamo.engine.attached.AttachedBehaviour;
import io.jynamo.engine.attached.FakeServer;
import io.jynamo.engine.attached.Recording;
import io.jynamo.protocol.WorkerId;
import java.io.IOException;

/** llama.cpp's server as it answered {@link LlamaCppEngineTest}. */
class RecordedLlamaCppTest extends AttachedBehaviour {
    @Override
    protected FakeServer server() throws IOException {
        return Recording.load("llama-cpp").player();
    }

    @Override
    protected Engine attach(AttachOptions options) {
        return OpenAiEngine.attach(new WorkerId(1), options);
    }
}

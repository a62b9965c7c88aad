package io.jynamo.engine.sglang;

import io.jynamo.engine.Engine;
import io.jynamo.engine.attached.AttachOptions;
import io.jynamo.engine.attached.AttachedBehaviour;
import io.jynamo.engine.attached.CardOverrides;
import io.jynamo.engine.attached.FakeServer;
import io.jynamo.engine.attached.Recording;
import io.jynamo.protocol.WorkerId;
import java.io.IOException;

/** A real engine as it answered {@link SglangEngineTest}. */
class RecordedSglangTest extends AttachedBehaviour {
    @Override
    protected FakeServer server() throws IOException {
        return Recording.load("sglang").player();
    }

    @Override
    protected Engine attach(AttachOptions options) {
        return SglangEngine.attach(new WorkerId(1), options.withCard(CardOverrides.ofVocabulary(151_936)));
    }
}

package io.jynamo.engine.vllm;

import io.jynamo.engine.Engine;
import io.jynamo.engine.attached.AttachOptions;
import io.jynamo.engine.attached.AttachedBehaviour;
import io.jynamo.engine.attached.FakeServer;
import io.jynamo.engine.attached.RealServer;
import io.jynamo.engine.attached.Recording;
import io.jynamo.protocol.WorkerId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real engine on the CPU, with the tiny model of random weights. */
@Tag("long")
class VllmEngineTest extends AttachedBehaviour {
    private static final Recording RECORDING = new Recording();

    @TempDir
    private static Path folder;

    private static RealServer real;

    @BeforeAll
    @Timeout(value = 8, unit = TimeUnit.MINUTES)
    static void start() throws IOException, InterruptedException {
        real = RealServer.peer("vllm", folder);
    }

    @AfterAll
    static void stop() throws IOException {
        if (real != null) {
            real.close();
            save(RECORDING, "vllm");
        }
    }

    @Override
    protected FakeServer server() {
        return RECORDING.recorder(real.url());
    }

    @Override
    protected Engine attach(AttachOptions options) {
        return VllmEngine.attach(new WorkerId(1), options);
    }
}

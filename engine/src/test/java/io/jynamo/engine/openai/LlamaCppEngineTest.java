package io.jynamo.engine.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.engine.CollectingSink;
import io.jynamo.engine.Engine;
import io.jynamo.engine.attached.AttachOptions;
import io.jynamo.engine.attached.AttachedBehaviour;
import io.jynamo.engine.attached.FakeServer;
import io.jynamo.engine.attached.RealServer;
import io.jynamo.engine.attached.Recording;
import io.jynamo.engine.weights.RealModels;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.WorkerId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** llama.cpp's own server (PyPI xllamacpp, in a virtual environment of that name among the peers) with SmolLM2. */
@Tag("long")
class LlamaCppEngineTest extends AttachedBehaviour {
    private static final Recording RECORDING = new Recording();

    @TempDir
    private static Path folder;

    private static RealServer real;

    @BeforeAll
    @Timeout(value = 8, unit = TimeUnit.MINUTES)
    static void start() throws IOException, InterruptedException {
        real = serve();
    }

    @AfterAll
    static void stop() throws IOException {
        if (real != null) {
            real.close();
            save(RECORDING, "llama-cpp");
        }
    }

    @Override
    protected FakeServer server() {
        return RECORDING.recorder(real.url());
    }

    @Override
    protected Engine attach(AttachOptions options) {
        return OpenAiEngine.attach(new WorkerId(1), options);
    }

    @Test
    void losesTheWorkerWhenItsProcessIsKilled() throws IOException, InterruptedException {
        try (RealServer doomed = serve();
                Engine engine = attach(AttachOptions.of(doomed.url()))) {
            CountDownLatch running = new CountDownLatch(1);
            CollectingSink sink = new CollectingSink().andThen(d -> running.countDown());
            engine.start(request("a", prompt(1), endless(engine, 1500)), sink);
            assertThat(running.await(60, TimeUnit.SECONDS)).isTrue();
            doomed.kill();
            assertThat(sink.failure()).isEqualTo(ErrorCode.WORKER_LOST);
        }
    }

    private static RealServer serve() throws IOException, InterruptedException {
        Path python = RealServer.require(RealServer.peers().resolve("xllamacpp/bin/python"));
        Path model = RealModels.require(RealModels.SMOLLM2);
        int port = RealServer.freePort();
        Path script = Path.of(System.getProperty("jynamo.root"), "engine/src/test/python/llama-server.py");
        return RealServer.start(
                port,
                folder.resolve("llama-" + port + ".log"),
                Duration.ofMinutes(2),
                List.of(python.toString(), script.toString(), model.toString(), Integer.toString(port)));
    }
}

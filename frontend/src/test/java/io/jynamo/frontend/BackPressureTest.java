package io.jynamo.frontend;

import static io.jynamo.frontend.ServerFixture.chat;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.http.HttpLimits;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BackPressureTest {
    private static final int TOKENS = 400_000;
    private static final String ASK =
            chat("hi", "'stream':true,'max_tokens':" + TOKENS).replace('\'', '"');

    private static ScriptedWorker.Running stalled(ScriptedWorker worker) {
        ServerFixture.await(() -> !worker.started().isEmpty());
        ScriptedWorker.Running running = worker.started().getFirst();
        int before = -1;
        while (running.steps() != before || before == 0) {
            before = running.steps();
            LockSupport.parkNanos(300_000_000);
        }
        return running;
    }

    @Test
    void aClientThatStopsReadingPausesTheEngine() {
        ScriptedWorker worker = new ScriptedWorker(500_000, request -> ScriptedWorker.Script.endless());
        try (ServerFixture server = new ServerFixture(worker, options -> options);
                RawSocket client = new RawSocket(server.node.port())) {
            client.say(RawSocket.post("/v1/chat/completions", ASK));
            ScriptedWorker.Running running = stalled(worker);
            // What fits the two socket buffers and the credit, and no more: the answer is about 100 MB.
            assertThat(running.steps()).isLessThan(TOKENS / 4);
            assertThat(running.isOver()).isFalse();
            var pending = server.node.server().connections().iterator().next().bytesBeforeWritable();
            assertThat(pending).isLessThan(256 * 1024);
            int seen = 0;
            for (String event = client.until("\n\n"); !event.contains("[DONE]"); event = client.until("\n\n")) {
                seen++;
            }
            assertThat(seen).isEqualTo(TOKENS);
            ServerFixture.await(() -> server.router.booked() == 0);
        }
    }

    @Test
    void aClientThatNeverReadsAgainIsCutOff() {
        ScriptedWorker worker = new ScriptedWorker(500_000, request -> ScriptedWorker.Script.endless());
        HttpLimits impatient = new HttpLimits(
                1 << 20,
                8 << 20,
                32 * 1024,
                8 * 1024,
                Duration.ofSeconds(30),
                Duration.ofMillis(500),
                Duration.ofSeconds(5),
                1_000,
                256);
        try (ServerFixture server = new ServerFixture(worker, options -> options.withHttp(impatient));
                RawSocket client = new RawSocket(server.node.port())) {
            client.say(RawSocket.post("/v1/chat/completions", ASK));
            ServerFixture.await(() ->
                    !worker.started().isEmpty() && worker.started().getFirst().isCancelled());
            ServerFixture.await(() -> server.router.booked() == 0 && server.node.running() == 0);
            assertThat(worker.started().getFirst().steps()).isLessThan(TOKENS);
        }
    }
}

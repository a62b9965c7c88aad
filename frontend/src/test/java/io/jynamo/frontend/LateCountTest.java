package io.jynamo.frontend;

import static io.jynamo.frontend.ServerFixture.chat;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.fake.ScriptedWorker.Script;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An engine such as vLLM tells behind its last token what was cached, and is not always quick to do so. */
@Timeout(60)
class LateCountTest {
    private static final String ASK =
            chat("hi", "'stream':true,'stream_options':{'include_usage':true},'max_tokens':20");

    @Test
    void whatIsCountedAfterTheLastTokenIsWaitedFor() {
        Semaphore counts = new Semaphore(0);
        var worker = new ScriptedWorker(request -> Script.text("All is said.")).countingLate(counts);
        try (ServerFixture server = fixture(worker);
                RawSocket client = new RawSocket(server.node.port())) {
            client.say(RawSocket.post("/v1/chat/completions", ASK.replace('\'', '"')));
            client.until("\"finish_reason\":\"stop\"");
            // Silence is looked at as often as the end of a run, and longer than the time between two such looks.
            client.until("\n: ");
            counts.release();
            String end = client.until("[DONE]");
            int prompt = worker.started().getFirst().request().prompt().count();
            assertThat(end).contains("\"cached_tokens\":" + prompt / 2);
        }
    }

    @Test
    void oneThatNeverSaysItIsNotWaitedForLong() {
        var worker = new ScriptedWorker(request -> Script.text("All is said.")).countingLate(new Semaphore(0));
        try (ServerFixture server = fixture(worker);
                RawSocket client = new RawSocket(server.node.port())) {
            client.say(RawSocket.post("/v1/chat/completions", ASK.replace('\'', '"')));
            assertThat(client.until("[DONE]")).contains("\"cached_tokens\":0");
        }
    }

    @Test
    void aWorkerLostBehindItsLastTokenCostsTheClientNothing() {
        var worker = new ScriptedWorker(request -> Script.text("All is said.")).dyingAtItsEnd();
        try (ServerFixture server = new ServerFixture(
                worker,
                options -> options.withGeneration(options.generation().withMigrations(0, Duration.ofSeconds(1))))) {
            var answer = server.post("/v1/chat/completions", chat("hi", "'max_tokens':20"));
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("All is said.");
        }
    }

    private static ServerFixture fixture(ScriptedWorker worker) {
        return new ServerFixture(
                worker,
                options -> options.withGeneration(
                        options.generation().withTimes(Duration.ofMinutes(1), Duration.ofMillis(300))));
    }
}

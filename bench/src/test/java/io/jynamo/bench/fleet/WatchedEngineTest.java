package io.jynamo.bench.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WatchedEngineTest {
    @Test
    void notesWhenAClientHungUpUnderItsSeed() throws Exception {
        try (var engine = new WatchedEngine()) {
            long closed;
            try (var client =
                    new Socket(InetAddress.getLoopbackAddress(), engine.url().getPort())) {
                ask(client, 7);
                assertThat(new String(client.getInputStream().readNBytes(15), StandardCharsets.UTF_8))
                        .isEqualTo("HTTP/1.1 200 OK");
                assertThat(engine.awaitClosed(7, 50, TimeUnit.MILLISECONDS)).isNull();
                closed = System.nanoTime();
            }
            assertThat(engine.awaitClosed(7, 10, TimeUnit.SECONDS)).isGreaterThanOrEqualTo(closed);
        }
    }

    @Test
    void showsItsModel() throws Exception {
        try (var engine = new WatchedEngine()) {
            assertThat(Pages.json(engine.url().resolve("/v1/models"))
                            .path("data")
                            .path(0)
                            .path("id")
                            .asString())
                    .isEqualTo(Processes.MODEL);
        }
    }

    @Test
    void refusesUnknownOptions() {
        assertThat(FleetBench.run("--colour")).isEqualTo(2);
        assertThat(FleetBench.run("--help")).isZero();
    }

    private static void ask(Socket client, int seed) throws Exception {
        String body = "{\"max_tokens\":1000,\"seed\":" + seed + "}";
        client.getOutputStream()
                .write(("POST /v1/completions HTTP/1.1\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                        .getBytes(StandardCharsets.UTF_8));
    }
}

package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The README's curl commands, over both versions of HTTP. */
@ExtendWith(SharedServers.class)
class CurlTest {
    private static final String BODY = "{\"model\":\"" + Server.MODEL + "\",\"max_completion_tokens\":5,\"stream\":%s,"
            + "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";

    private final Server server;

    CurlTest(@Pace(Pace.Kind.FAST) Server server) {
        this.server = server;
    }

    @Test
    void a_chat_over_http_1_1() {
        var run = curl("--http1.1", BODY.formatted(false));

        assertThat(run.out()).endsWith("\n1.1 200").contains("chat.completion");
    }

    @Test
    void a_chat_over_http_2_without_negotiation() {
        var run = curl("--http2-prior-knowledge", BODY.formatted(false));

        assertThat(run.out()).as(run.err()).endsWith("\n2 200").contains("chat.completion");
    }

    @Test
    void a_stream_over_both() {
        for (String version : List.of("--http1.1", "--http2-prior-knowledge")) {
            var run = curl(version, BODY.formatted(true));

            assertThat(run.out()).as(version + run.err()).contains("data: {", "data: [DONE]");
        }
    }

    private Command curl(String version, String body) {
        return Command.run(
                List.of(
                        "curl",
                        "-sS",
                        "-N",
                        version,
                        "-H",
                        "Content-Type: application/json",
                        "-d",
                        body,
                        "-w",
                        "\n%{http_version} %{http_code}",
                        server.at("/v1/chat/completions").toString()),
                Map.of());
    }
}

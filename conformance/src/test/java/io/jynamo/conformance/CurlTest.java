package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
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

    @Test
    void many_streams_share_one_http_2_connection() {
        List<String> line = new ArrayList<>(List.of(
                "curl",
                "-sS",
                "-N",
                "--no-progress-meter",
                "--http2-prior-knowledge",
                "--parallel",
                "--parallel-max",
                "20"));
        for (int i = 0; i < 20; i++) {
            if (i > 0) {
                line.add("--next");
                line.add("--http2-prior-knowledge");
            }
            line.addAll(List.of(
                    "-d",
                    BODY.formatted(true),
                    "-H",
                    "Content-Type: application/json",
                    server.at("/v1/chat/completions").toString()));
        }

        var run = Command.run(line, Map.of());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().split("data: \\[DONE\\]", -1)).hasSize(21);
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

package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How a server ends. */
class StopTest {
    private static final String CHAT = "{\"model\":\"" + Server.MODEL + "\",\"max_completion_tokens\":60,"
            + "\"min_tokens\":60,\"ignore_eos\":true,\"stream\":true,"
            + "\"messages\":[{\"role\":\"user\",\"content\":\"Say something.\"}]}";

    @Test
    void a_stop_signal_lets_the_running_stream_finish_and_takes_no_more() throws InterruptedException {
        try (var server = Server.paced();
                Stream<String> lines = Http.open(server.at("/v1/chat/completions"), CHAT)) {
            Iterator<String> stream = lines.iterator();
            assertThat(stream.next()).startsWith("data: ");

            server.terminate();
            // The refusal of new work is what tells that draining began.
            Metrics.await(server, "dynamo_frontend_active_requests", active -> active == 1);
            List<String> rest = new ArrayList<>();
            stream.forEachRemaining(rest::add);

            assertThat(rest).contains("data: [DONE]");
            assertThat(rest.stream().filter(line -> line.startsWith("data: {")).count())
                    .isGreaterThan(50);
            assertThat(server.awaitExit()).isZero();
            assertThat(server.log()).doesNotContain("WARNING", "Exception");
        }
    }

    @Test
    void new_requests_are_refused_while_it_drains() {
        try (var server = Server.paced();
                Stream<String> lines = Http.open(server.at("/v1/chat/completions"), CHAT.replace("60", "400"))) {
            Iterator<String> stream = lines.iterator();
            assertThat(stream.next()).startsWith("data: ");
            server.terminate();

            Http.Reply refused = refusal(server);

            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.error().path("code").asString()).isEqualTo("not_ready");
            assertThat(refused.headers().firstValue("retry-after")).isPresent();
            assertThat(Http.get(server.at("/health")).status()).isEqualTo(503);
            assertThat(Http.get(server.at("/live")).status()).isEqualTo(200);
        }
    }

    @Test
    void standard_output_holds_the_ready_line_alone() throws InterruptedException {
        try (var server = Server.fast()) {
            server.terminate();
            assertThat(server.awaitExit()).isZero();

            assertThat(server.output()).hasSize(1).first().asString().matches("ready http://127\\.0\\.0\\.1:\\d+");
        }
    }

    @Test
    void a_taken_port_is_said_so() {
        try (var server = Server.fast()) {
            var second = Command.jynamo(
                    "serve",
                    "--engine",
                    "sim",
                    "--port",
                    String.valueOf(server.address().getPort()));

            assertThat(second.exitCode()).isEqualTo(5);
            assertThat(second.out()).isEmpty();
            assertThat(second.err())
                    .contains("error address_in_use: ", "--port")
                    .doesNotContain("Exception");
        }
    }

    /** Asks until draining has begun: the signal takes a moment to arrive. */
    private static Http.Reply refusal(Server server) {
        Http.Reply reply = Http.post(server.at("/v1/chat/completions"), CHAT.replace("60", "1"));
        for (int i = 0; i < 1_000 && reply.status() == 200; i++) {
            reply = Http.post(server.at("/v1/chat/completions"), CHAT.replace("60", "1"));
        }
        return reply;
    }
}

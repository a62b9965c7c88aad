package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Clients that leave: what they asked for stops being generated. */
@ExtendWith(SharedServers.class)
class CancelTest {
    private static final String LONG_CHAT = "{\"model\":\"" + Server.MODEL + "\",\"max_completion_tokens\":3000,"
            + "\"ignore_eos\":true,\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"A long story.\"}]}";
    private static final String ACTIVE = "dynamo_frontend_active_requests";
    private static final String CANCELLED = "dynamo_frontend_model_cancellation_total";
    private static final String TOKENS = "dynamo_frontend_output_tokens_total";

    private final Server server;

    CancelTest(@Pace(Pace.Kind.REAL) Server server) {
        this.server = server;
    }

    @Test
    void a_client_that_closes_its_stream_frees_the_engine() {
        double cancelled = Metrics.sum(server, CANCELLED);
        double tokens = Metrics.sum(server, TOKENS);

        try (Stream<String> lines = Http.open(server.at("/v1/chat/completions"), LONG_CHAT.formatted(true))) {
            Iterator<String> stream = lines.iterator();
            for (int i = 0; i < 5; i++) {
                assertThat(stream.hasNext()).isTrue();
                stream.next();
            }
            Metrics.await(server, ACTIVE, active -> active == 1);
        }

        Metrics.await(server, ACTIVE, active -> active == 0);
        Metrics.await(server, CANCELLED, now -> now == cancelled + 1);
        assertThat(Metrics.sum(server, TOKENS) - tokens)
                .as("3,000 were asked for")
                .isLessThan(1_000);
    }

    @Test
    void a_client_that_is_killed_before_its_whole_answer_frees_the_engine() throws IOException {
        double cancelled = Metrics.sum(server, CANCELLED);
        byte[] body = LONG_CHAT.formatted(false).getBytes(StandardCharsets.UTF_8);

        try (var socket =
                new Socket(server.address().getHost(), server.address().getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(BadRequestTest.head(body.length));
            out.write(body);
            out.flush();
            Metrics.await(server, ACTIVE, active -> active == 1);
            socket.setSoLinger(true, 0); // a reset, as when the client's process dies
        }

        Metrics.await(server, ACTIVE, active -> active == 0);
        Metrics.await(server, CANCELLED, now -> now == cancelled + 1);
    }
}

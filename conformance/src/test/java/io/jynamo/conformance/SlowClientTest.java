package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clients that open a request and do not finish it (slow-loris). */
class SlowClientTest {
    private static Server server;

    @BeforeAll
    static void start() {
        server = Server.fast("--receive-timeout", "1s");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void a_body_that_does_not_come_is_given_up() throws IOException {
        try (var socket =
                new Socket(server.address().getHost(), server.address().getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(BadRequestTest.head(1_000));
            socket.getOutputStream().write('{');
            socket.getOutputStream().flush();

            assertThat(BadRequestTest.read(socket.getInputStream()))
                    .startsWith("HTTP/1.1 408")
                    .contains("request_timeout");
        }
    }

    @Test
    void many_half_open_requests_leave_room_for_a_whole_one() throws IOException {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                var socket =
                        new Socket(server.address().getHost(), server.address().getPort());
                slow.add(socket);
                socket.getOutputStream()
                        .write("POST /v1/chat/comp".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                socket.getOutputStream().flush();
            }

            assertThat(Http.get(server.at("/v1/models")).status()).isEqualTo(200);

            for (Socket socket : slow) {
                socket.setSoTimeout(30_000);
                BadRequestTest.read(socket.getInputStream()); // ends only because the server gives up
            }
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }
}

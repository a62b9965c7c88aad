package io.jynamo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AskTest {
    private final AtomicReference<String> asked = new AtomicReference<>("");
    private final AtomicReference<String> key = new AtomicReference<>("");
    private HttpServer server;
    private String url;
    private int status = 200;
    private String answer = """
            data: {"choices":[{"delta":{"role":"assistant","content":""}}]}

            : keep-alive

            data: {"choices":[{"delta":{"content":"A cache "}}]}

            data: {"choices":[{"delta":{"content":"of keys. 🙂"},"finish_reason":"stop"}]}

            data: {"choices":[],"usage":{"total_tokens":9}}

            data: [DONE]

            """;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/live", exchange -> reply(exchange, 200, "{}"));
        server.createContext("/v1/models", exchange -> reply(exchange, 200, "{\"data\":[{\"id\":\"first\"}]}"));
        server.createContext("/v1/chat/completions", exchange -> {
            asked.set(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            key.set(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            reply(exchange, status, answer);
        });
        server.start();
        url = "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void the_answer_is_streamed_as_text() {
        var run = CommandRun.of("ask", "--url", url, "--temperature", "0", "What", "is", "it?");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo("A cache of keys. 🙂\n");
        assertThat(asked.get()).contains("\"model\":\"first\"", "\"content\":\"What is it?\"", "\"temperature\":0");
    }

    @Test
    void a_named_model_and_a_key_are_sent() {
        CommandRun.of("ask", "--url", url, "--model", "other", "--api-key", "sesame", "--system", "Be brief.", "Hi");

        assertThat(asked.get()).contains("\"model\":\"other\"", "Be brief.");
        assertThat(key.get()).isEqualTo("Bearer sesame");
    }

    @Test
    void an_error_of_the_server_is_told_in_its_own_words() {
        status = 400;
        answer = "{\"error\":{\"message\":\"too long\",\"code\":\"context_length_exceeded\"}}";

        var run = CommandRun.of("ask", "--url", url, "Hi");

        assertThat(run.exitCode()).isEqualTo(ExitCode.SERVER_REFUSED.number());
        assertThat(run.err()).isEqualTo("error context_length_exceeded: too long\n");
    }

    @Test
    void an_error_inside_the_stream_is_not_taken_for_the_end() {
        answer = "data: {\"error\":{\"message\":\"worker lost\",\"code\":\"worker_lost\"}}\n\ndata: [DONE]\n\n";

        var run = CommandRun.of("ask", "--url", url, "Hi");

        assertThat(run.exitCode()).isEqualTo(ExitCode.SERVER_REFUSED.number());
        assertThat(run.err()).contains("worker_lost: worker lost");
    }

    @Test
    void what_is_no_openai_server_is_said_to_be_none() {
        status = 502;
        answer = "<html>bad gateway</html>";

        assertThat(CommandRun.of("ask", "--url", url, "Hi").err()).contains("502");
    }

    @Test
    void a_server_that_is_not_there_is_named() {
        server.stop(0);

        var run = CommandRun.of("ask", "--url", url, "Hi");

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILURE.number());
        assertThat(run.err()).contains("no answer from " + url);
    }

    private static void reply(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        try (var body = exchange.getResponseBody()) {
            body.write(bytes);
        }
    }
}

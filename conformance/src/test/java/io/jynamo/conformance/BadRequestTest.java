package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that are wrong in every way people and fuzzers find, each with its named error, and a server that lives on. */
@ExtendWith(SharedServers.class)
class BadRequestTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String HELLO = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";

    private final Server server;

    BadRequestTest(@Pace(Pace.Kind.FAST) Server server) {
        this.server = server;
    }

    @AfterEach
    void the_server_still_answers() {
        var reply = Http.post(
                server.at(CHAT), "{\"model\":\"" + Server.MODEL + "\",\"max_completion_tokens\":1," + HELLO + "}");
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    }

    static Stream<Arguments> bodies() {
        String model = "\"model\":\"" + Server.MODEL + "\",";
        return Stream.of(
                Arguments.of("empty", "", 400, "invalid_json"),
                Arguments.of("cut off", "{" + model + "\"messages\":[{\"role\":\"user\"", 400, "invalid_json"),
                Arguments.of("not JSON", "model=x", 400, "invalid_json"),
                Arguments.of("a list", "[1]", 400, null),
                Arguments.of("nested too deeply", "[".repeat(100_000), 400, "invalid_json"),
                Arguments.of("a number that is none", "{" + model + HELLO + ",\"temperature\":1e99999}", 400, null),
                Arguments.of("no messages", "{" + model + "\"messages\":[]}", 400, "invalid_request"),
                Arguments.of("messages missing", "{" + model + "\"x\":1}", 400, null),
                Arguments.of("messages no list", "{" + model + "\"messages\":\"Hi\"}", 400, "invalid_request"),
                Arguments.of(
                        "unknown role",
                        "{" + model + "\"messages\":[{\"role\":\"king\",\"content\":\"Hi\"}]}",
                        400,
                        "invalid_request"),
                Arguments.of("temperature", "{" + model + HELLO + ",\"temperature\":3}", 400, "invalid_request"),
                Arguments.of("top_p", "{" + model + HELLO + ",\"top_p\":0}", 400, "invalid_request"),
                Arguments.of("n", "{" + model + HELLO + ",\"n\":0}", 400, "invalid_request"),
                Arguments.of(
                        "top_logprobs",
                        "{" + model + HELLO + ",\"logprobs\":true,\"top_logprobs\":21}",
                        400,
                        "invalid_request"),
                Arguments.of(
                        "max tokens", "{" + model + HELLO + ",\"max_completion_tokens\":-1}", 400, "invalid_request"),
                Arguments.of(
                        "stream options without stream",
                        "{" + model + HELLO + ",\"stream_options\":{\"include_usage\":true}}",
                        400,
                        "invalid_request"),
                Arguments.of("unknown field", "{" + model + HELLO + ",\"temprature\":1}", 400, "unsupported_parameter"),
                Arguments.of(
                        "a field known and not built",
                        "{" + model + HELLO + ",\"response_format\":{\"type\":\"json_object\"}}",
                        null,
                        null),
                Arguments.of("unknown model", "{\"model\":\"no-such-model\"," + HELLO + "}", 404, "model_not_found"),
                Arguments.of(
                        "prompt over the context",
                        "{" + model + "\"messages\":[{\"role\":\"user\",\"content\":\"" + "many words ".repeat(20_000)
                                + "\"}]}",
                        400,
                        "context_length_exceeded"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bodies")
    void is_refused_by_name(String what, String body, Integer status, String code) {
        var reply = Http.post(server.at(CHAT), body);

        assertThat(reply.status()).as(reply.text()).isBetween(400, 501);
        if (status != null) {
            assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        }
        var error = reply.error();
        assertThat(error.path("message").asString())
                .as(reply.text())
                .isNotBlank()
                .doesNotContain("Exception", "io.jynamo");
        assertThat(error.path("type").asString()).isNotBlank();
        if (code != null) {
            assertThat(error.path("code").asString()).as(reply.text()).isEqualTo(code);
        }
    }

    @Test
    void text_that_is_not_utf8_is_refused() {
        byte[] start = ("{\"model\":\"" + Server.MODEL + "\",\"messages\":[{\"role\":\"user\",\"content\":\"")
                .getBytes(StandardCharsets.UTF_8);
        byte[] body = Arrays.copyOf(start, start.length + 8);
        System.arraycopy(
                new byte[] {(byte) 0xff, (byte) 0xc0, (byte) 0x80, '"', '}', ']', '}', ' '}, 0, body, start.length, 8);

        var reply = Http.send(HttpRequest.newBuilder(server.at(CHAT))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)));

        assertThat(reply.status()).as(reply.text()).isEqualTo(400);
        assertThat(reply.error().path("code").asString()).isEqualTo("invalid_json");
    }

    @Test
    void another_media_type_is_refused() {
        var reply = Http.send(HttpRequest.newBuilder(server.at(CHAT))
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("{}")));

        assertThat(reply.status()).isEqualTo(415);
        assertThat(reply.error().path("code").asString()).isEqualTo("unsupported_media_type");
    }

    @Test
    void a_body_of_100_megabytes_is_refused_before_it_is_read() throws IOException {
        try (var socket = connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(head(100_000_000));
            out.write(new byte[65_536]);
            out.flush();

            String answer = read(socket.getInputStream());

            assertThat(answer).startsWith("HTTP/1.1 413").contains("body_too_large");
        }
    }

    @Test
    void headers_of_a_megabyte_are_refused() throws IOException {
        try (var socket = connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(("GET /v1/models HTTP/1.1\r\nHost: x\r\nx-long: " + "a".repeat(100_000))
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();

            assertThat(read(socket.getInputStream())).startsWith("HTTP/1.1 431");
        }
    }

    @Test
    void what_is_not_http_ends_the_connection() throws IOException {
        try (var socket = connect()) {
            OutputStream out = socket.getOutputStream();
            out.write("\u0000\u0001\u0002 this is no request\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            out.flush();

            String answer = read(socket.getInputStream());

            assertThat(answer)
                    .satisfiesAnyOf(
                            text -> assertThat(text).isEmpty(),
                            text -> assertThat(text).startsWith("HTTP/1.1 4"));
        }
    }

    private Socket connect() throws IOException {
        var socket = new Socket(server.address().getHost(), server.address().getPort());
        socket.setSoTimeout(30_000);
        return socket;
    }

    static byte[] head(long length) {
        return ("POST " + CHAT + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                        + length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** What is answered until the server closes, or until the whole of a small answer is there. */
    static String read(InputStream in) throws IOException {
        var text = new StringBuilder();
        byte[] buffer = new byte[8192];
        try {
            for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
                text.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
                if (text.indexOf("\r\n\r\n") >= 0
                        && text.toString().stripTrailing().endsWith("}")) {
                    break;
                }
            }
        } catch (java.net.SocketException reset) {
            // The server closes while more is on its way: the answer that came is what counts.
        }
        return text.toString();
    }
}

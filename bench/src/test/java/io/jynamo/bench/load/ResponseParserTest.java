package io.jynamo.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ResponseParserTest {
    private static final String CHUNKED =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String STREAM = String.join(
            "\n\n",
            "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}",
            "data: {\"choices\":[{\"delta\":{\"content\":\"He\\\"y\"}}]}",
            ": keep-alive",
            "data: {\"choices\":[{\"delta\":{\"content\":\" you\"}}]}",
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":12,\"completion_tokens\": 2,"
                    + "\"prompt_tokens_details\":{\"cached_tokens\":8}}}",
            "data: [DONE]",
            "");
    private final ResponseParser parser = new ResponseParser();

    static LongStream seeds() {
        return LongStream.concat(LongStream.range(0, 20), LongStream.of(System.nanoTime()));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void readsAStreamCutAnywhere(long seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder(CHUNKED);
        for (int at = 0; at < STREAM.length(); ) {
            int size = Math.min(STREAM.length() - at, 1 + random.nextInt(60));
            text.append(Integer.toHexString(size)).append(random.nextBoolean() ? ";a=b\r\n" : "\r\n");
            text.append(STREAM, at, at + size).append("\r\n");
            at += size;
        }
        text.append("0\r\n")
                .append(random.nextBoolean() ? "X-Trailer: 1\r\n" : "")
                .append("\r\n");
        String twice = text.toString() + text;
        byte[] bytes = twice.getBytes(StandardCharsets.UTF_8);
        int responses = 0;
        int texts = 0;
        for (int at = 0; at < bytes.length; ) {
            ByteBuffer part = ByteBuffer.wrap(bytes, at, Math.min(bytes.length - at, 1 + random.nextInt(90)));
            at += part.remaining();
            while (part.hasRemaining()) {
                boolean complete = parser.take(part);
                texts += parser.takeTexts();
                if (complete) {
                    responses++;
                    assertThat(parser.isDone()).isTrue();
                    assertThat(parser.hasError()).isFalse();
                    assertThat(parser.promptTokens()).isEqualTo(12);
                    assertThat(parser.completionTokens()).isEqualTo(2);
                    assertThat(parser.cachedTokens()).isEqualTo(8);
                    parser.reset();
                }
            }
        }
        assertThat(responses).isEqualTo(2);
        assertThat(texts).isEqualTo(4);
    }

    @Test
    void readsAWholeAnswer() {
        String body = "{\"choices\":[{\"message\":{\"content\":\"hello\"}}],\"usage\":{\"completion_tokens\":3}}";
        assertThat(take("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body))
                .isTrue();
        assertThat(parser.completionTokens()).isEqualTo(3);
        assertThat(parser.takeTexts()).isEqualTo(1);
        assertThat(parser.isDone()).isTrue();
    }

    @Test
    void tellsErrorsAndCutStreams() {
        assertThat(
                        take(
                                "HTTP/1.1 503 Busy\r\ncontent-length: 19\r\nConnection: close\r\n\r\n{\"error\":{\"x\":\"y\"}}"))
                .isTrue();
        assertThat(parser.status()).isEqualTo(503);
        assertThat(parser.closes()).isTrue();
        assertThat(parser.hasError()).isTrue();
        assertThat(parser.bodyStart()).contains("error");
        parser.reset();
        String cut =
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: {\"delta\":{\"content\":\"a\"}}\n\n";
        assertThat(take(cut)).isFalse();
        assertThat(parser.end()).isTrue();
        assertThat(parser.isDone()).as("it never said [DONE]").isFalse();
    }

    @Test
    void refusesWhatIsNotHttp() {
        assertThatThrownBy(() -> take("SSH-2.0-x\r\n\r\n")).hasMessageContaining("no HTTP response");
    }

    private boolean take(String text) {
        return parser.take(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }
}

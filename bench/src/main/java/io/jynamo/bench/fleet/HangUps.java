package io.jynamo.bench.fleet;

import io.jynamo.bench.process.Child;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** How long after a client closed its socket, in the middle of a stream, its engine sees its own closed. */
final class HangUps {
    static final String HEAD = "| from a client's close to the engine's, ms | p50 | p99 | most |\n|---|---|---|---|";
    private static final int WARM_UP = 300;
    private static final int TOKENS_READ = 3;
    private static final int PATIENCE_SECONDS = 10;

    private HangUps() {}

    /** A row of the table. */
    static String of(String name, URI server, WatchedEngine engine, int count) throws IOException {
        Histogram nanos = new Histogram(3);
        for (int i = -WARM_UP; i < count; i++) {
            long closed = hangUp(server, i + WARM_UP);
            Long seen = engine.awaitClosed(i + WARM_UP, PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (seen == null) {
                throw Child.failed(
                        name + ": the engine did not hear of a client that hung up within " + PATIENCE_SECONDS + " s");
            }
            if (i >= 0) {
                nanos.recordValue(Math.max(0, seen - closed));
            }
        }
        return String.format(
                Locale.ROOT,
                "| %s | %.2f | %.2f | %.2f |",
                name,
                nanos.getValueAtPercentile(50) / 1e6,
                nanos.getValueAtPercentile(99) / 1e6,
                nanos.getMaxValue() / 1e6);
    }

    /** Reads a few tokens and closes the socket; returns when. */
    private static long hangUp(URI server, int number) throws IOException {
        byte[] body = """
                {"model":"%s","prompt":"hello","max_tokens":1000,"stream":true,"seed":%d}""".formatted(Processes.MODEL, number).getBytes(StandardCharsets.UTF_8);
        String head = "POST /v1/completions HTTP/1.1\r\nHost: " + server.getAuthority()
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n";
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_SECONDS * 1_000);
            socket.getOutputStream()
                    .write((head + new String(body, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8));
            var lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            int tokens = 0;
            while (tokens < TOKENS_READ) {
                String line = lines.readLine();
                if (line == null || line.startsWith("HTTP/1.1 4") || line.startsWith("HTTP/1.1 5")) {
                    throw Child.failed("no stream: " + line);
                }
                tokens += line.startsWith("data:") ? 1 : 0;
            }
            return System.nanoTime();
        }
    }
}

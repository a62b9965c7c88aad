package io.jynamo.cli.train;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Predicate;

/** Asks a server as its clients do, those included that hang up and those that send too much. */
final class TrainingClient {
    private static final Duration MODEL_LIMIT = Duration.ofSeconds(30);
    private static final int READ_MILLIS = 30_000;
    private static final int HUGE_BYTES = 6_000_000;

    private final URI server;
    private final String model;

    TrainingClient(URI server, String model) {
        this.server = server;
        this.model = model;
    }

    /** So many conversations of each kind: answered at once, streamed, and left after the first token. */
    void chat(int times) throws IOException, InterruptedException {
        awaitModel();
        ask(get("/metrics"));
        for (int i = 0; i < times; i++) {
            String question = "Say something about the number " + i + ".";
            ask(post(question, 8, false));
            ask(post(question, 8, true));
            var _ = ask(post(question, 500, true), line -> line.startsWith("data:"));
            leaveWhileWaiting(post(question, 500, false));
        }
    }

    /** Prompts that no model takes; they are read whole before they are refused. */
    void sendHugePrompts(int times) throws IOException {
        for (int i = 0; i < times; i++) {
            ask(post("x".repeat(HUGE_BYTES), 8, true));
        }
    }

    private void awaitModel() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + MODEL_LIMIT.toNanos();
        String named = "\"" + model + "\"";
        while (!ask(get("/v1/models"), line -> line.contains(named))) {
            if (System.nanoTime() > deadline) {
                throw new IOException(server + " does not serve " + model);
            }
            Thread.sleep(20);
        }
    }

    private void ask(String request) throws IOException {
        var _ = ask(request, line -> false);
    }

    /** Sends a request and hangs up behind the first line that is enough; false when the answer ended before. */
    private boolean ask(String request, Predicate<String> enough) throws IOException {
        try (var socket = new Socket(server.getHost(), server.getPort())) {
            socket.setSoTimeout(READ_MILLIS);
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.UTF_8));
            out.flush();
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (enough.test(line)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Hangs up once the request can be expected to be running: no byte of the answer tells. */
    private void leaveWhileWaiting(String request) throws IOException, InterruptedException {
        try (var socket = new Socket(server.getHost(), server.getPort())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            Thread.sleep(5);
        }
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    }

    private String post(String question, int maxTokens, boolean stream) {
        String body = """
                {"model":"%s","messages":[{"role":"user","content":"%s"}],"max_tokens":%d,"stream":%b}""".formatted(model, question, maxTokens, stream);
        return "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }
}

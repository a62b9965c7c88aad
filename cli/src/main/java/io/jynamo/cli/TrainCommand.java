package io.jynamo.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The run that the launcher records for the AOT cache: help, version, and the simulated engine served to one client. What
 * is loaded and linked here starts fast later.
 */
@Command(name = "train", hidden = true, header = "Exercise the command for the start-up cache.")
final class TrainCommand implements Callable<Integer> {
    private static final long READY_SECONDS = 60;
    private static final String CHAT = """
            {"model":"simulated","messages":[{"role":"user","content":"Say something."}],"max_tokens":8,"stream":%s}""";

    @Override
    public Integer call() throws InterruptedException, IOException {
        var sink = new PrintWriter(Writer.nullWriter());
        for (String[] arguments : new String[][] {{"--version"}, {"--help"}, {"serve", "--help"}}) {
            Jynamo.commandLine(sink, sink).execute(arguments);
        }
        var ready = new CompletableFuture<String>();
        var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        CommandLine server = Jynamo.commandLine(new PrintWriter(new ReadyLine(ready), true), err);
        Thread serving = Thread.ofPlatform().name("serve").start(() -> {
            int code = server.execute("serve", "--engine", "sim", "--port", "0", "--speedup-ratio", "1000");
            ready.completeExceptionally(new IllegalStateException("serve ended with " + code));
        });
        try {
            ask(URI.create(ready.get(READY_SECONDS, TimeUnit.SECONDS)));
        } catch (ExecutionException | TimeoutException e) {
            // A machine that forbids listening still gets a cache for the rest.
            err.println("no server to train with: " + e.getMessage());
        } finally {
            serving.interrupt();
            serving.join();
        }
        return ExitCode.OK.number();
    }

    private static void ask(URI server) throws IOException {
        for (String request : new String[] {
            get("/v1/models"), get("/metrics"), post(CHAT.formatted(false)), post(CHAT.formatted(true))
        }) {
            try (var socket = new Socket(server.getHost(), server.getPort())) {
                socket.setSoTimeout(30_000);
                OutputStream out = socket.getOutputStream();
                out.write(request.getBytes(StandardCharsets.UTF_8));
                out.flush();
                InputStream in = socket.getInputStream();
                in.transferTo(OutputStream.nullOutputStream());
            }
        }
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    }

    private static String post(String body) {
        return "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    /** Waits for the line that says where the server is. */
    private static final class ReadyLine extends Writer {
        private final StringBuilder text = new StringBuilder();
        private final CompletableFuture<String> ready;

        ReadyLine(CompletableFuture<String> ready) {
            this.ready = ready;
        }

        @Override
        public void write(char[] chars, int from, int length) {
            text.append(chars, from, length);
            int end = text.indexOf("\n");
            if (end >= 0 && text.indexOf("ready ") == 0) {
                ready.complete(text.substring("ready ".length(), end).strip());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}

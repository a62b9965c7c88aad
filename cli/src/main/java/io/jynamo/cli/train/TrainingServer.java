package io.jynamo.cli.train;

import java.io.PrintWriter;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import picocli.CommandLine;

/** A command that serves, run in this process until closed. */
final class TrainingServer implements AutoCloseable {
    private static final long READY_SECONDS = 60;

    private final Thread serving;
    private final String address;

    private TrainingServer(Thread serving, String address) {
        this.serving = serving;
        this.address = address;
    }

    /** The command ended, or did not come to serve. */
    @SuppressWarnings("serial") // never written anywhere
    static final class NotReady extends RuntimeException {
        NotReady(String command, Throwable cause) {
            super(command + " does not serve", cause);
        }
    }

    /**
     * Runs a command until it says that it is ready.
     *
     * @throws NotReady when it ends instead, or takes a minute
     */
    static TrainingServer start(BiFunction<PrintWriter, PrintWriter, CommandLine> commands, String... arguments)
            throws InterruptedException {
        var ready = new CompletableFuture<String>();
        var out = new PrintWriter(new ReadyLine(ready), true);
        CommandLine command = commands.apply(out, new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        Thread serving = Thread.ofPlatform().name("train-" + arguments[0]).start(() -> {
            int code = command.execute(arguments);
            ready.completeExceptionally(new IllegalStateException("it ended with " + code));
        });
        try {
            return new TrainingServer(serving, ready.get(READY_SECONDS, TimeUnit.SECONDS));
        } catch (ExecutionException | TimeoutException e) {
            serving.interrupt();
            serving.join();
            throw new NotReady(arguments[0], e);
        }
    }

    /** What it printed behind {@code ready}. */
    String address() {
        return address;
    }

    URI uri() {
        return URI.create(address);
    }

    @Override
    public void close() {
        serving.interrupt();
        try {
            serving.join();
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
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

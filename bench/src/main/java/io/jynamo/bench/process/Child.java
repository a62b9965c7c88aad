package io.jynamo.bench.process;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A started process whose output goes to a file; stopped, with its children, when closed. */
public final class Child implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(8);
    private static final Set<Child> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        // A bench that is interrupted must not leave servers behind.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Child::close), "stop-children"));
    }

    private final String name;
    private final Process process;
    private final Path log;

    private Child(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    public static Child start(String name, Path folder, List<String> command) {
        Path log = folder.resolve(name + ".log");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            process.getOutputStream().close();
            Child child = new Child(name, process, log);
            RUNNING.add(child);
            return child;
        } catch (IOException e) {
            throw failed("cannot start " + name + ": " + e.getMessage());
        }
    }

    /** A port that was free a moment ago, for programs that cannot choose one themselves. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw failed("no free port: " + e.getMessage());
        }
    }

    /** Waits for a line of output. */
    public String awaitLine(Predicate<String> wanted, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            for (String line : output()) {
                if (wanted.test(line)) {
                    return line;
                }
            }
            if (!process.isAlive() || System.nanoTime() > end) {
                throw failed(name + (process.isAlive() ? " is not ready" : " ended") + "; its last words:\n" + tail());
            }
            pause();
        }
    }

    public void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed("interrupted while waiting for " + name);
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    public String tail() {
        List<String> lines = output();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    }

    @Override
    public void close() {
        RUNNING.remove(this);
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        children.forEach(ProcessHandle::destroyForcibly);
    }

    public static JynamoException failed(String message) {
        return new JynamoException(ErrorCode.WORKER_LOST, message);
    }

    private List<String> output() {
        try {
            return Files.readString(log).lines().toList();
        } catch (IOException e) {
            throw failed("cannot read " + log + ": " + e.getMessage());
        }
    }
}

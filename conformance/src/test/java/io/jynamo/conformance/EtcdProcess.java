package io.jynamo.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real etcd of one member on free ports of the loopback; it can die and come back with what it knew. */
final class EtcdProcess implements AutoCloseable {
    private static final Duration READY_LIMIT = Duration.ofSeconds(60);

    private final List<String> command;
    private final Path log;
    private final int port;
    private Process process;

    private EtcdProcess(Path folder) throws IOException {
        int peer;
        try (var first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var second = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = first.getLocalPort();
            peer = second.getLocalPort();
        }
        String clients = "http://127.0.0.1:" + port;
        String peers = "http://127.0.0.1:" + peer;
        command = List.of(
                "etcd",
                "--name=test",
                "--data-dir=" + folder.resolve("etcd"),
                "--listen-peer-urls=" + peers,
                "--initial-advertise-peer-urls=" + peers,
                "--initial-cluster=test=" + peers,
                "--listen-client-urls=" + clients,
                "--advertise-client-urls=" + clients,
                "--unsafe-no-fsync",
                "--logger=zap",
                "--log-level=error");
        log = folder.resolve("etcd.log");
        process = launch();
    }

    /** Starts one; the test does not run where etcd is not installed. */
    static EtcdProcess start(Path folder) throws IOException {
        assumeTrue(
                List.of(System.getenv().getOrDefault("PATH", "").split(":", -1)).stream()
                        .anyMatch(place -> Files.isExecutable(Path.of(place, "etcd"))),
                "not run: etcd is not installed (apt-get install etcd-server brings it)");
        return new EtcdProcess(folder);
    }

    /** What {@code --discovery} takes. */
    String discovery() {
        return "etcd://127.0.0.1:" + port;
    }

    void kill() {
        process.destroyForcibly().onExit().join();
    }

    void restart() {
        try {
            process = launch();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process launch() throws IOException {
        Process launched = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        long end = System.nanoTime() + READY_LIMIT.toNanos();
        while (!answers()) {
            try {
                if (launched.waitFor(50, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
                    launched.destroyForcibly();
                    throw new AssertionError("etcd did not start: " + Files.readString(log));
                }
            } catch (InterruptedException e) {
                launched.destroyForcibly();
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
        }
        return launched;
    }

    private boolean answers() {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    @Override
    public void close() {
        kill();
    }
}

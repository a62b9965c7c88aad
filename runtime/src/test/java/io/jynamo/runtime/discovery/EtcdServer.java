package io.jynamo.runtime.discovery;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An etcd of the distribution's, on free ports of the loopback and a folder of its own. */
final class EtcdServer implements AutoCloseable {
    private final Path data;
    private final int clientPort;
    private final List<String> command;
    private @Nullable Process process;

    private EtcdServer(Path data, int clientPort, List<String> command) {
        this.data = data;
        this.clientPort = clientPort;
        this.command = command;
    }

    static boolean isHere(String program) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }

    static EtcdServer start(Path data, String... more) throws Exception {
        assumeTrue(
                isHere("etcd") && isHere("etcdctl"),
                "not run: etcd is not installed (apt-get install etcd-server etcd-client brings it)");
        int client;
        int peer;
        try (var first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var second = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            client = first.getLocalPort();
            peer = second.getLocalPort();
        }
        List<String> command = new ArrayList<>(List.of(
                "etcd",
                "--name=test",
                "--data-dir=" + data,
                "--listen-peer-urls=http://127.0.0.1:" + peer,
                "--initial-advertise-peer-urls=http://127.0.0.1:" + peer,
                "--initial-cluster=test=http://127.0.0.1:" + peer,
                "--unsafe-no-fsync",
                "--logger=zap",
                "--log-level=error"));
        String scheme = List.of(more).toString().contains("--cert-file") ? "https" : "http";
        command.add("--listen-client-urls=" + scheme + "://127.0.0.1:" + client);
        command.add("--advertise-client-urls=" + scheme + "://127.0.0.1:" + client);
        command.addAll(List.of(more));
        var server = new EtcdServer(data, client, command);
        server.restart();
        return server;
    }

    String endpoint() {
        return "127.0.0.1:" + clientPort;
    }

    long pid() {
        return Objects.requireNonNull(process).pid();
    }

    void restart() throws IOException, InterruptedException {
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(new File(data + ".log")))
                .start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!answers()) {
            if (System.nanoTime() - deadline > 0 || !process.isAlive()) {
                throw new AssertionError("etcd did not start: " + Files.readString(Path.of(data + ".log")));
            }
            process.waitFor(50, TimeUnit.MILLISECONDS);
        }
    }

    private boolean answers() {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), clientPort)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    void kill() throws InterruptedException {
        Objects.requireNonNull(process).destroyForcibly().waitFor();
    }

    void signal(String name) throws Exception {
        run("kill", "-" + name, String.valueOf(pid()));
    }

    /** Runs etcdctl against it and returns what it writes. */
    String ctl(String... arguments) throws Exception {
        List<String> line = new ArrayList<>(List.of("etcdctl", "--endpoints=" + endpoint()));
        line.addAll(List.of(arguments));
        return run(line.toArray(String[]::new));
    }

    static String run(String... command) throws Exception {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("ETCDCTL_API", "3");
        Process running = builder.start();
        String output = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (running.waitFor() != 0) {
            throw new AssertionError(String.join(" ", command) + ": " + output);
        }
        return output;
    }

    @Override
    public void close() {
        if (process != null) {
            // A stopped process dies of it too.
            process.destroyForcibly().onExit().join();
        }
    }
}

package io.jynamo.runtime.discovery;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A Java process that publishes one entry and lives until it is killed, or its input ends. */
final class PublisherProcess implements AutoCloseable {
    private final Process process;

    private PublisherProcess(Process process) {
        this.process = process;
    }

    /**
     * Returns when the entry is published.
     *
     * @param host what the process takes for its host; empty for the one it is on
     */
    static PublisherProcess inFolder(Path root, Duration ttl, String key, String host) throws IOException {
        return start("file", root.toString(), ttl.toString(), key, host);
    }

    static PublisherProcess inEtcd(String endpoint, String prefix, Duration ttl, String key) throws IOException {
        return start("etcd", endpoint, prefix, ttl.toString(), key);
    }

    private static PublisherProcess start(String... arguments) throws IOException {
        List<String> command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                PublisherProcess.class.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        if (!"published".equals(out.readLine())) {
            process.destroyForcibly();
            throw new AssertionError("the other process did not publish");
        }
        return new PublisherProcess(process);
    }

    public static void main(String[] arguments) throws IOException {
        Discovery discovery = switch (arguments[0]) {
            case "file" -> {
                ProcessTable here = ProcessTable.ofThisHost();
                yield new FileDiscovery(
                        Path.of(arguments[1]),
                        Duration.parse(arguments[2]),
                        arguments[4].isEmpty() ? here : here.elsewhere(arguments[4]));
            }
            default ->
                new EtcdDiscovery(
                        EtcdOptions.at(arguments[1]).withPrefix(arguments[2]).withTtl(Duration.parse(arguments[3])));
        };
        String key = arguments[arguments[0].equals("file") ? 3 : 4];
        discovery.publish(Told.entry(key, String.valueOf(ProcessHandle.current().pid())));
        System.out.println("published");
        while (System.in.read() >= 0) {
            // until the parent ends it
        }
        discovery.close();
    }

    long pid() {
        return process.pid();
    }

    /** With SIGKILL: nothing of it runs after this. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    void signal(String name) throws Exception {
        EtcdServer.run("kill", "-" + name, String.valueOf(pid()));
    }

    /** Lets it close its discovery. */
    void end() throws Exception {
        process.getOutputStream().close();
        process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}

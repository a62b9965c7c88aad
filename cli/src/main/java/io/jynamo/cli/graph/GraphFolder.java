package io.jynamo.cli.graph;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Where a graph keeps what it needs, {@code $XDG_STATE_HOME/jynamo/graphs/NAME}: its supervisor's socket and identity, the
 * folder its roles find each other by, and their logs. Its user's alone.
 */
public record GraphFolder(Path path) {
    /** The folder of one graph of this user. */
    public static GraphFolder of(String graph, Map<String, String> environment) {
        return new GraphFolder(all(environment).resolve(graph));
    }

    /** Graphs of this user that ever ran, by name. */
    public static List<String> names(Map<String, String> environment) {
        try (Stream<Path> folders = Files.list(all(environment))) {
            return folders.filter(Files::isDirectory)
                    .map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException none) {
            return List.of();
        }
    }

    private static Path all(Map<String, String> environment) {
        String state = environment.getOrDefault("XDG_STATE_HOME", "");
        Path base = state.isEmpty() ? Path.of(System.getProperty("user.home"), ".local", "state") : Path.of(state);
        return base.toAbsolutePath().resolve("jynamo").resolve("graphs");
    }

    /** Makes it where it is not, for this user alone. */
    public GraphFolder create() {
        try {
            Files.createDirectories(path);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
            Files.createDirectories(logs());
            return this;
        } catch (IOException | UnsupportedOperationException unusable) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    path + " cannot be made for this user alone: " + unusable.getMessage()
                            + "; set XDG_STATE_HOME to another folder",
                    unusable);
        }
    }

    public String graph() {
        return path.getFileName().toString();
    }

    /** The socket by which its supervisor is told what to do. */
    public Path socket() {
        return path.resolve("control.sock");
    }

    /** What its supervisor runs. */
    public Path plan() {
        return path.resolve("graph.json");
    }

    /** Held by its supervisor as long as that lives. */
    public Path lock() {
        return path.resolve("supervisor.lock");
    }

    /** Which process its supervisor is. */
    public Path supervisor() {
        return path.resolve("supervisor.process");
    }

    /** What its supervisor itself wrote since it was started; it is to be empty. */
    public Path supervisorOutput() {
        return path.resolve("supervisor.out");
    }

    /** Where its roles announce themselves. */
    public Path discovery() {
        return path.resolve("discovery");
    }

    public Path logs() {
        return path.resolve("logs");
    }

    /** The log of one process, by the name it has in status. */
    public Path log(String replica) {
        return logs().resolve(replica + ".log");
    }

    /** Which process that is, while it runs. */
    public Path record(String replica) {
        return path.resolve(replica + ".process");
    }

    /** Records of processes that a supervisor did not live to delete. */
    public List<Path> records() {
        try (Stream<Path> files = Files.list(path)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".process"))
                    .filter(file -> !file.equals(supervisor()))
                    .sorted()
                    .toList();
        } catch (IOException none) {
            return List.of();
        }
    }
}

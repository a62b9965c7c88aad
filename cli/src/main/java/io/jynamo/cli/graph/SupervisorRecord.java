package io.jynamo.cli.graph;

import io.jynamo.engine.process.ProcessTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Which process a graph's supervisor is.
 *
 * @param birth tells it from any other process that had or will have its pid
 */
public record SupervisorRecord(long pid, String birth) {
    /** This process. */
    public static SupervisorRecord self() {
        long pid = ProcessHandle.current().pid();
        return new SupervisorRecord(pid, ProcessTable.birth(pid).orElse(""));
    }

    public void write(Path file) throws IOException {
        Files.writeString(file, pid + "\n" + birth + "\n");
    }

    /** The one a file says; empty where it says none. */
    public static Optional<SupervisorRecord> read(Path file) {
        try {
            List<String> lines = Files.readAllLines(file);
            return lines.size() < 2
                    ? Optional.empty()
                    : Optional.of(new SupervisorRecord(Long.parseLong(lines.get(0)), lines.get(1)));
        } catch (IOException | NumberFormatException none) {
            return Optional.empty();
        }
    }

    /** Whether it still runs. */
    public boolean isAlive() {
        return !birth.isEmpty() && ProcessTable.birth(pid).filter(birth::equals).isPresent();
    }
}

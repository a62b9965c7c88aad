package io.jynamo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A text kept under {@code src/test/resources/golden}. With {@code -Djynamo.golden=write} a run writes what it sees
 * instead of comparing; the change is then reviewed like code.
 */
final class Golden {
    private Golden() {}

    static void matches(String name, String actual) throws IOException {
        Path file = Path.of(System.getProperty("jynamo.root"), "cli/src/test/resources/golden", name);
        if ("write".equals(System.getProperty("jynamo.golden"))) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, actual);
        }
        assertThat(actual).as("golden file " + name).isEqualTo(Files.readString(file));
    }
}

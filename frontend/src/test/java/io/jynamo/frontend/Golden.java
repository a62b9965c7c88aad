package io.jynamo.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that record what names and shapes are; rewritten with {@code -Dgolden.update=true} and reviewed like code. */
final class Golden {
    private Golden() {}

    static void check(String file, String actual) {
        Path path = Path.of(System.getProperty("jynamo.root", ".."), "frontend/src/test/resources/golden", file);
        try {
            if (Boolean.getBoolean("golden.update")) {
                Files.createDirectories(path.getParent());
                Files.writeString(path, actual);
            }
            assertThat(actual).isEqualTo(Files.readString(path));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}

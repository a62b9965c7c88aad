package io.jynamo.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Folders for servers that outlive a test, below the room's own build folder. */
final class Scratch {
    private static final Path ROOT = JavaScriptWorker.ROOM.resolve("target/scratch");

    private Scratch() {}

    static Path folder(String name) {
        try {
            return Files.createTempDirectory(Files.createDirectories(ROOT), name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

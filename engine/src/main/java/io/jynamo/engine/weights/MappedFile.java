package io.jynamo.engine.weights;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A whole file mapped read-only, until closed.
 *
 * <p>The mapping is only as good as the file: one that another process truncates while it is mapped makes reads fail with
 * {@link InternalError}. Files that this program pulls are replaced by rename and never rewritten.
 */
record MappedFile(Path path, MemorySegment bytes, Arena arena) implements AutoCloseable {
    static MappedFile open(Path path) {
        if (Files.isDirectory(path)) {
            throw ModelFileProblem.missing(path, "is a folder, not a file");
        }
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return new MappedFile(path, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena), arena);
        } catch (IOException e) {
            arena.close();
            throw ModelFileProblem.unreadable(path, e);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    long size() {
        return bytes.byteSize();
    }

    @Override
    public void close() {
        arena.close();
    }
}

package io.jynamo.cli.graph;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;

/** The end of a log file, and what is added to it; a file that was put aside for a new one is read out first. */
final class LogTail implements AutoCloseable {
    private static final int CHUNK = 64 << 10;

    private final Path file;
    private final Consumer<String> told;
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream(); // a chunk may end within a character
    private Optional<RandomAccessFile> open = Optional.empty();
    private Object identity = "";

    /** @param told each line, without its end */
    LogTail(Path file, Consumer<String> told) {
        this.file = file;
        this.told = told;
    }

    /** Tells the last lines there are. */
    void last(int count) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        reopen();
        Deque<String> kept = new ArrayDeque<>();
        read(open.orElseThrow(), line -> {
            if (kept.size() == count) {
                kept.pollFirst();
            }
            if (count > 0) {
                kept.addLast(line);
            }
        });
        kept.forEach(told);
    }

    /** Tells what was added since. */
    void more() throws IOException {
        if (open.isPresent()) {
            read(open.get(), told);
        }
        if (Files.exists(file) && !identity().equals(identity)) {
            if (open.isPresent()) {
                read(open.get(), told); // what came between the last look and the change
            }
            close();
            reopen();
            read(open.orElseThrow(), told);
        }
    }

    private void read(RandomAccessFile from, Consumer<String> line) throws IOException {
        byte[] chunk = new byte[CHUNK];
        for (int count = from.read(chunk); count > 0; count = from.read(chunk)) {
            for (int i = 0; i < count; i++) {
                if (chunk[i] == '\n') {
                    line.accept(begun.toString(StandardCharsets.UTF_8));
                    begun.reset();
                } else {
                    begun.write(chunk[i]);
                }
            }
        }
    }

    private void reopen() throws IOException {
        open = Optional.of(new RandomAccessFile(file.toFile(), "r"));
        identity = identity();
    }

    private Object identity() throws IOException {
        Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return key == null ? "" : key;
    }

    @Override
    public void close() throws IOException {
        if (open.isPresent()) {
            open.get().close();
            open = Optional.empty();
        }
    }
}

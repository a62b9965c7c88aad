package io.jynamo.cli.graph;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The end of a log file, and what is added to it; a file that was put aside for a new one is read out first. */
final class LogTail implements AutoCloseable {
    private static final int CHUNK = 64 << 10;

    private final Path file;
    private final Consumer<String> told;
    private final StringBuilder begun = new StringBuilder();
    private Optional<RandomAccessFile> open = Optional.empty();
    private Object identity = "";

    /** @param told each line, without its end */
    LogTail(Path file, Consumer<String> told) {
        this.file = file;
        this.told = told;
    }

    /** Tells the last lines there are. */
    void last(int count) throws IOException {
        Deque<String> kept = new ArrayDeque<>();
        if (Files.exists(file)) {
            reopen();
            RandomAccessFile from = open.orElseThrow();
            try (InputStream all = Files.newInputStream(file)) {
                byte[] bytes = all.readAllBytes(); // logs are bounded to some MiB
                from.seek(bytes.length);
                for (String line : List.of(new String(bytes, StandardCharsets.UTF_8).split("\n", -1))) {
                    if (kept.size() > count) {
                        kept.removeFirst();
                    }
                    kept.addLast(line);
                }
            }
            begun.append(kept.removeLast()); // what has no end yet
        }
        while (kept.size() > count) {
            kept.removeFirst();
        }
        kept.forEach(told);
    }

    /** Tells what was added since. */
    void more() throws IOException {
        if (open.isPresent()) {
            read(open.get());
        }
        if (Files.exists(file) && !identity().equals(identity)) {
            if (open.isPresent()) {
                read(open.get()); // what came between the last look and the change
            }
            close();
            reopen();
            read(open.orElseThrow());
        }
    }

    private void read(RandomAccessFile from) throws IOException {
        byte[] chunk = new byte[CHUNK];
        for (int count = from.read(chunk); count > 0; count = from.read(chunk)) {
            begun.append(new String(chunk, 0, count, StandardCharsets.UTF_8));
            int start = 0;
            for (int end = begun.indexOf("\n"); end >= 0; end = begun.indexOf("\n", start)) {
                told.accept(begun.substring(start, end));
                start = end + 1;
            }
            begun.delete(0, start);
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

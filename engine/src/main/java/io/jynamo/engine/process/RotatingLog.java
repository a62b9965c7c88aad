package io.jynamo.engine.process;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A log file of bounded size: full, it becomes {@code .1}, what was that {@code .2}, and the oldest is gone. A disk that
 * takes nothing loses lines and stops nobody.
 */
public final class RotatingLog implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RotatingLog.class.getName());

    private final Path file;
    private final long maxBytes;
    private final int kept;
    private @Nullable OutputStream out;
    private long bytes;
    private boolean failed;

    /**
     * Opens nothing yet.
     *
     * @param maxBytes size of one file at most
     * @param kept older ones that are kept
     */
    public RotatingLog(Path file, long maxBytes, int kept) {
        this.file = file;
        this.maxBytes = maxBytes;
        this.kept = kept;
    }

    /** Adds a line. */
    public synchronized void line(String line) {
        byte[] text = (line + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            OutputStream to = open(text.length);
            to.write(text);
            to.flush();
            bytes += text.length;
            failed = false;
        } catch (IOException e) {
            if (!failed) {
                failed = true;
                LOG.log(
                        System.Logger.Level.WARNING,
                        "lines are lost: " + file + " cannot be written: " + e.getMessage());
            }
        }
    }

    private OutputStream open(int more) throws IOException {
        OutputStream current = out;
        if (current != null && bytes + more > maxBytes && bytes > 0) {
            close();
            rotate();
            current = null;
        }
        if (current == null) {
            Files.createDirectories(file.toAbsolutePath().getParent());
            bytes = Files.exists(file) ? Files.size(file) : 0;
            if (bytes + more > maxBytes && bytes > 0) {
                rotate();
                bytes = 0;
            }
            current = new BufferedOutputStream(
                    Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
            out = current;
        }
        return current;
    }

    private void rotate() throws IOException {
        for (int i = kept; i > 0; i--) {
            Path from = i == 1 ? file : old(i - 1);
            if (Files.exists(from)) {
                Files.move(from, old(i), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.deleteIfExists(file);
    }

    private Path old(int age) {
        return file.resolveSibling(file.getFileName() + "." + age);
    }

    @Override
    public synchronized void close() {
        OutputStream current = out;
        out = null;
        if (current == null) {
            return;
        }
        try {
            current.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, file + " did not close cleanly", e);
        }
    }
}

package io.jynamo.frontend.keys;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Reads the key file again when it has changed, a second later at most; what is wrong with it then is logged, and the keys
 * that were there stay.
 *
 * <p>It is looked at by name each time, so that a file put in its place, or a link turned to another, is seen. A change that
 * leaves time and size alone is seen by its content, which is read while the file is young and every half minute anyhow.
 */
public final class KeyFileWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(KeyFileWatch.class.getName());
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final long YOUNG_MILLIS = 5_000;
    private static final int LOOKS_PER_READ = 30;

    /** What a file is known by without being read. */
    private record Stamp(
            FileTime changed, long size, @Nullable Object inode) {}

    private final Path file;
    private final KeyRing ring;
    private final LongAdder reloads = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final Thread thread = Thread.ofVirtual().name("key-file").unstarted(this::run);
    private @Nullable Stamp stamp;
    private byte[] content = new byte[0];
    private boolean begun;
    private String problem = "";
    private int looks;

    private KeyFileWatch(Path file, KeyRing ring) {
        this.file = file;
        this.ring = ring;
    }

    /**
     * Reads the file and watches it from now on.
     *
     * @throws JynamoException INVALID_CONFIGURATION when it cannot be read or is wrong
     */
    public static KeyFileWatch start(Path file, KeyRing ring) {
        KeyFileWatch watch = open(file, ring);
        watch.thread.start();
        return watch;
    }

    /** Reads the file; looks again only when told. */
    static KeyFileWatch open(Path file, KeyRing ring) {
        KeyFileWatch watch = new KeyFileWatch(file, ring);
        try {
            watch.read();
        } catch (IOException unreadable) {
            throw new JynamoException(ErrorCode.INVALID_CONFIGURATION, watch.unreadable(unreadable), unreadable);
        }
        return watch;
    }

    /** How often it was read anew with success. */
    public long reloads() {
        return reloads.sum();
    }

    /** How often what was found could not be taken. */
    public long failures() {
        return failures.sum();
    }

    private void run() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Thread.sleep(PAUSE);
                look();
            } catch (InterruptedException closed) {
                return;
            } catch (RuntimeException defect) {
                LOG.log(System.Logger.Level.ERROR, "the key file is not looked at this time", defect);
            }
        }
    }

    /** Reads the file if it may have changed. */
    void look() {
        try {
            looks++;
            if (!mayHaveChanged()) {
                return;
            }
            boolean news = read();
            problem = "";
            if (news) {
                reloads.increment();
                LOG.log(System.Logger.Level.INFO, "key file " + file + " was read again");
            }
        } catch (IOException unreadable) {
            tell(unreadable(unreadable));
        } catch (JynamoException wrong) {
            tell(String.valueOf(wrong.getMessage()));
        }
    }

    private boolean mayHaveChanged() throws IOException {
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
        long age = System.currentTimeMillis() - now.lastModifiedTime().toMillis();
        return !stampOf(now).equals(stamp) || Math.abs(age) < YOUNG_MILLIS || looks % LOOKS_PER_READ == 0;
    }

    private static Stamp stampOf(BasicFileAttributes attributes) {
        return new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
    }

    /** Takes what the file says; false where that is nothing new. What is wrong is told once for each content. */
    private boolean read() throws IOException {
        stamp = stampOf(Files.readAttributes(file, BasicFileAttributes.class));
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(KeyFile.MAX_SIZE + 1);
        }
        if (bytes.length > KeyFile.MAX_SIZE) {
            throw new JynamoException(ErrorCode.INVALID_CONFIGURATION, "key file " + file + " is larger than 16 MiB");
        }
        if (begun && Arrays.equals(bytes, content)) {
            return false;
        }
        begun = true;
        content = bytes;
        List<KeyEntry> entries = KeyFile.parse(file.toString(), bytes);
        ring.replace(entries);
        return true;
    }

    private void tell(String what) {
        if (!what.equals(problem)) {
            problem = what;
            failures.increment();
            LOG.log(System.Logger.Level.ERROR, what + "; the keys that were there before stay");
        }
    }

    private String unreadable(IOException why) {
        return "key file " + file
                + (why instanceof NoSuchFileException ? " does not exist" : " cannot be read: " + why.getMessage());
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(PAUSE.toMillis());
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.jynamo.runtime.discovery;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The files that this process announces itself by: writes them, keeps their leases, and puts back what is missing. */
final class FolderOwner {
    private static final System.Logger LOG = System.getLogger(FolderOwner.class.getName());
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** How long closing waits for a file system that hangs. */
    private static final Duration CLOSING = Duration.ofSeconds(2);

    /** One file of ours, as we last wrote it; used by the loop's thread alone but for the key. */
    private static final class Holding {
        final String key;
        final Path file;
        Entry entry;

        @Nullable
        FileIdentity written;

        boolean takenOver;

        Holding(Entry entry, Path file) {
            this.key = entry.key();
            this.file = file;
            this.entry = entry;
        }
    }

    private final Path root;
    private final LeaseOwner owner;
    private final Duration beat;
    private final SerialLoop loop;
    private final Map<String, Holding> holdings = new ConcurrentHashMap<>();
    private final OnceEach warned = new OnceEach();
    private long temporaries;
    private volatile boolean closed;

    FolderOwner(Path root, Duration ttl, LeaseOwner owner) {
        this.root = root;
        this.owner = owner;
        beat = ttl.dividedBy(3);
        loop = new SerialLoop("discovery-lease", root.toString());
        loop.later(this::beat, beat);
    }

    Registration publish(Entry entry) {
        if (closed) {
            throw Refusals.closed();
        }
        var holding = new Holding(entry, root.resolve(FileRecord.fileName(entry.key())));
        if (holdings.putIfAbsent(entry.key(), holding) != null) {
            throw Refusals.twice(entry.key());
        }
        try {
            loop.run(() -> announce(holding), PATIENCE);
        } catch (RuntimeException e) {
            holdings.remove(entry.key(), holding);
            loop.later(() -> withdraw(holding), Duration.ZERO);
            throw e;
        }
        return new Registration() {
            @Override
            public void update(byte[] value) {
                Entry next = new Entry(holding.key, value);
                loop.run(() -> FolderOwner.this.update(holding, next), PATIENCE);
            }

            @Override
            public void close() {
                FolderOwner.this.close(holding);
            }
        };
    }

    private void announce(Holding holding) {
        if (closed) { // what close() withdraws does not have this one
            throw Refusals.closed();
        }
        orRefuse(() -> write(holding));
    }

    private void update(Holding holding, Entry next) {
        if (holdings.get(holding.key) != holding) {
            return;
        }
        holding.entry = next;
        orRefuse(() -> {
            if (isOurs(holding)) {
                holding.written = null; // until it is written, the next heartbeat tries again
                write(holding);
            }
        });
    }

    private void close(Holding holding) {
        if (holdings.remove(holding.key, holding)) {
            try {
                loop.run(() -> withdraw(holding), CLOSING);
            } catch (JynamoException e) {
                LOG.log(System.Logger.Level.WARNING, "{0} goes with its lease only: {1}", holding.file, e.getMessage());
            }
        }
    }

    /** Everything at once: one wait, however many there are. */
    void close() {
        closed = true;
        List<Holding> all = List.copyOf(holdings.values());
        holdings.clear();
        try {
            loop.run(() -> all.forEach(this::withdraw), CLOSING);
        } catch (JynamoException e) {
            LOG.log(System.Logger.Level.WARNING, "what is in {0} goes with its lease only: {1}", root, e.getMessage());
        }
        loop.close(CLOSING);
    }

    private interface Step {
        void run() throws IOException;
    }

    private void orRefuse(Step step) {
        try {
            step.run();
        } catch (IOException | UncheckedIOException e) {
            throw refusal(e);
        }
    }

    private JynamoException refusal(Exception e) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("No space left") || message.contains("quota exceeded")) {
            return new JynamoException(
                    ErrorCode.DISK_FULL, "No entry of discovery can be written in " + root + ": " + message + ".", e);
        }
        return Refusals.unreachable(root.toString(), reason(e), e);
    }

    static String reason(Exception e) {
        return e.getClass().getSimpleName() + ": " + e.getMessage();
    }

    /** Others see the whole file or the one before, never half of one. */
    private void write(Holding holding) throws IOException {
        Files.createDirectories(root);
        Path temporary = root.resolve("~" + owner.handle() + "-" + temporaries++ + FolderReader.TEMPORARY);
        try {
            byte[] bytes = new FileRecord(holding.entry, owner).bytes();
            Files.write(temporary, bytes, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            FileIdentity identity = FileIdentity.of(FileIdentity.attributes(temporary));
            Files.move(temporary, holding.file, StandardCopyOption.ATOMIC_MOVE);
            holding.written = identity;
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private void beat() {
        try {
            holdings.values().forEach(this::tendOrWarn);
        } finally {
            loop.later(this::beat, beat);
        }
    }

    private void tendOrWarn(Holding holding) {
        try {
            tend(holding);
        } catch (IOException | UncheckedIOException e) {
            if (warned.first(holding.key + e)) {
                LOG.log(System.Logger.Level.WARNING, "{0} cannot be kept: {1}", holding.file, reason(e));
            }
        }
    }

    private void tend(Holding holding) throws IOException {
        if (!isOurs(holding)) {
            return;
        }
        if (holding.written == null) {
            write(holding);
        } else {
            Files.setLastModifiedTime(holding.file, FileTime.from(Instant.now()));
        }
    }

    /** Whether the file is the one we wrote, or we may write it; {@code written} is null where we must. */
    private boolean isOurs(Holding holding) throws IOException {
        Optional<FileIdentity> there = identity(holding.file);
        if (there.isPresent() && there.get().equals(holding.written)) {
            return true;
        }
        boolean ours = true;
        if (there.isEmpty()) {
            holding.written = null;
        } else {
            switch (FileRecord.read(bytes(holding.file))) {
                case FileRecord.Reading.Whole(FileRecord record) -> {
                    ours = record.owner().equals(owner);
                    // A copy of our file, or one whose creation the file system does not know, is as good.
                    holding.written = record.entry().equals(holding.entry) && ours ? there.get() : null;
                }
                case FileRecord.Reading.Broken(String reason) -> holding.written = null;
            }
        }
        if (!ours && !holding.takenOver) {
            LOG.log(System.Logger.Level.WARNING, "another process has taken over {0}", holding.file);
        }
        holding.takenOver = !ours;
        return ours;
    }

    private static Optional<FileIdentity> identity(Path file) throws IOException {
        try {
            return Optional.of(FileIdentity.of(FileIdentity.attributes(file)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** At most as much as a record may have, and one byte to tell that there is more. */
    static byte[] bytes(Path file) throws IOException {
        try (var in = Channels.newInputStream(
                Files.newByteChannel(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            return in.readNBytes(FileRecord.MAX_BYTES + 1);
        }
    }

    private void withdraw(Holding holding) {
        try {
            Optional<FileIdentity> there = identity(holding.file);
            if (there.isPresent() && (there.get().equals(holding.written) || isOurs(holding))) {
                Files.deleteIfExists(holding.file);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.log(System.Logger.Level.WARNING, "{0} goes with its lease only: {1}", holding.file, reason(e));
        }
    }
}

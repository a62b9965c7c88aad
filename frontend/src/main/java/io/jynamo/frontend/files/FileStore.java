package io.jynamo.frontend.files;

import io.jynamo.frontend.keys.Owner;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The files that are kept in a folder, which this process has alone. Thread-safe.
 *
 * <p>How it works. A file is two: {@code ID.json} tells of it, {@code ID.data} has its bytes. The first is written, synced and
 * renamed before the second is moved into place, so that a file is there when both are: opening the folder removes the halves
 * that a crash left. What is known of them stands in memory; paths are made of ids found there, never of what clients send.
 */
public final class FileStore implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(FileStore.class.getName());
    private static final String RECORD = ".json";
    private static final String DATA = ".data";

    private final Path folder;
    private final FolderLock lock;
    private final FileLimits limits;
    private final InstantSource clock;
    private final Quota quota;
    private final TreeMap<String, StoredFile> files = new TreeMap<>();
    private final Map<String, Integer> pins = new HashMap<>();

    private FileStore(Path folder, FolderLock lock, FileLimits limits, InstantSource clock) {
        this.folder = folder;
        this.lock = lock;
        this.limits = limits;
        this.clock = clock;
        this.quota = new Quota(limits);
    }

    /**
     * Opens a folder, or begins one.
     *
     * @throws JynamoException INVALID_CONFIGURATION when it is another process's, or cannot be used
     */
    public static FileStore open(Path folder, FileLimits limits, InstantSource clock) {
        FileStore store = new FileStore(folder, FolderLock.take(folder), limits, clock);
        Disk.folder(store.kept());
        Disk.names(Disk.folder(store.drafts()))
                .forEach(name -> Disk.delete(store.drafts().resolve(name)));
        for (String name : Disk.names(store.kept())) {
            store.recover(name);
        }
        return store;
    }

    private void recover(String name) {
        Path path = kept().resolve(name);
        if (name.endsWith(DATA)) {
            if (!Files.exists(kept().resolve(stem(name, DATA) + RECORD))) {
                Disk.delete(path);
            }
        } else if (name.endsWith(RECORD) && Files.exists(kept().resolve(stem(name, RECORD) + DATA))) {
            try {
                StoredFile file = StoredFile.read(Disk.read(path));
                files.put(file.id(), file);
                quota.add(file.owner(), file.size());
            } catch (JynamoException broken) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the record " + path + " cannot be read; it is left alone",
                        broken);
            }
        } else {
            Disk.delete(path);
        }
    }

    private static String stem(String name, String ending) {
        return name.substring(0, name.length() - ending.length());
    }

    private Path kept() {
        return folder.resolve("files");
    }

    private Path drafts() {
        return folder.resolve("uploads");
    }

    /** Another part of the folder, for who keeps something beside the files. */
    public Path beside(String name) {
        return Disk.folder(folder.resolve(name));
    }

    public FileLimits limits() {
        return limits;
    }

    /** An id that no other has, and that sorts behind those before it. */
    public String newId(String prefix) {
        return prefix
                + String.format(
                        "%012x%016x",
                        clock.millis(), ThreadLocalRandom.current().nextLong());
    }

    public long nowSeconds() {
        return clock.instant().getEpochSecond();
    }

    /**
     * Begins a file, to be written and finished.
     *
     * @throws JynamoException DISK_FULL when its owner has as many as it may
     */
    FileDraft begin(Owner owner) {
        if (list(owner).size() >= limits.ownerFiles()) {
            throw new JynamoException(
                    ErrorCode.DISK_FULL,
                    "You have as many files as you may (" + limits.ownerFiles() + "); delete some first.");
        }
        String id = newId("file-");
        return FileDraft.open(id, owner, drafts().resolve(id), quota);
    }

    /** Keeps what was written: from now on it is there, whatever happens. Its bytes are counted already. */
    public void adopt(Path written, StoredFile file) {
        if (!Files.exists(written)) {
            return; // it was adopted before a crash
        }
        Disk.replace(kept().resolve(file.id() + RECORD), file.record());
        Disk.move(written, data(file.id()));
        synchronized (this) {
            files.put(file.id(), file);
        }
    }

    /** A file, or null where none of its owner has this id. */
    public synchronized @Nullable StoredFile find(Owner owner, String id) {
        StoredFile file = files.get(id);
        return file == null || !file.owner().equals(owner) || isExpired(file) ? null : file;
    }

    /**
     * A file.
     *
     * @throws JynamoException NOT_FOUND
     */
    public StoredFile require(Owner owner, String id) {
        StoredFile file = find(owner, id);
        if (file == null) {
            throw new JynamoException(
                    ErrorCode.NOT_FOUND, "No file `" + id + "` of yours is kept here; it may have expired.");
        }
        return file;
    }

    /** An owner's files, the oldest first. */
    public synchronized List<StoredFile> list(Owner owner) {
        return files.values().stream()
                .filter(file -> file.owner().equals(owner) && !isExpired(file))
                .toList();
    }

    /** Where a file's bytes are. */
    public Path data(String id) {
        return kept().resolve(id + DATA);
    }

    /**
     * A file that stays until it is unpinned as often as it was pinned.
     *
     * @throws JynamoException NOT_FOUND
     */
    public synchronized StoredFile pin(Owner owner, String id) {
        StoredFile file = require(owner, id);
        pins.merge(id, 1, Integer::sum);
        return file;
    }

    /** Pins the file of a batch that was under way before a restart, though it may have expired since. */
    public synchronized void pinAgain(String id) {
        pins.merge(id, 1, Integer::sum);
    }

    public synchronized void unpin(String id) {
        pins.computeIfPresent(id, (file, count) -> count == 1 ? null : count - 1);
    }

    /**
     * Deletes a file.
     *
     * @throws JynamoException NOT_FOUND, CONFLICT when a batch needs it
     */
    public void delete(Owner owner, String id) {
        StoredFile file;
        synchronized (this) {
            file = require(owner, id);
            if (pins.containsKey(id)) {
                throw new JynamoException(
                        ErrorCode.CONFLICT,
                        "The file `" + id + "` is read by a batch that is under way; cancel that first.");
            }
            files.remove(id);
        }
        remove(file);
    }

    private void remove(StoredFile file) {
        Disk.delete(kept().resolve(file.id() + RECORD));
        Disk.delete(data(file.id()));
        quota.giveBack(file.owner(), file.size());
    }

    /** Deletes what has expired and is needed by nobody. */
    public void sweep() {
        List<StoredFile> gone = new ArrayList<>();
        synchronized (this) {
            for (StoredFile file : files.values()) {
                if (isExpired(file) && !pins.containsKey(file.id())) {
                    gone.add(file);
                }
            }
            gone.forEach(file -> files.remove(file.id()));
        }
        gone.forEach(this::remove);
    }

    private boolean isExpired(StoredFile file) {
        return file.expiresSeconds() <= nowSeconds();
    }

    /** Counts bytes that are written for an owner already. */
    public void charge(Owner owner, long bytes) {
        quota.add(owner, bytes);
    }

    /** Whether anything more of an owner may be written. */
    public boolean hasRoom(Owner owner) {
        return quota.hasRoom(owner);
    }

    public synchronized int count() {
        return files.size();
    }

    /** Bytes that all files take. */
    public long size() {
        return quota.total();
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}

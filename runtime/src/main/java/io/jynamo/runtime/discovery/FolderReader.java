package io.jynamo.runtime.discovery;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Follows the folder for a process's watches: looks at the folder's time of change many times a second, at its files when
 * that is another and once a second, and into files that are new.
 *
 * <p>It needs no notices of the system's, of which there are few to go round and none over a network, and costs one look
 * at one inode while nothing changes.
 */
final class FolderReader {
    private static final System.Logger LOG = System.getLogger(FolderReader.class.getName());
    static final String TEMPORARY = ".tmp";
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(200);
    private static final Duration SWEEP = Duration.ofSeconds(1);
    private static final Duration CLOSING = Duration.ofSeconds(2);

    /** The folder as last looked at. It is another one where its identity is. */
    private record Folder(@Nullable Object fileKey, FileTime created, FileTime changed) {
        static Folder of(BasicFileAttributes attributes) {
            return new Folder(attributes.fileKey(), attributes.creationTime(), attributes.lastModifiedTime());
        }

        boolean isSame(Folder that) {
            return created.equals(that.created) && Objects.equals(fileKey, that.fileKey);
        }
    }

    private final Path root;
    private final Duration ttl;
    private final FolderView view;
    private final Thread thread;
    private final List<Feed> feeds = new CopyOnWriteArrayList<>();
    private volatile boolean newcomers;
    private volatile boolean closed;

    // The thread's own.
    private final OnceEach warned = new OnceEach();
    private @Nullable Folder last;
    private boolean again;
    private boolean broken;
    private boolean read;
    private long nextSweep = System.nanoTime();
    private long lastTick = System.nanoTime();

    FolderReader(Path root, Duration ttl, ProcessTable processes) {
        this.root = root;
        this.ttl = ttl;
        view = new FolderView(ttl, processes);
        thread = Thread.ofVirtual().name("discovery-folder").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    void add(Feed feed) {
        feeds.add(feed);
        newcomers = true;
        LockSupport.unpark(thread);
    }

    void remove(Feed feed) {
        feeds.remove(feed);
    }

    void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            if (thread.getState() != Thread.State.NEW && !thread.join(CLOSING)) {
                LOG.log(System.Logger.Level.WARNING, "the file system of {0} does not answer", root);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closed) {
            long began = System.nanoTime();
            try {
                tick(began);
            } catch (RuntimeException e) {
                if (warned.first(e.toString())) {
                    LOG.log(System.Logger.Level.WARNING, "reading " + root + " failed", e);
                }
            }
            // A folder in turmoil takes a tenth of a core at most.
            long pause = Math.clamp(10 * (System.nanoTime() - began), PAUSE.toNanos(), LONGEST_PAUSE.toNanos());
            if (!newcomers && !closed) {
                LockSupport.parkNanos(pause);
            }
        }
    }

    private void tick(long now) {
        if (now - lastTick > ttl.toNanos() / 2) {
            view.stoodStill(lastTick, now);
        }
        lastTick = now;
        boolean tellAll = newcomers;
        newcomers = false;
        try {
            tellAll |= look(now);
        } catch (IOException | DirectoryIteratorException e) {
            broken = true;
            if (tellAll) { // a watch that begins now is told what is known
                feeds.forEach(feed -> feed.replace(view.entries()));
            }
            var state = new StoreState.Unreachable(root + " cannot be read: " + FolderOwner.reason(e));
            feeds.forEach(feed -> feed.store(state));
            return;
        }
        if (tellAll) {
            tell();
        }
    }

    private void tell() {
        List<Entry> entries = view.entries();
        for (Feed feed : feeds) {
            feed.replace(entries);
            feed.store(new StoreState.Reachable());
        }
    }

    /** Returns whether there is something to tell. */
    private boolean look(long now) throws IOException {
        if (!read) {
            Files.createDirectories(root);
        }
        Folder folder = Folder.of(directory());
        boolean recovered = broken || (last != null && !folder.isSame(last));
        if (recovered && read) {
            view.keepMissingUntil(now + ttl.toNanos());
        }
        boolean moved = !folder.equals(last);
        boolean changed = recovered;
        if (moved || again || broken || now - nextSweep >= 0) {
            List<Path> files = list();
            if (!Folder.of(directory()).isSame(folder)) {
                throw new NoSuchFileException(root.toString(), null, "it was taken away while it was read");
            }
            changed |= sweep(files, now);
            changed |= !read;
            // What changed within the folder's tick of time looks like what was seen, so look once more.
            again = moved;
            last = folder;
            nextSweep = now + Math.min(SWEEP.toNanos(), ttl.toNanos() / 4);
            read = true;
            broken = false;
        }
        changed |= view.buryTheDead(now);
        return changed;
    }

    private BasicFileAttributes directory() throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(root, BasicFileAttributes.class);
        if (!attributes.isDirectory()) {
            throw new IOException("it is not a directory");
        }
        return attributes;
    }

    private List<Path> list() throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(root)) {
            for (Path file : stream) {
                if (files.size() == FolderView.MAX_FILES) {
                    warn(file, "it is one of more than " + FolderView.MAX_FILES);
                    break;
                }
                files.add(file);
            }
        }
        return files;
    }

    private boolean sweep(List<Path> files, long now) throws IOException {
        view.begin();
        for (Path file : files) {
            String name = file.getFileName().toString();
            Optional<String> key = FileRecord.key(name);
            if (key.isPresent()) {
                view.look(file, key.get(), now).ifPresent(wrong -> warn(file, wrong));
            } else if (name.startsWith("~") && name.endsWith(TEMPORARY)) {
                view.dropIfOld(file);
            } else {
                warn(file, "its name is not that of an entry");
            }
        }
        return view.end(now);
    }

    private void warn(Path file, String wrong) {
        if (warned.first(file + wrong)) {
            LOG.log(System.Logger.Level.WARNING, "{0} is ignored: {1}", file, wrong);
        }
    }
}

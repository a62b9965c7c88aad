package io.jynamo.runtime.discovery;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a folder that are alive, and the removal of the others' files. A file counts while its lease runs, and
 * its owner does where that is a process of this host. Used by its reader's thread alone.
 */
final class FolderView {
    private static final System.Logger LOG = System.getLogger(FolderView.class.getName());
    static final int MAX_FILES = 65_536;
    /** How many owners are asked after in one go, so that thousands on one host do not cost a core. */
    private static final int OWNERS_AT_ONCE = 64;

    private static final Duration OLD_TEMPORARY = Duration.ofMinutes(10);

    /** A file and what was last read in it; nothing where it never held an entry. */
    private static final class Seen {
        final Path file;

        @Nullable
        FileIdentity identity;

        @Nullable
        FileRecord record;

        boolean told;
        /** Its owner, a process of this host, has died. */
        boolean dead;
        /** It holds nothing, but looks as if a process of ours had begun it. */
        boolean remains;

        Seen(Path file) {
            this.file = file;
        }
    }

    private final ProcessTable processes;
    private final LeaseBook leases;
    private final Map<String, Seen> files = new HashMap<>();
    private List<LeaseOwner> owners = List.of();
    private int nextOwner;
    private final Set<String> listed = new HashSet<>();
    private boolean changed;
    private boolean forgives;
    private long keptUntil;

    FolderView(Duration ttl, ProcessTable processes) {
        this.processes = processes;
        leases = new LeaseBook(ttl);
    }

    List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        for (Seen seen : files.values()) {
            if (seen.told && seen.record != null) {
                entries.add(seen.record.entry());
            }
        }
        return entries;
    }

    /** The folder was away: what is not back yet counts until then, for its owner to put it back. */
    void keepMissingUntil(long until) {
        forgives = true;
        keptUntil = until;
    }

    void stoodStill(long before, long now) {
        leases.stoodStill(before, now);
    }

    void begin() {
        listed.clear();
        changed = false;
    }

    /** Looks at a listed file and returns what is wrong with it, if something is. */
    Optional<String> look(Path file, String key, long now) {
        String name = file.getFileName().toString();
        listed.add(name);
        try {
            BasicFileAttributes attributes = FileIdentity.attributes(file);
            if (!attributes.isRegularFile()) {
                return Optional.of("it is no regular file");
            }
            Seen seen = files.computeIfAbsent(name, n -> new Seen(file));
            observe(name, attributes, now);
            FileIdentity identity = FileIdentity.of(attributes);
            return identity.equals(seen.identity) ? Optional.empty() : read(seen, key, identity);
        } catch (NoSuchFileException e) {
            listed.remove(name); // withdrawn since
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(FolderOwner.reason(e));
        }
    }

    private void observe(String name, BasicFileAttributes attributes, long now) {
        FileTime changedAt = attributes.lastModifiedTime();
        Duration age = Duration.between(changedAt.toInstant(), Instant.now());
        leases.observe(name, changedAt.to(TimeUnit.NANOSECONDS), age, now);
    }

    private Optional<String> read(Seen seen, String key, FileIdentity identity) throws IOException {
        if (identity.size() > FileRecord.MAX_BYTES) {
            return Optional.of("it has " + identity.size() + " bytes");
        }
        byte[] bytes = FolderOwner.bytes(seen.file);
        seen.identity = identity;
        switch (FileRecord.read(bytes)) {
            case FileRecord.Reading.Broken(String reason) -> {
                seen.remains = seen.record == null && FileRecord.looksBegun(bytes);
                return Optional.of(reason);
            }
            case FileRecord.Reading.Whole(FileRecord record) -> {
                if (!record.entry().key().equals(key)) {
                    return Optional.of("it holds " + record.entry().key());
                }
                seen.record = record;
                seen.dead = processes.isDead(record.owner());
                changed = true;
                return Optional.empty();
            }
        }
    }

    /** Judges all files after they were looked at; returns whether the entries are others. */
    boolean end(long now) {
        if (forgives && now - keptUntil >= 0) {
            forgives = false;
        }
        for (var file : List.copyOf(files.entrySet())) {
            judge(file.getKey(), file.getValue(), now);
        }
        if (changed) {
            owners = files.values().stream()
                    .map(seen -> seen.told ? seen.record : null)
                    .filter(Objects::nonNull)
                    .map(FileRecord::owner)
                    .filter(processes::isHere)
                    .distinct()
                    .toList();
        }
        return changed;
    }

    private void judge(String name, Seen seen, long now) {
        if (!listed.contains(name)) {
            if (!(forgives && seen.told)) {
                tell(seen, false);
                files.remove(name);
                leases.forget(name);
            }
            return;
        }
        boolean over = leases.isOver(name, now);
        tell(seen, seen.record != null && !over && !seen.dead);
        boolean ours = seen.record != null || seen.remains;
        if (ours && (seen.dead || (over && leases.isAbandoned(name, now)))) {
            remove(name, seen, now);
        }
    }

    private void tell(Seen seen, boolean alive) {
        if (seen.told != alive) {
            seen.told = alive;
            changed = true;
        }
    }

    /** Its owner may have come back, or another taken its place, since it was looked at. */
    private void remove(String name, Seen seen, long now) {
        try {
            BasicFileAttributes attributes = FileIdentity.attributes(seen.file);
            observe(name, attributes, now);
            boolean same = FileIdentity.of(attributes).equals(seen.identity);
            if (same && (seen.dead || leases.isAbandoned(name, now))) {
                Files.deleteIfExists(seen.file);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "{0} was not removed: {1}", seen.file, FolderOwner.reason(e));
        }
    }

    /** Asks after some of the owners on this host, the next ones each time; returns whether entries died with one. */
    boolean buryTheDead(long now) {
        boolean buried = false;
        for (int i = Math.min(OWNERS_AT_ONCE, owners.size()); i > 0; i--) {
            nextOwner = (nextOwner + 1) % owners.size();
            LeaseOwner owner = owners.get(nextOwner);
            if (processes.isDead(owner)) {
                buried |= bury(owner, now);
            }
        }
        return buried;
    }

    private boolean bury(LeaseOwner owner, long now) {
        boolean buried = false;
        for (var file : files.entrySet()) {
            Seen seen = file.getValue();
            if (seen.record != null && seen.record.owner().equals(owner) && !seen.dead) {
                seen.dead = true;
                buried |= seen.told;
                seen.told = false;
                remove(file.getKey(), seen, now);
            }
        }
        return buried;
    }

    /** Temporary files live for a moment; one that is old was left by a process that died while it wrote. */
    void dropIfOld(Path temporary) {
        try {
            FileTime changed = FileIdentity.attributes(temporary).lastModifiedTime();
            if (changed.toInstant().isBefore(Instant.now().minus(OLD_TEMPORARY))) {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "{0} was not removed: {1}", temporary, FolderOwner.reason(e));
        }
    }
}

package io.jynamo.frontend.batch;

import io.jynamo.frontend.files.Disk;
import io.jynamo.frontend.keys.Owner;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All batches as they stood when they were last put here, in a folder and in memory. Thread-safe; one thread at a time puts a
 * batch.
 */
final class BatchShelf {
    private static final System.Logger LOG = System.getLogger(BatchShelf.class.getName());
    private static final String RECORD = ".json";

    private final Path folder;
    private final TreeMap<String, Batch> batches = new TreeMap<>();

    private BatchShelf(Path folder) {
        this.folder = folder;
    }

    static BatchShelf open(Path folder) {
        BatchShelf shelf = new BatchShelf(folder);
        for (String name : Disk.names(folder)) {
            if (!name.endsWith(RECORD)) {
                continue; // of a batch that is under way, or left by a crash
            }
            try {
                Batch batch = BatchRecord.read(Disk.read(folder.resolve(name)));
                shelf.batches.put(batch.id(), batch);
            } catch (RuntimeException broken) {
                LOG.log(System.Logger.Level.WARNING, "the batch " + name + " cannot be read; it is left alone", broken);
            }
        }
        return shelf;
    }

    /** Where a batch that is under way writes its answers. */
    Path output(String id) {
        return folder.resolve(id + ".output");
    }

    /** Where a batch that is under way writes what was not answered. */
    Path errors(String id) {
        return folder.resolve(id + ".errors");
    }

    /** Keeps a batch as it is now: it stays so, whatever happens. */
    void put(Batch batch) {
        Disk.replace(folder.resolve(batch.id() + RECORD), BatchRecord.kept(batch));
        show(batch);
    }

    /** Shows a batch as it is now, which may be forgotten in a crash. */
    synchronized void show(Batch batch) {
        batches.put(batch.id(), batch);
    }

    synchronized @Nullable Batch find(String id) {
        return batches.get(id);
    }

    /** @throws JynamoException NOT_FOUND */
    synchronized Batch require(Owner owner, String id) {
        Batch batch = batches.get(id);
        if (batch == null || !batch.owner().equals(owner)) {
            throw new JynamoException(ErrorCode.NOT_FOUND, "No batch `" + id + "` of yours is kept here.");
        }
        return batch;
    }

    /** An owner's batches, the oldest first. */
    synchronized List<Batch> list(Owner owner) {
        return batches.values().stream()
                .filter(batch -> batch.owner().equals(owner))
                .toList();
    }

    /** Those that are not over, the oldest first. */
    synchronized List<Batch> underWay() {
        return batches.values().stream()
                .filter(batch -> !batch.status().isOver())
                .toList();
    }

    /** How many there are, by status. */
    synchronized Map<BatchStatus, Integer> counts() {
        Map<BatchStatus, Integer> counts = new EnumMap<>(BatchStatus.class);
        for (BatchStatus status : BatchStatus.values()) {
            counts.put(status, 0);
        }
        batches.values().forEach(batch -> counts.merge(batch.status(), 1, Integer::sum));
        return counts;
    }

    /** Forgets those that were over before that time. */
    void sweep(long beforeSeconds) {
        List<Batch> old = new ArrayList<>();
        synchronized (this) {
            for (Batch batch : batches.values()) {
                if (batch.status().isOver() && batch.overSeconds() < beforeSeconds) {
                    old.add(batch);
                }
            }
        }
        for (Batch batch : old) {
            Disk.delete(folder.resolve(batch.id() + RECORD));
            synchronized (this) {
                batches.remove(batch.id());
            }
        }
    }
}

package io.jynamo.frontend.routing;

import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.router.Router;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The workers that the selection service was told of, and the partitions of those that can be chosen. A worker that was
 * told too little of waits until more is told. Changes come one at a time; reading waits for none.
 */
final class WorkerCatalog implements AutoCloseable {
    private static final int MOST_WORKERS = 16_384;
    private static final int MOST_PARTITIONS = 1_024;

    private final KvSource.Opener opener;
    private final Inheritance inheritance;
    private final IntFunction<Router> routers;
    private final Consumer<RankSlot> onGone;
    private final LongSupplier nanoTime;
    private final boolean needsSteps;
    private final ReentrantLock changing = new ReentrantLock();
    private final ConcurrentSkipListMap<Long, Entry> workers = new ConcurrentSkipListMap<>(Long::compareUnsigned);
    private final ConcurrentSkipListMap<PartitionKey, SelectionPartition> partitions = new ConcurrentSkipListMap<>();

    /**
     * A catalogue of nobody.
     *
     * @param inheritance what a peer knew
     * @param routers make one of the block size
     * @param onGone told of a rank that cannot be chosen any more, after it has left
     * @param needsSteps whether a worker can be chosen only if it is known how many prompt tokens it computes in a step
     */
    WorkerCatalog(
            KvSource.Opener opener,
            Inheritance inheritance,
            IntFunction<Router> routers,
            Consumer<RankSlot> onGone,
            LongSupplier nanoTime,
            boolean needsSteps) {
        this.opener = opener;
        this.inheritance = inheritance;
        this.routers = routers;
        this.onGone = onGone;
        this.nanoTime = nanoTime;
        this.needsSteps = needsSteps;
    }

    /** How far a worker is. */
    enum Lifecycle {
        INCOMPLETE,
        SCHEDULABLE,
        UNSCHEDULABLE
    }

    /**
     * One worker.
     *
     * @param faults why it cannot be chosen; none where it can
     * @param slots its ranks, where it can be chosen
     */
    record Entry(
            long id,
            PartitionKey key,
            WorkerDetails details,
            Lifecycle lifecycle,
            List<String> faults,
            List<RankSlot> slots) {
        void write(JsonWriter out) {
            out.beginObject().name("worker_id");
            Unsigned.write(out, id);
            out.name("model_name").value(key.model());
            out.name("routing_group").value(key.group());
            out.name("lifecycle").value(lifecycle.name().toLowerCase(Locale.ROOT));
            details.write(out);
            if (!faults.isEmpty()) {
                out.name("not_schedulable_reasons").tree(faults);
            }
            out.endObject();
        }
    }

    /** Takes a worker up, in place of what was told of it before. */
    Entry put(Fields fields) {
        long id = fields.u64("worker_id");
        PartitionKey key = PartitionKey.of(fields, true);
        WorkerDetails details = WorkerDetails.NONE.with(fields);
        changing.lock();
        try {
            Entry before = workers.get(id);
            if (before == null && workers.size() >= MOST_WORKERS) {
                throw new JynamoException(
                        ErrorCode.OVERLOADED,
                        "at most " + MOST_WORKERS + " workers are kept; delete those that are gone");
            }
            return change(before, id, key, details);
        } finally {
            changing.unlock();
        }
    }

    /** Adds to what is known of a worker. */
    Entry patch(long id, Fields fields) {
        changing.lock();
        try {
            Entry before = require(id);
            return change(before, id, before.key(), before.details().with(fields));
        } finally {
            changing.unlock();
        }
    }

    Entry remove(long id) {
        changing.lock();
        try {
            Entry before = require(id);
            workers.remove(id);
            leave(before, List.of());
            return new Entry(id, before.key(), before.details(), Lifecycle.UNSCHEDULABLE, List.of(), List.of());
        } finally {
            changing.unlock();
        }
    }

    private Entry require(long id) {
        Entry entry = workers.get(id);
        if (entry == null) {
            throw new JynamoException(ErrorCode.WORKER_NOT_FOUND, "worker " + Long.toUnsignedString(id) + " not found");
        }
        return entry;
    }

    /** What serves on as it was keeps its events and its bookings. */
    private Entry change(@Nullable Entry before, long id, PartitionKey key, WorkerDetails details) {
        List<String> faults = new ArrayList<>(details.faults());
        if (needsSteps && details.policy().maxBatchedTokens() == null) {
            faults.add("max_num_batched_tokens is required where requests wait (--router-queue-threshold)");
        }
        List<RankSlot> kept = before == null || !before.key().equals(key) || !faults.isEmpty()
                ? List.of()
                : before.slots().stream()
                        .filter(slot -> slot.address()
                                .equals(address(details, slot.rank().rank())))
                        .toList();
        if (before != null) {
            leave(before, kept);
        }
        List<RankSlot> slots = List.of();
        if (faults.isEmpty()) {
            slots = join(id, key, details, kept, faults);
        }
        Lifecycle lifecycle = faults.isEmpty() ? Lifecycle.SCHEDULABLE : Lifecycle.INCOMPLETE;
        Entry entry = new Entry(id, key, details, lifecycle, List.copyOf(faults), slots);
        workers.put(id, entry);
        return entry;
    }

    private List<RankSlot> join(
            long id, PartitionKey key, WorkerDetails details, List<RankSlot> kept, List<String> faults) {
        int blockTokens = Math.toIntExact(details.blockSize() == null ? 0 : details.blockSize());
        SelectionPartition partition = partitions.get(key);
        if (partition != null && partition.blockTokens() != blockTokens) {
            faults.add("reconciliation failed: block_size mismatch for " + key + ": existing=" + partition.blockTokens()
                    + " requested=" + blockTokens);
            return List.of();
        }
        if (partition == null) {
            if (partitions.size() >= MOST_PARTITIONS) {
                faults.add("at most " + MOST_PARTITIONS + " models and routing groups are kept");
                return List.of();
            }
            partition = new SelectionPartition(key, blockTokens, routers.apply(blockTokens));
            partitions.put(key, partition);
        }
        List<RankSlot> slots = new ArrayList<>(kept);
        kept.forEach(slot -> slot.tell(details));
        for (long at = details.start(); at < details.start() + details.size(); at++) {
            int number = (int) at;
            if (kept.stream().noneMatch(slot -> slot.rank().rank() == number)) {
                KvSource.Address address = address(details, number);
                Rank rank = new Rank(id, number);
                KvSource source = opener.open(address);
                source.inherit(inheritance.of(key, rank, blockTokens));
                RankSlot slot = new RankSlot(rank, address, source, details, nanoTime);
                partition.join(slot);
                slots.add(slot);
            }
        }
        return List.copyOf(slots);
    }

    private static KvSource.Address address(WorkerDetails details, int rank) {
        String at = details.events(Integer.toUnsignedLong(rank));
        long blockTokens = details.blockSize() == null ? 0 : details.blockSize();
        return new KvSource.Address(at == null ? "" : at, details.replayEndpoint(), (int) blockTokens);
    }

    private void leave(Entry entry, List<RankSlot> but) {
        SelectionPartition partition = partitions.get(entry.key());
        if (partition == null) {
            return;
        }
        for (RankSlot slot : entry.slots()) {
            if (!but.contains(slot)) {
                partition.leave(slot);
                onGone.accept(slot);
            }
        }
        if (partition.slots().isEmpty()) {
            partitions.remove(entry.key());
            partition.close();
        }
    }

    List<Entry> workers() {
        return List.copyOf(workers.values());
    }

    List<SelectionPartition> partitions() {
        return List.copyOf(partitions.values());
    }

    /**
     * The partition.
     *
     * @throws JynamoException NOT_READY where it has nobody
     */
    SelectionPartition require(PartitionKey key) {
        SelectionPartition partition = partitions.get(key);
        if (partition == null) {
            throw new JynamoException(
                    ErrorCode.NOT_READY,
                    partitions.isEmpty()
                            ? "no schedulable workers are available"
                            : "no schedulable workers for " + key);
        }
        return partition;
    }

    @Override
    public void close() {
        changing.lock();
        try {
            workers.clear();
            partitions.values().forEach(SelectionPartition::close);
            partitions.clear();
        } finally {
            changing.unlock();
        }
    }
}

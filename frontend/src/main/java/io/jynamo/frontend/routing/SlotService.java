package io.jynamo.frontend.routing;

import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.router.Placement;
import java.time.Duration;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Dynamo's slot tracker: it counts what clients say that they gave to workers, and chooses nothing. Its lock is held for
 * moments only.
 */
final class SlotService implements AutoCloseable {
    private static final int MOST_RANKS = 1 << 16;
    private static final int MOST_PARTITIONS = 1_024;
    private static final long END_OF_RANKS = 1L << 32;
    private static final int LONGEST_ID = 256;
    private static final int BESIDE_HASHES = 512;
    private static final ExpiringMap.Bounds BOUNDS = new ExpiringMap.Bounds(1 << 18, 1L << 30);

    private final LongSupplier nanoTime;
    private final ReentrantLock changing = new ReentrantLock();
    private final ConcurrentSkipListMap<PartitionKey, Tracker> trackers = new ConcurrentSkipListMap<>();
    private final ExpiringMap<Slot> slots;
    private final Replicas replicas;
    private int ranks;

    /**
     * A tracker of no workers.
     *
     * @param ttl how long a request counts of which nothing is heard
     * @param replicas makes those that are told what is done here, given who takes what they do
     */
    SlotService(Duration ttl, LongSupplier nanoTime, Function<Replicas.Listener, Replicas> replicas) {
        this.nanoTime = nanoTime;
        this.slots = new ExpiringMap<>(ttl, BOUNDS, slot -> BESIDE_HASHES + 8L * slot.blocks(), nanoTime);
        this.replicas = replicas.apply(this::hear);
    }

    /** The workers of one partition; changed under the lock. */
    private record Tracker(
            PartitionKey key,
            int blockTokens,
            ConcurrentSkipListMap<Long, Range> workers,
            ConcurrentSkipListMap<Rank, LoadLedger> ledgers) {}

    private record Range(long start, long size) {}

    private record Slot(PartitionKey key, Rank rank, int blocks, Placement.Booking booking) {}

    void addTo(RouteTable table) {
        table.open("/health", call -> ServiceAnswer.ok(200));
        table.post("/register", this::register);
        table.post("/unregister", this::unregister);
        table.get("/workers", this::workers);
        table.post("/add", this::add);
        table.post("/prefill_complete", call -> news(call, this::prefilled));
        table.post("/free", call -> news(call, this::free));
        table.get("/loads", this::loads);
        table.post("/potential_loads", this::potentialLoads);
        replicas.addTo(table);
    }

    private Answer register(Call call) {
        Fields fields = call.fields();
        long worker = fields.u64("worker_id");
        PartitionKey key = PartitionKey.of(fields, false);
        long blockTokens = fields.u32("block_size");
        Range range = new Range(fields.u32("dp_start"), fields.u32("dp_size"));
        require(fields, "block_size", blockTokens, IndexerService.MOST_BLOCK_TOKENS);
        require(fields, "dp_size", range.size(), MOST_RANKS);
        if (range.start() + range.size() > END_OF_RANKS) {
            throw new JynamoException(
                    ErrorCode.INVALID_REQUEST,
                    "dp range overflows u32: start=" + range.start() + " size=" + range.size());
        }
        changing.lock();
        try {
            enter(worker, key, (int) blockTokens, range);
        } finally {
            changing.unlock();
        }
        return ServiceAnswer.ok(201);
    }

    private static void require(Fields fields, String name, long value, long most) {
        if (value == 0) {
            throw fields.invalid(name, "must be greater than 0");
        }
        if (value > most) {
            throw fields.invalid(name, "must be at most " + most);
        }
    }

    private void enter(long worker, PartitionKey key, int blockTokens, Range range) {
        Tracker tracker = trackers.get(key);
        if (tracker != null && tracker.workers().containsKey(worker)) {
            throw new JynamoException(
                    ErrorCode.CONFLICT, "worker " + Long.toUnsignedString(worker) + " already registered for " + key);
        }
        if (tracker != null && tracker.blockTokens() != blockTokens) {
            throw new JynamoException(
                    ErrorCode.CONFLICT,
                    "block_size mismatch for " + key + ": existing=" + tracker.blockTokens() + ", requested="
                            + blockTokens);
        }
        if (ranks + range.size() > MOST_RANKS || (tracker == null && trackers.size() >= MOST_PARTITIONS)) {
            throw new JynamoException(
                    ErrorCode.OVERLOADED,
                    "at most " + MOST_RANKS + " ranks of " + MOST_PARTITIONS + " models and routing groups are kept");
        }
        if (tracker == null) {
            tracker = new Tracker(
                    key,
                    blockTokens,
                    new ConcurrentSkipListMap<>(Long::compareUnsigned),
                    new ConcurrentSkipListMap<>());
            trackers.put(key, tracker);
        }
        ranks += (int) range.size();
        tracker.workers().put(worker, range);
        for (long rank = range.start(); rank < range.start() + range.size(); rank++) {
            tracker.ledgers().put(new Rank(worker, (int) rank), new LoadLedger(blockTokens, nanoTime));
        }
    }

    private Answer unregister(Call call) {
        Fields fields = call.fields();
        long worker = fields.u64("worker_id");
        PartitionKey key = PartitionKey.of(fields, false);
        changing.lock();
        try {
            Tracker tracker = trackers.get(key);
            Range range = tracker == null ? null : tracker.workers().remove(worker);
            if (tracker == null || range == null) {
                throw notFound("worker " + Long.toUnsignedString(worker) + " not found for " + key);
            }
            ranks -= (int) range.size();
            tracker.ledgers().keySet().removeIf(rank -> rank.worker() == worker);
            if (tracker.workers().isEmpty()) {
                trackers.remove(key);
            }
        } finally {
            changing.unlock();
        }
        slots.removeAll(slot -> slot.key().equals(key) && slot.rank().worker() == worker);
        return ServiceAnswer.ok(200);
    }

    private static JynamoException notFound(String message) {
        return new JynamoException(ErrorCode.NOT_FOUND, message);
    }

    private Tracker require(PartitionKey key) {
        Tracker tracker = trackers.get(key);
        if (tracker == null) {
            throw new JynamoException(ErrorCode.MODEL_NOT_FOUND, "no slot tracker for " + key);
        }
        return tracker;
    }

    private Answer workers(Call call) {
        JsonWriter out = new JsonWriter(256).beginArray();
        for (Tracker tracker : trackers.values()) {
            if (tracker.key().matches(call)) {
                tracker.workers().forEach((worker, range) -> {
                    out.beginObject().name("worker_id");
                    Unsigned.write(out, worker);
                    out.name("model_name").value(tracker.key().model());
                    out.name("routing_group").value(tracker.key().group());
                    out.name("block_size").value((long) tracker.blockTokens());
                    out.name("dp_start").value(range.start());
                    out.name("dp_size").value(range.size()).endObject();
                });
            }
        }
        return ServiceAnswer.json(200, out.endArray());
    }

    private Answer add(Call call) {
        Fields fields = call.fields();
        Tracker tracker = require(PartitionKey.of(fields, false));
        String id = fields.atMost("request_id", fields.text("request_id"), LONGEST_ID);
        Rank rank = new Rank(fields.u64("worker_id"), (int) fields.u32("dp_rank"));
        long[] sequences = PromptInput.sequences(fields, tracker.blockTokens());
        int prefill = fields.tokens("new_isl_tokens", 0);
        var given = new ReplicaEvent.Given(tracker.key(), tracker.blockTokens(), id, rank, sequences, prefill, 0);
        book(tracker, given);
        replicas.tell(given);
        return ServiceAnswer.ok(201);
    }

    private void book(Tracker tracker, ReplicaEvent.Given given) {
        Rank rank = given.rank();
        long[] sequences = given.sequences();
        changing.lock();
        try {
            LoadLedger ledger = tracker.ledgers().get(rank);
            if (ledger == null) {
                throw new JynamoException(ErrorCode.WORKER_NOT_FOUND, rank + " not found");
            }
            Placement.Booking booking = ledger.book(sequences, given.prefillTokens());
            ExpiringMap.Added added = slots.add(
                    tracker.key().idOf(given.request()), new Slot(tracker.key(), rank, sequences.length, booking));
            if (added != ExpiringMap.Added.ADDED) {
                booking.release();
                throw added == ExpiringMap.Added.TAKEN
                        ? new JynamoException(ErrorCode.CONFLICT, "request " + given.request() + " already exists")
                        : new JynamoException(
                                ErrorCode.OVERLOADED, "as many requests are kept as may be; free those that ended");
            }
        } finally {
            changing.unlock();
        }
    }

    private Answer news(Call call, BiConsumer<Tracker, String> then) {
        Fields fields = call.fields();
        then.accept(require(PartitionKey.of(fields, false)), fields.text("request_id"));
        return ServiceAnswer.ok(200);
    }

    private void prefilled(Tracker tracker, String id) {
        Slot slot = prefilled(tracker.key(), id);
        if (slot == null) {
            throw notFound("request " + id + " not found");
        }
        replicas.tell(new ReplicaEvent.Prefilled(tracker.key(), tracker.blockTokens(), id, slot.rank()));
    }

    private @Nullable Slot prefilled(PartitionKey key, String id) {
        Slot slot = slots.touch(key.idOf(id));
        if (slot != null) {
            slot.booking().onPrefilled();
        }
        return slot;
    }

    /** Freeing what is not there is right: it may have been freed for its age. */
    private void free(Tracker tracker, String id) {
        Slot slot = free(tracker.key(), id);
        if (slot != null) {
            replicas.tell(new ReplicaEvent.Freed(tracker.key(), tracker.blockTokens(), id, slot.rank()));
        }
    }

    private @Nullable Slot free(PartitionKey key, String id) {
        Slot slot = slots.remove(key.idOf(id));
        if (slot != null) {
            slot.booking().release();
        }
        return slot;
    }

    /** What another tracker was told. */
    private boolean hear(ReplicaEvent event) {
        return switch (event) {
            case ReplicaEvent.Given given -> hearGiven(given);
            case ReplicaEvent.Prefilled prefilled -> prefilled(prefilled.key(), prefilled.request()) != null;
            case ReplicaEvent.Freed freed -> free(freed.key(), freed.request()) != null;
            case ReplicaEvent.Bound bound -> false; // it has no sessions
        };
    }

    private boolean hearGiven(ReplicaEvent.Given given) {
        Tracker tracker = trackers.get(given.key());
        if (tracker == null || tracker.blockTokens() != given.blockTokens()) {
            return false;
        }
        try {
            book(tracker, given);
            return true;
        } catch (JynamoException notKnownHere) {
            return false;
        }
    }

    private Answer loads(Call call) {
        JsonWriter out = new JsonWriter(512).beginArray();
        for (Tracker tracker : trackers.values()) {
            if (tracker.key().matches(call)) {
                new TreeMap<>(tracker.ledgers()).forEach((rank, ledger) -> {
                    out.beginObject().name("model_name").value(tracker.key().model());
                    out.name("routing_group").value(tracker.key().group());
                    writeRank(out, rank);
                    out.name("active_prefill_tokens").value(ledger.prefillTokens());
                    out.name("active_decode_blocks").value(ledger.blocks()).endObject();
                });
            }
        }
        return ServiceAnswer.json(200, out.endArray());
    }

    private Answer potentialLoads(Call call) {
        Fields fields = call.fields();
        Tracker tracker = require(PartitionKey.of(fields, false));
        long[] sequences = PromptInput.sequences(fields, tracker.blockTokens());
        int prefill = fields.tokens("new_isl_tokens", 0);
        JsonWriter out = new JsonWriter(512).beginArray();
        tracker.ledgers().forEach((rank, ledger) -> {
            out.beginObject();
            writeRank(out, rank);
            out.name("potential_prefill_tokens").value(ledger.prefillTokens() + prefill);
            out.name("potential_decode_blocks").value(ledger.blocksWith(sequences, sequences.length));
            out.name("active_requests").value((long) ledger.requests()).endObject();
        });
        return ServiceAnswer.json(200, out.endArray());
    }

    private static void writeRank(JsonWriter out, Rank rank) {
        out.name("worker_id");
        Unsigned.write(out, rank.worker());
        out.name("dp_rank").value(Integer.toUnsignedLong(rank.rank()));
    }

    /** Frees what nothing was heard of for too long. */
    void sweep() {
        slots.sweep().forEach(slot -> slot.booking().release());
    }

    Replicas replicas() {
        return replicas;
    }

    @Override
    public void close() {
        replicas.close();
    }
}

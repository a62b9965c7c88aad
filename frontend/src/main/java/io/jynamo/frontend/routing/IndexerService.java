package io.jynamo.frontend.routing;

import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.json.JsonWriter;
import io.jynamo.protocol.BlockHasher;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.TokenIds;
import io.jynamo.router.Resubscriber;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Dynamo's standalone indexer: engines are registered, their KV events heard, and whoever asks is told how much of a
 * prompt each holds. An instance is of one model and routing group.
 */
final class IndexerService implements AutoCloseable {
    private static final int MOST_LISTENERS = 16_384;
    private static final int MOST_PARTITIONS = 1_024;
    private static final int MOST_PEERS = 64;
    /** Larger blocks are nobody's. */
    static final int MOST_BLOCK_TOKENS = 1 << 16;

    private final KvSource.Opener opener;
    private final Inheritance inheritance;
    private final long indexBytes;
    private final EventCounts counts = new EventCounts();
    private final Resubscriber resubscriber = new Resubscriber();
    private final ReentrantLock changing = new ReentrantLock();
    private final ConcurrentSkipListMap<PartitionKey, IndexPartition> partitions = new ConcurrentSkipListMap<>();
    private final Map<Long, PartitionKey> instances = new ConcurrentHashMap<>();
    private final ConcurrentSkipListSet<String> peers = new ConcurrentSkipListSet<>();
    private int listening;

    /**
     * A service that knows no engine.
     *
     * @param indexBytes memory of each partition's index at most
     * @param inheritance what a peer knew
     */
    IndexerService(KvSource.Opener opener, long indexBytes, Inheritance inheritance) {
        this.opener = opener;
        this.inheritance = inheritance;
        this.indexBytes = indexBytes;
    }

    void addTo(RouteTable table) {
        table.open("/health", call -> ServiceAnswer.ok(200));
        table.get("/workers", this::workers);
        table.get("/dump", call -> dump());
        table.get("/peers", call -> peerList());
        table.post("/register", this::register);
        table.post("/unregister", this::unregister);
        table.post("/query", this::query);
        table.post("/query_by_hash", this::queryByHash);
        table.post("/register_peer", this::registerPeer);
        table.post("/deregister_peer", this::deregisterPeer);
    }

    private Answer register(Call call) {
        Fields fields = call.fields();
        long instance = fields.u64("instance_id");
        PartitionKey key = PartitionKey.of(fields, false);
        long blockTokens = fields.u32("block_size");
        Long given = fields.findU32("dp_rank");
        Rank rank = new Rank(instance, given == null ? 0 : given.intValue());
        String endpoint = require(fields.text("endpoint"));
        @Nullable String replay = fields.findText("replay_endpoint");
        if (replay != null) {
            require(replay);
        }
        if (blockTokens < 1 || blockTokens > MOST_BLOCK_TOKENS) {
            throw fields.invalid("block_size", "must be from 1 to " + MOST_BLOCK_TOKENS + ", not " + blockTokens);
        }
        join(rank, key, new KvSource.Address(endpoint, replay, (int) blockTokens));
        return ServiceAnswer.ok(201);
    }

    private static String require(String endpoint) {
        String fault = Endpoints.fault(endpoint);
        if (fault != null) {
            throw new JynamoException(ErrorCode.INVALID_REQUEST, fault);
        }
        return endpoint;
    }

    private void join(Rank rank, PartitionKey key, KvSource.Address address) {
        changing.lock();
        try {
            PartitionKey before = instances.get(rank.worker());
            if (before != null && !before.equals(key)) {
                throw conflict("instance " + rank.workerText() + " is already registered for " + before);
            }
            IndexPartition partition = partitions.get(key);
            if (partition != null && partition.blockTokens() != address.blockTokens()) {
                throw conflict("block_size mismatch for " + key + ": existing=" + partition.blockTokens()
                        + ", requested=" + address.blockTokens());
            }
            if (partition != null && partition.has(rank)) {
                throw conflict("instance " + rank.workerText() + " dp_rank " + rank.rankText() + " already registered");
            }
            if (listening >= MOST_LISTENERS || (partition == null && partitions.size() >= MOST_PARTITIONS)) {
                throw new JynamoException(
                        ErrorCode.OVERLOADED,
                        "as many engines are registered as may be: " + MOST_LISTENERS + " ranks of " + MOST_PARTITIONS
                                + " models and routing groups; unregister those that are gone");
            }
            if (partition == null) {
                partition = new IndexPartition(key, address.blockTokens(), indexBytes, resubscriber);
                partitions.put(key, partition);
            }
            instances.put(rank.worker(), key);
            listening++;
            KvSource source = opener.open(address);
            source.inherit(inheritance.of(key, rank, address.blockTokens()));
            partition.join(rank, address, source, counts);
        } finally {
            changing.unlock();
        }
    }

    private static JynamoException conflict(String message) {
        return new JynamoException(ErrorCode.CONFLICT, message);
    }

    private Answer unregister(Call call) {
        Fields fields = call.fields();
        long instance = fields.u64("instance_id");
        String model = fields.text("model_name");
        @Nullable String group = fields.findText("routing_group");
        @Nullable Long rank = group == null ? null : fields.findU32("dp_rank");
        changing.lock();
        try {
            PartitionKey key = instances.get(instance);
            if (key == null) {
                throw notFound("instance " + Long.toUnsignedString(instance) + " not found");
            }
            if (!key.model().equals(model) || (group != null && !key.group().equals(group))) {
                throw notFound("instance " + Long.toUnsignedString(instance) + " is registered for " + key);
            }
            leave(instance, key, rank);
        } finally {
            changing.unlock();
        }
        return ServiceAnswer.ok(200);
    }

    /** @param only the rank that leaves, or null for all */
    private void leave(long instance, PartitionKey key, @Nullable Long only) {
        IndexPartition partition = partitions.get(key);
        if (partition == null) {
            return;
        }
        List<Rank> ranks = ranks(partition, instance);
        List<Rank> leaving = only == null
                ? ranks
                : ranks.stream().filter(rank -> rank.rank() == only.intValue()).toList();
        if (leaving.isEmpty()) {
            throw notFound("instance " + Long.toUnsignedString(instance) + " dp_rank " + only + " not found");
        }
        leaving.forEach(partition::leave);
        listening -= leaving.size();
        if (leaving.size() == ranks.size()) {
            instances.remove(instance);
        }
        if (partition.isEmpty()) {
            partitions.remove(key);
        }
    }

    private static List<Rank> ranks(IndexPartition partition, long instance) {
        return partition.listeners().keySet().stream()
                .filter(rank -> rank.worker() == instance)
                .toList();
    }

    private static JynamoException notFound(String message) {
        return new JynamoException(ErrorCode.NOT_FOUND, message);
    }

    private Answer workers(Call call) {
        JsonWriter out = new JsonWriter(1_024).beginArray();
        for (IndexPartition partition : partitions.values()) {
            if (partition.key().matches(call)) {
                byInstance(partition.listeners())
                        .values()
                        .forEach(listeners -> writeInstance(out, partition, listeners));
            }
        }
        return ServiceAnswer.json(200, out.endArray());
    }

    private static <V> Map<Long, NavigableMap<Rank, V>> byInstance(NavigableMap<Rank, V> ranks) {
        Map<Long, NavigableMap<Rank, V>> instances = new TreeMap<>(Long::compareUnsigned);
        ranks.forEach((rank, value) -> instances
                .computeIfAbsent(rank.worker(), made -> new TreeMap<>())
                .put(rank, value));
        return instances;
    }

    private static void writeInstance(
            JsonWriter out, IndexPartition partition, NavigableMap<Rank, IndexPartition.Listener> listeners) {
        boolean failed =
                listeners.values().stream().allMatch(one -> one.source().failure() != null);
        out.beginObject().name("instance_id");
        Unsigned.write(out, listeners.firstKey().worker());
        out.name("source").value("zmq");
        out.name("status").value(failed ? "failed" : "active");
        out.name("model_name").value(partition.key().model());
        out.name("routing_group").value(partition.key().group());
        out.name("block_size").value((long) partition.blockTokens());
        out.name("endpoints").beginObject();
        listeners.forEach(
                (rank, one) -> out.name(rank.rankText()).value(one.address().endpoint()));
        out.endObject().name("listeners").beginObject();
        listeners.forEach((rank, one) -> {
            out.name(rank.rankText()).beginObject();
            out.name("endpoint").value(one.address().endpoint());
            out.name("status").value(one.status());
            String failure = one.source().failure();
            if (failure != null) {
                out.name("last_error").value(failure);
            }
            out.endObject();
        });
        out.endObject().endObject();
    }

    private Answer query(Call call) {
        Fields fields = call.fields();
        TokenIds tokens = TokenIds.of(fields.tokenIds("token_ids"));
        CacheScope scope = new CacheScope(fields.findText("lora_name"), fields.findText("cache_salt"));
        IndexPartition partition = require(PartitionKey.of(fields, false));
        return scores(
                partition,
                new BlockHasher(partition.blockTokens(), scope).hash(tokens).local());
    }

    private Answer queryByHash(Call call) {
        Fields fields = call.fields();
        if (fields.has("cache_salt")) {
            throw new JynamoException(
                    ErrorCode.INVALID_REQUEST,
                    "cache_salt is not accepted by /query_by_hash; block_hashes must already include it");
        }
        long[] hashes = fields.longs("block_hashes");
        return scores(require(PartitionKey.of(fields, false)), hashes);
    }

    private IndexPartition require(PartitionKey key) {
        IndexPartition partition = partitions.get(key);
        if (partition == null) {
            throw new JynamoException(ErrorCode.MODEL_NOT_FOUND, "no indexer for " + key);
        }
        return partition;
    }

    private static Answer scores(IndexPartition partition, long[] hashes) {
        int blockTokens = partition.blockTokens();
        Map<Long, NavigableMap<Rank, TierDepths>> instances = byInstance(partition.find(hashes));
        JsonWriter out = new JsonWriter(256 + 128 * instances.size());
        out.beginObject().name("scores").beginObject();
        instances.values().forEach(ranks -> writeScores(out, ranks, blockTokens));
        out.endObject().name("frequencies").beginArray().endArray();
        out.name("instances").beginObject();
        instances.values().forEach(ranks -> {
            out.name(ranks.firstKey().workerText());
            TierDepths.write(out, ranks, blockTokens);
        });
        return ServiceAnswer.json(200, out.endObject().endObject());
    }

    private static void writeScores(JsonWriter out, NavigableMap<Rank, TierDepths> ranks, int blockTokens) {
        if (ranks.values().stream().noneMatch(depths -> depths.device() > 0)) {
            return;
        }
        out.name(ranks.firstKey().workerText()).beginObject();
        ranks.forEach((rank, depths) -> {
            if (depths.device() > 0) {
                out.name(rank.rankText()).value((long) depths.device() * blockTokens);
            }
        });
        out.endObject();
    }

    private Answer dump() {
        DumpJson dump = new DumpJson();
        for (IndexPartition partition : partitions.values()) {
            dump.begin(partition.key(), partition.blockTokens());
            partition
                    .listeners()
                    .forEach((rank, one) -> dump.rank(rank, one.source().held()));
            dump.end();
        }
        return ServiceAnswer.json(200, dump.finish());
    }

    private Answer peerList() {
        JsonWriter out = new JsonWriter(128).beginArray();
        peers.forEach(out::value);
        return ServiceAnswer.json(200, out.endArray());
    }

    private Answer registerPeer(Call call) {
        Fields fields = call.fields();
        String url = fields.atMost("url", fields.text("url"), 1_024);
        if (peers.size() >= MOST_PEERS && !peers.contains(url)) {
            throw new JynamoException(ErrorCode.OVERLOADED, "at most " + MOST_PEERS + " peers are kept");
        }
        peers.add(url);
        return ServiceAnswer.ok(201);
    }

    private Answer deregisterPeer(Call call) {
        if (!peers.remove(call.fields().text("url"))) {
            throw notFound("peer not found");
        }
        return ServiceAnswer.ok(200);
    }

    /** What its metrics show. */
    Census census() {
        List<IndexPartition.Listener> all = new ArrayList<>();
        partitions
                .values()
                .forEach(partition -> all.addAll(partition.listeners().values()));
        long failed = all.stream().filter(one -> one.source().failure() != null).count();
        return new Census(
                partitions.size(),
                instances.size(),
                all.size() - failed,
                failed,
                all.stream().mapToLong(one -> one.source().duplicates()).sum(),
                all.stream().mapToLong(one -> one.source().orphans()).sum());
    }

    EventCounts events() {
        return counts;
    }

    /** How many there are of what it keeps. */
    record Census(int models, int workers, long active, long failed, long duplicates, long orphans) {}

    @Override
    public void close() {
        changing.lock();
        try {
            partitions.values().forEach(IndexPartition::close);
            partitions.clear();
            instances.clear();
        } finally {
            changing.unlock();
        }
        resubscriber.close();
    }
}

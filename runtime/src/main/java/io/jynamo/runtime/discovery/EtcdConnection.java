package io.jynamo.runtime.discovery;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.lease.LeaseTimeToLiveResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What discovery asks of etcd, each in bounded time; {@link StoreFailure} where it is not done. */
final class EtcdConnection implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(EtcdConnection.class.getName());
    /** Entries may have a mebibyte each, and an answer is one message. */
    private static final int PAGE = 200;
    /** The client waits up to two minutes between tries to connect; a new client tries at once. */
    private static final long RENEW_AFTER = Duration.ofSeconds(3).toNanos();

    /** Every entry below a prefix as of a revision. */
    record Snapshot(List<Entry> entries, long revision) {}

    /** Whose a key is, and since which revision. */
    record Held(long lease, long revision) {}

    private final EtcdOptions options;
    private final Duration bound;
    private final OnceEach warned = new OnceEach();
    private volatile Client client;
    private long lastAnswer = System.nanoTime();
    private boolean closed;

    EtcdConnection(EtcdOptions options) {
        this.options = options;
        bound = operationBound(options);
        client = EtcdClients.open(options, bound);
    }

    /** A lease must live through an answer that does not come. */
    private static Duration operationBound(EtcdOptions options) {
        long millis = Math.clamp(options.ttl().toMillis() / 3, 1_000, 3_000);
        return Duration.ofMillis(Math.min(millis, options.patience().toMillis()));
    }

    Duration bound() {
        return bound;
    }

    void ping() {
        await(() -> client.getKVClient().get(bytes(options.prefix())));
    }

    long grant() {
        return await(() -> client.getLeaseClient().grant(options.ttl().toSeconds()))
                .getID();
    }

    /** False where the lease is over. */
    boolean keepAlive(long lease) {
        try {
            await(() -> client.getLeaseClient().keepAliveOnce(lease));
            return true;
        } catch (StoreFailure e) {
            if (e.leaseLost()) {
                return false;
            }
            throw e;
        }
    }

    void revoke(long lease) {
        await(() -> client.getLeaseClient().revoke(lease));
    }

    /** The keys under a lease; none where it is over. */
    Set<String> keysOf(long lease) {
        LeaseTimeToLiveResponse response = await(() -> client.getLeaseClient()
                .timeToLive(lease, LeaseOption.builder().withAttachedKeys().build()));
        return response.getKeys().stream().map(this::key).collect(Collectors.toSet());
    }

    void put(Entry entry, long lease) {
        await(() -> client.getKVClient().put(full(entry.key()), ByteSequence.from(entry.value()), under(lease)));
    }

    Optional<Held> holder(String key) {
        return await(() -> client.getKVClient().get(full(key))).getKvs().stream()
                .findFirst()
                .map(kv -> new Held(kv.getLease(), kv.getModRevision()));
    }

    /** Writes where nothing happened to the key since somebody looked; false where something did. */
    boolean putIfStill(Optional<Held> held, Entry entry, long lease) {
        Op put = Op.put(full(entry.key()), ByteSequence.from(entry.value()), under(lease));
        return ifStill(held, entry.key(), put);
    }

    boolean deleteIfStill(Held held, String key) {
        return ifStill(Optional.of(held), key, Op.delete(full(key), DeleteOption.DEFAULT));
    }

    private boolean ifStill(Optional<Held> held, String key, Op then) {
        CmpTarget<Long> target = held.<CmpTarget<Long>>map(it -> CmpTarget.modRevision(it.revision()))
                .orElseGet(() -> CmpTarget.version(0));
        Cmp still = new Cmp(full(key), Cmp.Op.EQUAL, target);
        return await(() -> client.getKVClient().txn().If(still).Then(then).commit())
                .isSucceeded();
    }

    Snapshot read(KeyPrefix prefix) {
        List<Entry> entries = new ArrayList<>();
        ByteSequence from = first(prefix);
        long revision = 0;
        while (true) {
            GetOption option = GetOption.builder()
                    .withRange(last(prefix))
                    .withLimit(PAGE)
                    .withRevision(revision)
                    .build();
            GetResponse response = page(from, option);
            if (revision == 0) {
                revision = response.getHeader().getRevision();
            }
            response.getKvs().forEach(kv -> entry(kv).ifPresent(entries::add));
            if (!response.isMore() || response.getKvs().isEmpty()) {
                return new Snapshot(entries, revision);
            }
            from = response.getKvs().getLast().getKey().concat(ByteSequence.from(new byte[1]));
        }
    }

    private GetResponse page(ByteSequence from, GetOption option) {
        return await(() -> client.getKVClient().get(from, option));
    }

    /** Follows what happens from a revision on; whoever asked closes it when it breaks. */
    Watch.Watcher follow(KeyPrefix prefix, long revision, EtcdEvents events) {
        WatchOption option = WatchOption.builder()
                .withRange(last(prefix))
                .withRevision(revision)
                .withRequireLeader(true)
                .build();
        return client.getWatchClient().watch(first(prefix), option, events);
    }

    /** What is no entry of ours is ignored with one warning. */
    Optional<Entry> entry(KeyValue kv) {
        String key = key(kv.getKey());
        String wrong = Entry.wrongWith(key);
        if (wrong.isEmpty() && kv.getValue().size() <= Entry.MAX_VALUE) {
            return Optional.of(new Entry(key, kv.getValue().getBytes()));
        }
        synchronized (warned) {
            if (warned.first(key)) {
                LOG.log(System.Logger.Level.WARNING, "{0}{1} in etcd is ignored: no entry", options.prefix(), key);
            }
        }
        return Optional.empty();
    }

    String key(ByteSequence full) {
        return full.toString(UTF_8).substring(options.prefix().length());
    }

    private ByteSequence full(String key) {
        return bytes(options.prefix() + key);
    }

    private ByteSequence first(KeyPrefix prefix) {
        return full(prefix.path());
    }

    /** Before which keys end: the character after the slash, so that half segments are hardly read at all. */
    private ByteSequence last(KeyPrefix prefix) {
        String path = options.prefix() + prefix.path();
        String until = prefix.path().isEmpty() ? path.substring(0, path.length() - 1) : path;
        return bytes(until + (char) ('/' + 1));
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, UTF_8);
    }

    private static PutOption under(long lease) {
        return PutOption.builder().withLeaseId(lease).build();
    }

    private <T> T await(Supplier<CompletableFuture<T>> request) {
        CompletableFuture<T> answer;
        try {
            answer = request.get();
        } catch (RuntimeException e) { // its connection was closed for a new one
            throw new StoreFailure(EtcdClients.reason(e), false, e);
        }
        try {
            T value = answer.get(bound.toNanos(), TimeUnit.NANOSECONDS);
            answered();
            return value;
        } catch (TimeoutException e) {
            answer.cancel(true);
            failed();
            throw new StoreFailure("no answer within " + bound.toMillis() + " ms", false, e);
        } catch (ExecutionException e) {
            String reason = EtcdClients.reason(e);
            if (!EtcdClients.isAnswer(e)) {
                failed();
            }
            throw new StoreFailure(reason, reason.contains("requested lease not found"), e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new StoreFailure("interrupted", false, e);
        }
    }

    private synchronized void answered() {
        lastAnswer = System.nanoTime();
    }

    /** The next try is over a new connection where this one has been of no use for a while. */
    private synchronized void failed() {
        if (!closed && System.nanoTime() - lastAnswer > RENEW_AFTER) {
            lastAnswer = System.nanoTime();
            Client old = client;
            client = EtcdClients.open(options, bound);
            old.close();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        client.close();
    }
}

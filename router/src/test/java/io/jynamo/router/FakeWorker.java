package io.jynamo.router;

import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.Capability;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.OthersLoad;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.SequenceHashes;
import io.jynamo.protocol.SessionNews;
import io.jynamo.protocol.Worker;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerLoad;
import io.jynamo.protocol.WorkerState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/** A worker that generates nothing but has blocks, and events that a test may spoil. */
final class FakeWorker implements Worker {
    private final WorkerId id;
    private final ModelCard card;
    private final Set<Long> blocks = new LinkedHashSet<>();
    private final List<Consumer<KvEvent>> listeners = new ArrayList<>();
    private final List<Long> told = new ArrayList<>();
    private final List<Consumer<SessionNews>> sessionListeners = new ArrayList<>();
    private Set<String> taints = Set.of();
    private Set<String> adapters = Set.of();
    private volatile OthersLoad others = OthersLoad.NONE;
    private volatile WorkerState state = WorkerState.READY;
    private CountDownLatch resubscribed = new CountDownLatch(1);
    private long lastId;
    private int subscriptions;
    private boolean silent;
    private volatile int requests;

    FakeWorker(long id, int blockTokens) {
        this(id, blockTokens, Capability.OWN);
    }

    private FakeWorker(long id, int blockTokens, Set<Capability> capabilities) {
        this.id = new WorkerId(id);
        this.card = new ModelCard(
                "fake", "simulated", 1000, 4096, 4096, blockTokens, 100, 512, 8, Set.of(1), null, capabilities);
    }

    /** One that does not say which blocks it has. */
    static FakeWorker untold(long id, int blockTokens) {
        return new FakeWorker(id, blockTokens, Set.of());
    }

    @Override
    public WorkerId id() {
        return id;
    }

    @Override
    public ModelCard card() {
        return card;
    }

    @Override
    public Generation start(GenerationRequest request, OutputSink sink) {
        throw new UnsupportedOperationException("a fake worker generates nothing");
    }

    @Override
    public WorkerState state() {
        return state;
    }

    void become(WorkerState next) {
        state = next;
    }

    @Override
    public void tellOthers(long session) {
        told.add(session);
    }

    /** The sessions that its router gave it since this was asked last. */
    List<Long> told() {
        List<Long> all = List.copyOf(told);
        told.clear();
        return all;
    }

    @Override
    public AutoCloseable listenToSessions(Consumer<SessionNews> listener) {
        sessionListeners.add(listener);
        return () -> sessionListeners.remove(listener);
    }

    /** Says that others gave it a session. */
    void say(SessionNews news) {
        List.copyOf(sessionListeners).forEach(listener -> listener.accept(news));
    }

    @Override
    public OthersLoad othersLoad() {
        return others;
    }

    void othersGive(OthersLoad load) {
        others = load;
    }

    @Override
    public Set<String> taints() {
        return taints;
    }

    @Override
    public Set<String> adapters() {
        return adapters;
    }

    FakeWorker with(Set<String> names) {
        adapters = names;
        return this;
    }

    FakeWorker tainted(Set<String> labels) {
        taints = labels;
        return this;
    }

    @Override
    public WorkerLoad load() {
        return new WorkerLoad(requests, 0, 0, 0, 100);
    }

    void has(int running) {
        requests = running;
    }

    @Override
    public synchronized AutoCloseable subscribe(Consumer<KvEvent> listener) {
        if (!silent) {
            listener.accept(new KvEvent.Stored(lastId, null, stored(blocks), KvEvent.Tier.DEVICE));
        }
        listeners.add(listener);
        subscriptions++;
        resubscribed.countDown();
        return () -> unsubscribe(listener);
    }

    /** From now on, who subscribes is not told what it has. */
    synchronized void keepSnapshots() {
        silent = true;
    }

    synchronized int listeners() {
        return listeners.size();
    }

    synchronized int subscriptions() {
        return subscriptions;
    }

    synchronized void store(long... sequences) {
        for (long sequence : sequences) {
            blocks.add(sequence);
        }
        emit(new KvEvent.Stored(++lastId, null, stored(boxed(sequences)), KvEvent.Tier.DEVICE));
    }

    synchronized void remove(long... sequences) {
        blocks.removeAll(boxed(sequences));
        emit(new KvEvent.Removed(++lastId, SequenceHashes.of(sequences), KvEvent.Tier.DEVICE));
    }

    synchronized void clear() {
        blocks.clear();
        emit(new KvEvent.Cleared(++lastId));
    }

    /** An event that nobody gets to see. */
    synchronized void lose(Runnable change) {
        List<Consumer<KvEvent>> all = List.copyOf(listeners);
        listeners.clear();
        change.run();
        listeners.addAll(all);
    }

    /** Sends an event as it is, whatever its id. */
    synchronized void emit(KvEvent event) {
        List.copyOf(listeners).forEach(listener -> listener.accept(event));
    }

    synchronized long lastId() {
        return lastId;
    }

    synchronized void expectSubscription() {
        resubscribed = new CountDownLatch(1);
    }

    void awaitSubscription() throws InterruptedException {
        CountDownLatch latch;
        synchronized (this) {
            latch = resubscribed;
        }
        latch.await();
    }

    static BlockHashes stored(Collection<Long> sequences) {
        long[] all = sequences.stream().mapToLong(Long::longValue).toArray();
        return new BlockHashes(new long[all.length], all);
    }

    private static List<Long> boxed(long... sequences) {
        List<Long> boxed = new ArrayList<>();
        for (long sequence : sequences) {
            boxed.add(sequence);
        }
        return boxed;
    }

    private synchronized void unsubscribe(Consumer<KvEvent> listener) {
        listeners.remove(listener);
    }
}

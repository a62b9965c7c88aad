package io.jynamo.runtime.session;

import io.jynamo.protocol.BlockDigest;
import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.FinishReason;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.TokenDelta;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.Usage;
import io.jynamo.protocol.Worker;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerLoad;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/** A worker that counts on from its prompt's last token, as fast as its credit allows, and notes what it was asked. */
final class CountingWorker implements Worker {
    static final ModelCard CARD =
            new ModelCard("counting", "simulated", 100_000, 4096, 4096, 16, 100, 512, 8, Set.of(1), null);

    final List<Counting> started = new CopyOnWriteArrayList<>();
    private final Set<Consumer<KvEvent>> listeners = ConcurrentHashMap.newKeySet();
    private final WorkerId id;
    private long lastEvent;

    CountingWorker(long id) {
        this.id = new WorkerId(id);
    }

    @Override
    public WorkerId id() {
        return id;
    }

    @Override
    public ModelCard card() {
        return CARD;
    }

    @Override
    public Generation start(GenerationRequest request, OutputSink sink) {
        Counting counting = new Counting(request, sink);
        started.add(counting);
        Thread.ofVirtual().start(counting);
        return counting;
    }

    @Override
    public WorkerLoad load() {
        return new WorkerLoad(started.size(), 2, 3, 4, 100);
    }

    @Override
    public synchronized AutoCloseable subscribe(Consumer<KvEvent> listener) {
        listener.accept(stored(lastEvent));
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Tells of one more block. */
    synchronized void store() {
        KvEvent event = stored(++lastEvent);
        listeners.forEach(listener -> listener.accept(event));
    }

    /** Tells of what it holds, which is made up. */
    synchronized KvEvent.Digest digest() {
        KvEvent.Digest digest = new KvEvent.Digest(
                lastEvent,
                Map.of(
                        KvEvent.Tier.DEVICE,
                        new BlockDigest(lastEvent, -5, Long.MIN_VALUE),
                        KvEvent.Tier.REMOTE,
                        new BlockDigest(1L << 40, 6, 0)));
        listeners.forEach(listener -> listener.accept(digest));
        return digest;
    }

    int listeners() {
        return listeners.size();
    }

    private static KvEvent stored(long id) {
        return new KvEvent.Stored(id, null, new BlockHashes(new long[] {id}, new long[] {-id}), KvEvent.Tier.DEVICE);
    }

    /** One request. */
    static final class Counting implements Generation, Runnable {
        final GenerationRequest request;
        private final OutputSink sink;
        private final Semaphore credit;
        volatile boolean cancelled;
        final List<Integer> cancelledChoices = new CopyOnWriteArrayList<>();

        Counting(GenerationRequest request, OutputSink sink) {
            this.request = request;
            this.sink = sink;
            this.credit = new Semaphore(Math.min(request.credit(), 1 << 30));
        }

        @Override
        public void run() {
            sink.onPrompt(request.prompt().count() - 1, List.of());
            int next = request.prompt().at(request.prompt().count() - 1);
            int told = 0;
            int most = request.stopping().maxTokens();
            while (told < most && !cancelled) {
                credit.acquireUninterruptibly();
                if (cancelled) {
                    break;
                }
                told++;
                FinishReason finish = told == most ? FinishReason.LENGTH : null;
                List<TokenDelta> deltas = new ArrayList<>();
                for (int choice = 0; choice < request.choices(); choice++) {
                    deltas.add(new TokenDelta(choice, TokenIds.of(next + told), List.of(), finish, null));
                }
                deltas.forEach(sink::onDelta);
            }
            sink.onFinished(new GenerationEnd(new Usage(request.prompt().count(), 0, told), null));
        }

        @Override
        public void cancel() {
            cancelled = true;
            credit.release();
        }

        @Override
        public void cancel(int choice) {
            cancelledChoices.add(choice);
        }

        @Override
        public void grant(int tokens) {
            credit.release(tokens);
        }
    }
}

package io.jynamo.router.admission;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.Worker;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerLoad;
import io.jynamo.router.BusyRule;
import io.jynamo.router.Explanation;
import io.jynamo.router.Placement;
import io.jynamo.router.Router;
import io.jynamo.router.RouterStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Workers with so many places each; honours pins. */
final class PlacesRouter implements Router {
    private final int places;
    private final Map<WorkerId, Integer> taken = new LinkedHashMap<>();
    private final Map<WorkerId, Worker> workers = new LinkedHashMap<>();
    private int refused;
    private boolean busy;
    private boolean closed;

    PlacesRouter(int workers, int places) {
        this.places = places;
        for (int i = 1; i <= workers; i++) {
            add(new Idle(new WorkerId(i)));
        }
    }

    synchronized int taken() {
        return taken.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Requests that found no place. */
    synchronized int refused() {
        return refused;
    }

    synchronized void busy(boolean is) {
        busy = is;
    }

    @Override
    public synchronized void add(Worker worker) {
        taken.put(worker.id(), 0);
        workers.put(worker.id(), worker);
    }

    @Override
    public synchronized void remove(WorkerId worker) {
        workers.remove(worker);
    }

    @Override
    public synchronized Placement place(Request request) {
        if (closed || workers.isEmpty()) {
            throw new JynamoException(ErrorCode.NOT_READY, "no worker");
        }
        for (Worker worker : workers.values()) {
            WorkerId id = worker.id();
            WorkerId pinned = request.wishes().pinned();
            if ((pinned == null || pinned.equals(id)) && taken.getOrDefault(id, 0) < places) {
                taken.merge(id, 1, Integer::sum);
                return new Placement(worker, booking(id), 0, null);
            }
        }
        refused++;
        throw new JynamoException(ErrorCode.OVERLOADED, "full");
    }

    private Placement.Booking booking(WorkerId id) {
        AtomicBoolean released = new AtomicBoolean();
        return new Placement.Booking() {
            @Override
            public void onPrefilled() {}

            @Override
            public void onTokens(int tokens) {}

            @Override
            public void release() {
                if (released.compareAndSet(false, true)) {
                    free(id);
                }
            }
        };
    }

    private synchronized void free(WorkerId id) {
        taken.merge(id, -1, Integer::sum);
    }

    @Override
    public synchronized boolean isBusy(Request request, BusyRule rule) {
        return busy;
    }

    @Override
    public int cachedTokens(Request request) {
        return 3;
    }

    @Override
    public Explanation explain(Request request) {
        throw new UnsupportedOperationException("nothing to explain");
    }

    @Override
    public RouterStatus status() {
        return new RouterStatus(List.of(), 0, 0, 0);
    }

    @Override
    public synchronized void close() {
        closed = true;
    }

    /** A worker that nobody asks anything. */
    record Idle(WorkerId id) implements Worker {
        @Override
        public ModelCard card() {
            return new ModelCard("idle", "simulated", 1000, 4096, 4096, 16, 100, 512, 8, Set.of(1), null);
        }

        @Override
        public Generation start(GenerationRequest request, OutputSink sink) {
            throw new UnsupportedOperationException("it only has places");
        }

        @Override
        public WorkerLoad load() {
            return new WorkerLoad(0, 0, 0, 0, 100);
        }

        @Override
        public AutoCloseable subscribe(Consumer<KvEvent> listener) {
            return () -> {};
        }
    }
}

package io.jynamo.engine.attached;

import io.jynamo.engine.BlockSpace;
import io.jynamo.engine.Engine;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerLoad;
import io.jynamo.protocol.WorkerState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An engine in another process, joined by URL. It was running before and runs on after {@link #close}: what ends are our
 * requests.
 *
 * <p>Liveness is what its requests showed; its health page only brings back one that was out of reach, and one that fell
 * silent in the middle of an answer comes back by a {@link #canary} that succeeds, which is tried at every poll.
 *
 * <p>It is an engine of one model: when the server serves another, it is gone for good, and whoever wants the other joins
 * it anew.
 */
public class AttachedEngine implements Engine {
    private enum Phase {
        SERVING,
        DRAINING,
        EXCHANGED,
        CLOSED
    }

    private final WorkerId id;
    private final ModelCard card;
    private final AttachOptions options;
    private final EngineHttp http;
    private final EngineDialect dialect;
    private final RequestGate gate;
    private final LoadView loadView;
    private final Vitality vitality = new Vitality();
    private final ModelWatch models;
    private final Map<RequestId, OpenRequest> open = new ConcurrentHashMap<>();
    /** Requests whose sink has not been told the end. */
    private final AtomicInteger untold = new AtomicInteger();

    private final ExecutorService readers = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("attached-engine-", 0).factory());
    private final ScheduledThreadPoolExecutor timer;
    private final ScheduledFuture<?> polls;
    private final AtomicBoolean polling = new AtomicBoolean();
    private final AtomicBoolean loadWanted = new AtomicBoolean(true);
    private final AtomicLong canaries = new AtomicLong();
    private final Object phaseChange = new Object();
    private volatile Phase phase = Phase.SERVING;
    private volatile long drainsUntilNanos;
    private volatile String exchanged = "";
    private final EngineLink link = new Link();

    /** Of a server that was found out with those options. */
    @SuppressWarnings("this-escape") // polls begin when all of this class is set, and subclasses have no state
    protected AttachedEngine(WorkerId id, AttachOptions options, JoinedServer server) {
        this.id = id;
        this.card = server.card();
        this.options = options;
        this.http = server.http();
        this.dialect = server.dialect();
        models = new ModelWatch(server.model());
        gate = new RequestGate(card, dialect);
        loadView = new LoadView(card);
        timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("attached-engine-" + id).daemon().factory());
        timer.setRemoveOnCancelPolicy(true);
        long interval = options.pollInterval().toNanos();
        polls = timer.scheduleWithFixedDelay(this::pollSoon, interval, interval, TimeUnit.NANOSECONDS);
    }

    @Override
    public final WorkerId id() {
        return id;
    }

    @Override
    public final ModelCard card() {
        return card;
    }

    @Override
    public final Generation start(GenerationRequest request, OutputSink sink) {
        OpenRequest running = new OpenRequest(gate.fitted(request), sink, link);
        GenerationEnd.Failure refusal = refusal(request);
        if (refusal == null && open.putIfAbsent(request.id(), running) != null) {
            refusal = new GenerationEnd.Failure(
                    ErrorCode.INVALID_REQUEST, "a request with id " + request.id() + " is running already");
        }
        if (refusal != null) {
            running.refuse(refusal);
            return running;
        }
        untold.incrementAndGet();
        try {
            readers.execute(running);
            switch (phase) { // whoever ended the others may not have seen it
                case CLOSED -> running.end(Ending.CLOSED);
                case EXCHANGED -> running.end(Ending.EXCHANGED);
                case SERVING, DRAINING -> {}
            }
        } catch (RejectedExecutionException e) {
            open.remove(request.id(), running);
            running.refuse(closed());
            told();
        }
        return running;
    }

    private GenerationEnd.@Nullable Failure refusal(GenerationRequest request) {
        switch (phase) {
            case DRAINING -> {
                Duration left = Duration.ofNanos(Math.max(0, drainsUntilNanos - System.nanoTime()));
                return new GenerationEnd.Failure(ErrorCode.NOT_READY, "the worker is draining", left);
            }
            case EXCHANGED -> {
                return new GenerationEnd.Failure(
                        ErrorCode.WORKER_LOST, "the engine at " + http.url() + " serves " + exchanged);
            }
            case CLOSED -> {
                return closed();
            }
            case SERVING -> {}
        }
        if (open.size() >= options.maxOpen()) {
            return new GenerationEnd.Failure(
                    ErrorCode.OVERLOADED, "the worker has " + options.maxOpen() + " open requests already");
        }
        return gate.refusal(request);
    }

    private static GenerationEnd.Failure closed() {
        return new GenerationEnd.Failure(ErrorCode.WORKER_LOST, "the worker was closed");
    }

    @Override
    public final WorkerLoad load() {
        loadWanted.set(true);
        return loadView.load();
    }

    @Override
    public final WorkerState state() {
        return switch (phase) {
            case SERVING -> vitality.state();
            case DRAINING -> vitality.state() == WorkerState.READY ? WorkerState.DRAINING : vitality.state();
            case EXCHANGED, CLOSED -> WorkerState.GONE;
        };
    }

    /** Those that its server lists beside the model, where requests can name them; looked at every few polls. */
    @Override
    public final Set<String> adapters() {
        return dialect.servesAdapters() ? models.adapters() : Set.of();
    }

    /** What its server said that it serves when it was joined. */
    public final ServedModel.Identity served() {
        return models.joined();
    }

    /** What its server serves instead of its model, in words; from then on it takes no requests. */
    public final Optional<String> exchanged() {
        return exchanged.isEmpty() ? Optional.empty() : Optional.of(exchanged);
    }

    /**
     * Generates one token, the only proof that an engine still does. Waits for it.
     *
     * @return its end; failed with {@code DEADLINE_EXCEEDED} when no token came within {@code limit}
     */
    public final GenerationEnd canary(Duration limit) throws InterruptedException {
        GenerationEnd end = Canary.run(this, new RequestId("canary-" + id + "-" + canaries.incrementAndGet()), limit);
        GenerationEnd.Failure failure = end.failure();
        if (failure != null && failure.code() == ErrorCode.DEADLINE_EXCEEDED) {
            vitality.onSilence();
        }
        return end;
    }

    /** Ends every request as that of a lost worker: what its engine needs is gone, and nothing more comes of it. */
    public final void lose() {
        List.copyOf(open.values()).forEach(running -> running.end(Ending.LOST));
    }

    @Override
    public final AutoCloseable subscribe(Consumer<KvEvent> listener) {
        return options.kvEvents().subscribe(listener);
    }

    /** Its blocks are its own. */
    @Override
    public final Optional<BlockSpace> blocks() {
        return Optional.empty();
    }

    @Override
    public final boolean drain(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        drainsUntilNanos = end;
        synchronized (phaseChange) {
            phase = phase == Phase.SERVING ? Phase.DRAINING : phase;
            while (untold.get() > 0) {
                long left = (end - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    return false;
                }
                phaseChange.wait(left);
            }
        }
        return true;
    }

    @Override
    public final void close() {
        synchronized (phaseChange) {
            phase = Phase.CLOSED;
        }
        List<OpenRequest> running = List.copyOf(open.values());
        running.forEach(r -> r.end(Ending.CLOSED));
        polls.cancel(false);
        timer.shutdownNow();
        http.close(); // a page that is being read is waited for by nobody
        readers.shutdown();
        Thread caller = Thread.currentThread();
        if (running.stream().noneMatch(r -> r.isReadBy(caller))) { // a sink may close us; it cannot wait for itself
            readers.close();
        }
    }

    private void pollSoon() {
        if (polling.compareAndSet(false, true)) {
            try {
                readers.execute(this::poll);
            } catch (RejectedExecutionException e) {
                polling.set(false); // closed
            }
        }
    }

    /** Asks for health and, where somebody asked since, for load; now and then for the model. */
    private void poll() {
        try {
            boolean well = http.get(dialect.healthPath(), options.probeLimit()).ok();
            boolean wasWell = vitality.state() == WorkerState.READY;
            if (models.isDue(well && wasWell) && !isSameModel()) {
                return;
            }
            vitality.onHealth(well);
            if (vitality.wantsCanary() && phase == Phase.SERVING) {
                canary(options.probeLimit());
            }
            if (loadWanted.getAndSet(false) && dialect.metricsPath().isPresent()) {
                loadView.onSample(sample(dialect.metricsPath().get()));
            }
        } catch (JynamoException e) {
            models.suspect();
            vitality.onHealth(false);
            loadView.onSample(Optional.empty());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            polling.set(false);
        }
    }

    private Optional<LoadSample> sample(String path) {
        EngineHttp.Page page = http.get(path, options.probeLimit());
        if (!page.ok()) {
            return Optional.empty();
        }
        PrometheusText all = PrometheusText.parse(page.text());
        Integer rank = options.rank();
        return dialect.load(rank == null ? all : all.ofRank(rank));
    }

    /**
     * Looks at the model and, where it is another, ends everything.
     *
     * @throws JynamoException where the server does not say
     */
    private boolean isSameModel() {
        Optional<String> other = models.look(http, options);
        if (other.isEmpty()) {
            return true;
        }
        exchanged = other.get();
        synchronized (phaseChange) {
            phase = phase == Phase.CLOSED ? phase : Phase.EXCHANGED;
        }
        List.copyOf(open.values()).forEach(running -> running.end(Ending.EXCHANGED));
        return false;
    }

    private void told() {
        untold.decrementAndGet();
        synchronized (phaseChange) {
            phaseChange.notifyAll();
        }
    }

    private final class Link implements EngineLink {
        @Override
        public EngineHttp http() {
            return http;
        }

        @Override
        public EngineDialect dialect() {
            return dialect;
        }

        @Override
        public Vitality vitality() {
            return vitality;
        }

        @Override
        public LoadView load() {
            return loadView;
        }

        @Override
        public boolean isSameModel() {
            return AttachedEngine.this.isSameModel();
        }

        @Override
        public void suspectModel() {
            models.suspect();
        }

        @Override
        public int maxEventBytes() {
            return options.maxEventBytes();
        }

        @Override
        public long silenceNanos() {
            return options.silenceLimit().toNanos();
        }

        @Override
        public @Nullable ScheduledFuture<?> later(Runnable what, long nanos) {
            try {
                return timer.schedule(what, nanos, TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) {
                return null; // closed, which ends every request
            }
        }

        @Override
        public void onEnd(OpenRequest request) {
            open.remove(request.request.id(), request);
        }

        @Override
        public void onTold(OpenRequest request) {
            told();
        }
    }
}

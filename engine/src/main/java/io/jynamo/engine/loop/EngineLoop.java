package io.jynamo.engine.loop;

import io.jynamo.engine.OutputMasks;
import io.jynamo.engine.schedule.SchedulerCore;
import io.jynamo.engine.schedule.SchedulerEffect;
import io.jynamo.engine.schedule.SchedulerEvent;
import io.jynamo.engine.schedule.StepPlan;
import io.jynamo.engine.schedule.StepResult;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Usage;
import io.jynamo.protocol.WorkerLoad;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The thread that drives a {@link SchedulerCore}: takes wishes from a mailbox, has steps computed, tells sinks and
 * subscribers.
 *
 * <p><b>How it works.</b> Callers never touch the core. They leave wishes in a {@link RunningRequest} and put it into the
 * mailbox, where it is at most once; the number of open requests is bounded, so the mailbox is. Between two steps the
 * loop empties the mailbox, so a cancellation takes effect within one step.
 *
 * <table>
 * <caption>fields shared between threads</caption>
 * <tr><th>field</th><th>written by</th><th>read by</th></tr>
 * <tr><td>mailbox</td><td>anybody</td><td>loop</td></tr>
 * <tr><td>open</td><td>start (+1), finish (-1)</td><td>start (bound), drain (zero)</td></tr>
 * <tr><td>phase</td><td>drain, close, loop; only rises</td><td>anybody</td></tr>
 * <tr><td>load</td><td>loop, a new record</td><td>anybody</td></tr>
 * <tr><td>core, pool</td><td>loop, under the core's monitor</td><td>{@link #withCore}, under it</td></tr>
 * </table>
 *
 * <p>The monitor is held for scheduling only, never while a step is computed or a sink is called.
 */
public final class EngineLoop implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(EngineLoop.class.getName());

    /** How often subscribers are told what the engine holds, to compare. */
    private static final long DIGEST_NANOS = Duration.ofSeconds(5).toNanos();

    private enum Phase {
        SERVING,
        DRAINING,
        CLOSING,
        CLOSED
    }

    private final SchedulerCore core;
    private final StepExecutor executor;
    private final TimeSource time;
    private final int maxOpen;
    private final Set<String> adapters;
    private final Thread thread;
    private final Mailbox mailbox = new Mailbox();
    private final AtomicInteger open = new AtomicInteger();
    private final Object phaseChange = new Object();
    private volatile Phase phase = Phase.SERVING;
    private volatile String closeReason = "the worker was closed";
    private volatile WorkerLoad load;
    /** Set before the phase becomes DRAINING. */
    private volatile long drainsUntilNanos;

    // The loop's thread only.
    private final Map<RequestId, RunningRequest> requests = new HashMap<>();
    private final KvSubscriptions subscriptions = new KvSubscriptions();
    private long digestDue;
    private final StepResult result = new StepResult();
    private final List<SchedulerEffect> effects = new ArrayList<>();

    private record Subscribe(KvSubscriptions.Subscription subscription) {}

    private record Unsubscribe(KvSubscriptions.Subscription subscription) {}

    private record Wake() {}

    /**
     * A loop that runs from now on.
     *
     * @param name of its thread
     * @param maxOpen requests that may be open at once, as a bound for the mailbox; the core's own limits are tighter
     * @param adapters that requests may name
     */
    public EngineLoop(
            String name,
            SchedulerCore core,
            StepExecutor executor,
            TimeSource time,
            int maxOpen,
            Set<String> adapters) {
        this.core = core;
        this.executor = executor;
        this.time = time;
        this.maxOpen = maxOpen;
        this.adapters = Set.copyOf(adapters);
        this.load = core.load();
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
        thread.start();
    }

    /** Starts a request whose output is held to nothing, or tells the sink why not. */
    public Generation start(GenerationRequest request, long seed, OutputSink sink) {
        return start(request, seed, sink, null);
    }

    /**
     * Starts a request, or tells the sink why not.
     *
     * @param seed of its random draws
     * @param held what its output is held to, or null
     */
    public Generation start(
            GenerationRequest request, long seed, OutputSink sink, OutputMasks.@Nullable Compiled held) {
        RunningRequest running = new RunningRequest(request, seed, sink, held, mailbox);
        int others = open.getAndIncrement();
        if (phase != Phase.SERVING || others >= maxOpen) {
            boolean closed = phase == Phase.CLOSING || phase == Phase.CLOSED;
            refuse(
                    running,
                    phase == Phase.SERVING
                            ? ErrorCode.OVERLOADED
                            : closed ? ErrorCode.WORKER_LOST : ErrorCode.NOT_READY);
            return running;
        }
        String adapter = request.scope().lora();
        if (adapter != null && !adapters.contains(adapter)) {
            refuse(running, ErrorCode.MODEL_NOT_FOUND);
            return running;
        }
        if (request.constraint() != null && held == null) {
            refuse(running, ErrorCode.UNSUPPORTED_PARAMETER);
            return running;
        }
        running.post();
        if (phase == Phase.CLOSED) {
            refuse(running, ErrorCode.WORKER_LOST); // the loop may have ended before it saw the request
        }
        return running;
    }

    public WorkerLoad load() {
        return load;
    }

    /** Tells {@code listener} what is cached now and every change from then on. */
    public AutoCloseable subscribe(Consumer<KvEvent> listener) {
        KvSubscriptions.Subscription subscription = new KvSubscriptions.Subscription(listener);
        mailbox.post(new Subscribe(subscription));
        return () -> mailbox.post(new Unsubscribe(subscription));
    }

    /** Lets {@code read} look at the core between two of its events; for what must not wait for a step. */
    public <T> T withCore(Function<SchedulerCore, T> read) {
        synchronized (core) {
            return read.apply(core);
        }
    }

    /** Makes the loop plan again: something it cannot know of changed. */
    public void wake() {
        mailbox.post(new Wake());
    }

    /** Refuses new requests and waits until the running ones ended, or for {@code limit}; true if they did. */
    public boolean drain(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        drainsUntilNanos = end;
        advance(Phase.DRAINING);
        wake();
        synchronized (phaseChange) {
            while (open.get() > 0) {
                long left = (end - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    return false;
                }
                phaseChange.wait(left);
            }
        }
        return true;
    }

    /** Stops at once; running requests end with {@code WORKER_LOST}. */
    @Override
    public void close() {
        advance(Phase.CLOSING);
        wake();
        if (thread.equals(Thread.currentThread())) {
            return;
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (phase != Phase.CLOSING) {
                receive();
                tellDigest();
                if (phase != Phase.CLOSING) { // the message that would have woken it may just have been read
                    step();
                }
            }
        } catch (Throwable t) { // whatever it is, nobody may be left waiting
            LOG.log(System.Logger.Level.ERROR, "the engine failed and serves no more", t);
            closeReason = "the worker failed: " + t;
        } finally {
            end();
        }
    }

    /** Handles everything in the mailbox. */
    private void receive() {
        for (Object message = mailbox.poll(); message != null; message = mailbox.poll()) {
            switch (message) {
                case RunningRequest request -> receive(request);
                case Subscribe subscribe -> {
                    digestDue = subscriptions.isEmpty() ? time.nanos() + DIGEST_NANOS : digestDue;
                    subscriptions.add(
                            subscribe.subscription(), withCore(c -> c.pool().snapshot()));
                }
                case Unsubscribe unsubscribe -> subscriptions.remove(unsubscribe.subscription());
                default -> {}
            }
        }
    }

    private void receive(RunningRequest running) {
        running.taken();
        RequestId id = running.request.id();
        if (!running.submitted) {
            running.submitted = true;
            if (requests.putIfAbsent(id, running) != null) {
                refuse(running, ErrorCode.INVALID_REQUEST);
                return;
            }
            tell(new SchedulerEvent.Submit(running.request, running.seed));
            if (running.equals(requests.get(id))) {
                executor.onAccepted(running.request, running.seed, running.held);
            }
        }
        if (!running.equals(requests.get(id))) {
            return;
        }
        if (running.isCancelled()) {
            tell(new SchedulerEvent.Cancel(id));
            return;
        }
        for (int choice : running.unwanted()) {
            tell(new SchedulerEvent.CancelChoice(id, choice));
        }
        int granted = running.takeGranted();
        if (granted > 0) {
            tell(new SchedulerEvent.Grant(id, granted));
        }
    }

    /** The digest comes right after the events that it is true at, also those of changes between two steps. */
    private void tellDigest() {
        if (subscriptions.isEmpty() || time.nanos() - digestDue < 0) {
            return;
        }
        digestDue = time.nanos() + DIGEST_NANOS;
        subscriptions.tell(withCore(c -> {
            List<KvEvent> news = new ArrayList<>(c.pool().drainEvents());
            news.add(c.pool().digest());
            return news;
        }));
    }

    /** When to wake though nothing arrives. */
    private long wakeAt(long idleUntil) {
        if (subscriptions.isEmpty()) {
            return idleUntil;
        }
        return idleUntil == Long.MAX_VALUE || digestDue - idleUntil < 0 ? digestDue : idleUntil;
    }

    private void step() {
        tell(new SchedulerEvent.Plan());
    }

    /** Hands an event to the core and carries out what it wants. */
    private void tell(SchedulerEvent event) {
        // Effects are copied out: carrying out a step tells the core again.
        synchronized (core) {
            effects.addAll(core.on(event, time.nanos()));
            load = core.load();
        }
        StepPlan plan = null;
        long idleUntil = -1;
        for (int i = 0; i < effects.size(); i++) {
            switch (effects.get(i)) {
                case SchedulerEffect.Prompt prompt -> onPrompt(prompt);
                case SchedulerEffect.Delta delta -> onDelta(delta);
                case SchedulerEffect.Finished finished -> onFinished(finished.id(), finished.end());
                case SchedulerEffect.KvChanged changed -> subscriptions.tell(changed.events());
                case SchedulerEffect.Compute compute -> plan = compute.plan();
                case SchedulerEffect.Idle nothing -> idleUntil = nothing.untilNanos();
            }
        }
        effects.clear();
        if (plan != null) {
            result.reset(plan);
            executor.execute(plan, result);
            tell(new SchedulerEvent.Computed(result));
        } else if (event instanceof SchedulerEvent.Plan) {
            mailbox.await(wakeAt(idleUntil), time);
        }
    }

    private void onPrompt(SchedulerEffect.Prompt prompt) {
        RunningRequest running = requests.get(prompt.id());
        if (running != null && !running.broken) {
            try {
                running.sink.onPrompt(prompt.cachedTokens(), prompt.logprobs());
            } catch (RuntimeException e) {
                broken(running, e);
            }
        }
    }

    private void onDelta(SchedulerEffect.Delta delta) {
        RunningRequest running = requests.get(delta.id());
        if (running != null && !running.broken) {
            try {
                running.sink.onDelta(delta.delta());
            } catch (RuntimeException e) {
                broken(running, e);
            }
        }
    }

    private void onFinished(RequestId id, GenerationEnd end) {
        RunningRequest running = requests.remove(id);
        executor.onFinished(id);
        if (running != null) {
            finish(running, end);
        }
    }

    /** A sink that throws is told of nothing more but its end; the others go on. */
    private static void broken(RunningRequest running, RuntimeException e) {
        LOG.log(System.Logger.Level.WARNING, "the sink of request " + running.request.id() + " failed", e);
        running.broken = true;
        running.cancel();
    }

    private void finish(RunningRequest running, GenerationEnd end) {
        try {
            if (!running.finish(end)) {
                return;
            }
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "the sink of request " + running.request.id() + " failed", e);
        }
        if (open.decrementAndGet() == 0 && phase != Phase.SERVING) {
            synchronized (phaseChange) {
                phaseChange.notifyAll();
            }
        }
    }

    private void refuse(RunningRequest running, ErrorCode code) {
        String message = switch (code) {
            case NOT_READY -> "the worker is draining";
            case OVERLOADED -> "the worker has " + maxOpen + " open requests already";
            case MODEL_NOT_FOUND ->
                "the worker has no adapter " + running.request.scope().lora() + "; it has " + adapters;
            case UNSUPPORTED_PARAMETER -> "the worker cannot hold output to a constraint";
            case INVALID_REQUEST -> "a request with id " + running.request.id() + " is running already";
            default -> closeReason;
        };
        Duration retryAfter = code == ErrorCode.NOT_READY
                ? Duration.ofNanos(Math.max(0, drainsUntilNanos - System.nanoTime()))
                : null;
        finish(running, failed(running, new GenerationEnd.Failure(code, message, retryAfter)));
    }

    private static GenerationEnd failed(RunningRequest running, GenerationEnd.Failure failure) {
        return new GenerationEnd(new Usage(running.request.prompt().count(), 0, 0), failure);
    }

    /** Ends every request and everything the loop owns. */
    private void end() {
        advance(Phase.CLOSING);
        try {
            effects.clear();
            tell(new SchedulerEvent.Abandon(ErrorCode.WORKER_LOST, closeReason));
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "the scheduler failed; requests end without their counts", e);
        }
        for (RunningRequest running : List.copyOf(requests.values())) {
            finish(running, failed(running, new GenerationEnd.Failure(ErrorCode.WORKER_LOST, closeReason)));
        }
        requests.clear();
        advance(Phase.CLOSED);
        for (Object message = mailbox.poll(); message != null; message = mailbox.poll()) {
            if (message instanceof RunningRequest running) {
                refuse(running, ErrorCode.WORKER_LOST);
            }
        }
        executor.close();
    }

    private void advance(Phase next) {
        synchronized (phaseChange) {
            if (next.compareTo(phase) > 0) {
                phase = next;
            }
            phaseChange.notifyAll();
        }
    }
}

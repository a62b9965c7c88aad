package io.jynamo.engine.loop;

import io.jynamo.engine.OutputMasks;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.OutputSink;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A request as its caller holds it: wishes are left here, and the step loop is told once that there are some, however
 * many there are, so that a mailbox holds each request at most once.
 */
final class RunningRequest implements Generation {
    final GenerationRequest request;
    final long seed;
    final OutputSink sink;
    final OutputMasks.@Nullable Compiled held;
    private final Mailbox mailbox;
    private final AtomicBoolean inMailbox = new AtomicBoolean();
    private final AtomicBoolean finished = new AtomicBoolean();
    private final AtomicLong granted = new AtomicLong();
    private final Set<Integer> unwanted = ConcurrentHashMap.newKeySet();
    private volatile boolean cancelled;
    /** The loop's thread only. */
    boolean submitted;
    /** The loop's thread only: its sink threw. */
    boolean broken;

    /** @param held what its output is held to, or null */
    RunningRequest(
            GenerationRequest request,
            long seed,
            OutputSink sink,
            OutputMasks.@Nullable Compiled held,
            Mailbox mailbox) {
        this.request = request;
        this.seed = seed;
        this.sink = sink;
        this.held = held;
        this.mailbox = mailbox;
    }

    @Override
    public void cancel() {
        cancelled = true;
        post();
    }

    @Override
    public void cancel(int choice) {
        if (choice < 0 || choice >= request.choices()) {
            throw new IllegalArgumentException("the request has " + request.choices() + " choices, not " + choice);
        }
        if (unwanted.add(choice)) {
            post();
        }
    }

    @Override
    public void grant(int tokens) {
        if (tokens < 0) {
            throw new IllegalArgumentException("credit cannot be taken back: " + tokens);
        }
        granted.accumulateAndGet(tokens, (a, b) -> Math.min(GenerationRequest.UNLIMITED_CREDIT, a + b));
        post();
    }

    void post() {
        if (!finished.get() && inMailbox.compareAndSet(false, true)) {
            mailbox.post(this);
        }
    }

    /** The loop takes it out of the mailbox; wishes after this put it there again. */
    void taken() {
        inMailbox.set(false);
    }

    boolean isCancelled() {
        return cancelled;
    }

    int takeGranted() {
        return granted.get() == 0 ? 0 : (int) granted.getAndSet(0);
    }

    /** The choices nobody wants any more, those that ended since included. */
    Set<Integer> unwanted() {
        return unwanted;
    }

    boolean isFinished() {
        return finished.get();
    }

    /** Tells the sink of the end, the first time only. */
    boolean finish(GenerationEnd end) {
        if (!finished.compareAndSet(false, true)) {
            return false;
        }
        sink.onFinished(end);
        return true;
    }
}

package io.jynamo.engine.constrain;

import io.jynamo.engine.OutputMasks;
import io.jynamo.protocol.FinishReason;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.TokenDelta;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.Usage;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A request whose constraint is being compiled; afterwards the running one. Wishes that come before are passed on then; a cancelled one ends at once. */
final class PendingGeneration implements Generation {
    private final GenerationRequest request;
    private final OutputSink sink;
    private final ConstraintCompiler.Starting starting;
    private final long sinceNanos = System.nanoTime();
    private final Set<Integer> unwanted = new LinkedHashSet<>();
    private int granted;
    /** It was refused, was cancelled, or is being started. */
    private boolean over;
    /** It is not wanted any more, and was being started. */
    private boolean cancelled;

    private @Nullable Generation running;

    PendingGeneration(GenerationRequest request, OutputSink sink, ConstraintCompiler.Starting starting) {
        this.request = request;
        this.sink = sink;
        this.starting = starting;
    }

    synchronized boolean isOver() {
        return over;
    }

    /** Ends it, unless it was cancelled. */
    void refuse(GenerationEnd.Failure failure) {
        if (tryEnd()) {
            sink.onFinished(new GenerationEnd(usage(), failure));
        }
    }

    /** Lets it run, unless it was cancelled. */
    void begin(OutputMasks.Compiled compiled) {
        if (!tryEnd()) {
            return;
        }
        Duration left = request.timeLimit().minusNanos(System.nanoTime() - sinceNanos);
        Generation started =
                starting.start(request.withTimeLimit(left.isPositive() ? left : Duration.ofMillis(1)), compiled);
        passOn(started);
    }

    /** Wishes that come from now on go to it directly. */
    private void passOn(Generation started) {
        Set<Integer> drops;
        int credit;
        boolean end;
        synchronized (this) {
            running = started;
            drops = Set.copyOf(unwanted);
            credit = granted;
            end = cancelled;
        }
        if (end) {
            started.cancel();
            return;
        }
        drops.forEach(started::cancel);
        if (credit > 0) {
            started.grant(credit);
        }
    }

    private synchronized boolean tryEnd() {
        boolean first = !over;
        over = true;
        return first;
    }

    @Override
    public void cancel() {
        Generation to;
        boolean first;
        synchronized (this) {
            to = running;
            first = !over;
            over = true;
            cancelled = true;
        }
        if (to != null) {
            to.cancel();
        } else if (first) {
            // Whoever cancels may hold what the sink needs.
            Thread.startVirtualThread(this::tellCancelled);
        }
    }

    private void tellCancelled() {
        for (int choice = 0; choice < request.choices(); choice++) {
            sink.onDelta(new TokenDelta(choice, TokenIds.empty(), List.of(), FinishReason.CANCELLED, null));
        }
        sink.onFinished(new GenerationEnd(usage(), null));
    }

    @Override
    public void cancel(int choice) {
        if (choice < 0 || choice >= request.choices()) {
            throw new IllegalArgumentException("the request has " + request.choices() + " choices, not " + choice);
        }
        Generation to;
        synchronized (this) {
            to = running;
            unwanted.add(choice);
        }
        if (to != null) {
            to.cancel(choice);
        }
    }

    @Override
    public void grant(int tokens) {
        if (tokens < 0) {
            throw new IllegalArgumentException("credit cannot be taken back: " + tokens);
        }
        Generation to;
        synchronized (this) {
            to = running;
            granted = (int) Math.min(GenerationRequest.UNLIMITED_CREDIT, (long) granted + tokens);
        }
        if (to != null) {
            to.grant(tokens);
        }
    }

    private Usage usage() {
        return new Usage(request.prompt().count(), 0, 0);
    }
}

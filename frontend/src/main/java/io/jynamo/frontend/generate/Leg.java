package io.jynamo.frontend.generate;

import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.TokenDelta;
import io.jynamo.protocol.TokenLogprobs;
import io.jynamo.protocol.WorkerId;
import io.jynamo.router.Placement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One generation request of a run: carries the engine's output to the run's event loop, and credit and cancellation the
 * other way.
 *
 * <p>How it works. The engine's thread pushes onto {@code arrived}, a stack that the event loop takes whole and turns
 * round; only the push that finds it empty wakes the loop, so a burst costs one wake-up and one write.
 *
 * <table><caption>Fields</caption>
 * <tr><td>arrived</td><td>any thread</td><td>compare-and-set; taken by the loop</td></tr>
 * <tr><td>generation</td><td>set by the starting thread, read by the loop</td><td>volatile</td></tr>
 * <tr><td>owed</td><td>set by the loop when it misses the generation, read by the starting thread after setting it</td>
 *     <td>volatile</td></tr>
 * <tr><td>everything else</td><td>event loop</td><td>plain</td></tr>
 * </table>
 */
final class Leg implements OutputSink, Runnable {
    private final Run run;
    private final int firstChoice;
    private final GenerationRequest request;
    private final Placement placement;
    private final List<WorkerId> tried;
    private final int credit;
    private final AtomicReference<@Nullable Arrival> arrived = new AtomicReference<>();
    private volatile @Nullable Generation generation;
    private volatile boolean owed;
    private boolean cancelled;
    private boolean finished;
    private final boolean[] stopped;
    private final int[] taken;
    private long granted;
    /** What was told of the prompt when it was computed; -1 where another leg told it. */
    private int cachedTold = -1;

    /**
     * A request for a worker.
     *
     * @param firstChoice index among the run's choices of this request's first
     * @param tried workers that failed with these choices, oldest first
     */
    Leg(Run run, int firstChoice, GenerationRequest request, Placement placement, List<WorkerId> tried) {
        this.run = run;
        this.firstChoice = firstChoice;
        this.request = request;
        this.placement = placement;
        this.tried = List.copyOf(tried);
        this.credit = request.credit();
        this.granted = credit;
        this.stopped = new boolean[request.choices()];
        this.taken = new int[request.choices()];
    }

    /** What the engine said, newest first. */
    private static final class Arrival {
        private final Object what;
        private @Nullable Arrival next;

        private Arrival(Object what) {
            this.what = what;
        }
    }

    /** The prompt is computed. */
    record Prefilled(int cachedTokens, List<TokenLogprobs> logprobs) {}

    int firstChoice() {
        return firstChoice;
    }

    int choices() {
        return taken.length;
    }

    GenerationRequest request() {
        return request;
    }

    Placement placement() {
        return placement;
    }

    /** Workers that failed with these choices. */
    List<WorkerId> tried() {
        return tried;
    }

    /** Whom not to ask once this worker has failed too. */
    List<WorkerId> triedWithThis() {
        List<WorkerId> all = new ArrayList<>(tried);
        all.add(placement.worker().id());
        return all;
    }

    /** Whether output is owed: it runs, and its reader has not let its credit run out. */
    boolean awaitsOutput() {
        if (finished || cancelled) {
            return false;
        }
        if (credit == Integer.MAX_VALUE) {
            return true;
        }
        for (int i = 0; i < taken.length; i++) {
            if (!stopped[i] && taken[i] < granted) {
                return true;
            }
        }
        return false;
    }

    /** The client counts this leg's prompt, with so many of its tokens cached. */
    void onPromptTold(int cachedTokens) {
        cachedTold = cachedTokens;
    }

    /** Cached tokens of the prompt that the engine tells at its end only. */
    int cachedBeyond(GenerationEnd end) {
        return cachedTold < 0 ? 0 : Math.max(0, end.usage().cached() - cachedTold);
    }

    /** Whether the engine has not said what it counted, and nobody keeps it from saying so. */
    boolean owesCount() {
        if (finished || cancelled) {
            return false;
        }
        for (boolean one : stopped) {
            if (one) {
                return false;
            }
        }
        return true;
    }

    /** Takes it out of its worker's hands: nothing it still says counts. */
    void abandon() {
        cancel();
        finished = true;
    }

    boolean isFinished() {
        return finished;
    }

    @Override
    public void onPrompt(int cachedTokens, List<TokenLogprobs> logprobs) {
        push(new Prefilled(cachedTokens, logprobs));
    }

    @Override
    public void onDelta(TokenDelta delta) {
        push(delta);
    }

    @Override
    public void onFinished(GenerationEnd end) {
        push(end);
    }

    private void push(Object what) {
        Arrival arrival = new Arrival(what);
        Arrival before;
        do {
            before = arrived.get();
            arrival.next = before;
        } while (!arrived.compareAndSet(before, arrival));
        if (before == null) {
            try {
                run.loop().execute(this);
            } catch (RejectedExecutionException closed) {
                // The server is gone and with it the client; the booking must not outlive them.
                placement.booking().release();
            }
        }
    }

    /** Takes what arrived, on the event loop. */
    @Override
    public void run() {
        Arrival newest = arrived.getAndSet(null);
        Arrival oldest = null;
        while (newest != null) {
            Arrival next = newest.next;
            newest.next = oldest;
            oldest = newest;
            newest = next;
        }
        try {
            for (Arrival one = oldest; one != null; one = one.next) {
                run.onArrival(this, one.what);
            }
            run.onArrivalsTaken(this);
        } catch (RuntimeException defect) {
            run.onDefect(defect);
        }
    }

    /** Nothing follows; the run settles the booking. */
    void onFinish() {
        finished = true;
    }

    void onStarted(Generation started) {
        generation = started;
        if (owed) {
            run.onLoop(this::settle);
        }
    }

    private void settle() {
        if (cancelled) {
            cancel();
            return;
        }
        for (int i = 0; i < stopped.length; i++) {
            if (stopped[i]) {
                stop(i);
            }
        }
        grant();
    }

    /** Ends the whole request. */
    void cancel() {
        cancelled = true;
        Generation running = running();
        if (running != null && !finished) {
            tell(running::cancel);
        }
    }

    /** Ends one choice, counted within this leg. */
    void stop(int choice) {
        stopped[choice] = true;
        Generation running = running();
        if (running != null && !finished) {
            tell(() -> running.cancel(choice));
        }
    }

    /** Whether its worker was of any use. */
    boolean hasBroughtOutput() {
        return Arrays.stream(taken).anyMatch(tokens -> tokens > 0);
    }

    void onTaken(int choice, int tokens) {
        taken[choice] += tokens;
    }

    /** Grants what was taken again, once it is half the credit. The furthest choice counts: none may starve. */
    void grant() {
        if (credit == Integer.MAX_VALUE || finished || cancelled) {
            return;
        }
        int furthest = 0;
        for (int one : taken) {
            furthest = Math.max(furthest, one);
        }
        long due = furthest + (long) credit - granted;
        if (due < Math.max(1, credit / 2)) {
            return;
        }
        Generation running = running();
        if (running != null) {
            granted += due;
            tell(() -> running.grant((int) due));
        }
    }

    /** An engine that fails to take a word must not stop the client's answer from ending. */
    private void tell(Runnable word) {
        try {
            word.run();
        } catch (RuntimeException defect) {
            run.host().onDefect(defect);
        }
    }

    private @Nullable Generation running() {
        Generation now = generation;
        if (now == null) {
            owed = true;
            now = generation;
        }
        return now;
    }
}

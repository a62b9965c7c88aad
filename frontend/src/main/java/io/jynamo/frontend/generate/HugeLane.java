package io.jynamo.frontend.generate;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one thread on which requests with huge bodies are prepared, in the order in which they came.
 *
 * <p>How it works: preparing a body leaves some ten times its size behind, dead at once, in arrays so large that they lie among what lives long.
 * Left alone, a burst grows the heap to its limit, and the process keeps that memory for good. So the lane asks for a collection itself: after
 * every {@link #COLLECTED_BYTES} of bodies, and once when nothing huge has come for {@link #QUIET}. What lives is little, so that it is short.
 */
public final class HugeLane implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(HugeLane.class.getName());
    private static final long COLLECTED_BYTES = 8L << 20;
    private static final Duration QUIET = Duration.ofSeconds(2);

    private final BlockingQueue<Task> waiting;
    private final Thread thread;
    private final Runnable collection;

    private record Task(Runnable work, long bytes) {}

    /** @param most requests that may wait; further ones are rejected */
    public HugeLane(int most) {
        this(most, System::gc);
    }

    HugeLane(int most, Runnable collection) {
        this.waiting = new ArrayBlockingQueue<>(most);
        this.collection = collection;
        this.thread = Thread.ofPlatform().daemon().name("jynamo-huge").start(this::run);
    }

    /**
     * Prepares a request with a body of so many bytes when its turn comes.
     *
     * @throws RejectedExecutionException when too many wait
     */
    void execute(Runnable work, long bytes) {
        if (!waiting.offer(new Task(work, bytes))) {
            throw new RejectedExecutionException("as many huge requests wait as may");
        }
    }

    private void run() {
        long uncollected = 0;
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Task next = next(uncollected > 0);
                if (next != null) {
                    perform(next.work());
                    uncollected += next.bytes();
                }
                if (next == null || uncollected >= COLLECTED_BYTES) {
                    next = null; // what it holds is to be collected too
                    collection.run();
                    uncollected = 0;
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable Task next(boolean untilQuiet) throws InterruptedException {
        return untilQuiet ? waiting.poll(QUIET.toMillis(), TimeUnit.MILLISECONDS) : waiting.take();
    }

    private static void perform(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error defect) {
            LOG.log(System.Logger.Level.ERROR, "a request could not be prepared", defect);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}

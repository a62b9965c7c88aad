package io.jynamo.engine.encoder;

import io.jynamo.engine.encoder.TextQueue.Item;
import io.jynamo.engine.encoder.TextQueue.Job;
import io.jynamo.engine.loop.TimeSource;
import io.jynamo.protocol.EmbeddingCall;
import io.jynamo.protocol.EmbeddingRequest;
import io.jynamo.protocol.EmbeddingResult;
import io.jynamo.protocol.EmbeddingSink;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.Turnover;
import io.jynamo.protocol.WorkerLoad;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The thread of one embedding engine: takes batches out of its queue, has them computed and tells the sinks. All that is shared is
 * under one lock, which is held neither while computing nor while a sink is told.
 */
final class EncoderLoop implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(EncoderLoop.class.getName());

    private final EmbeddingOptions options;
    private final Encoder encoder;
    private final TimeSource time;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final TextQueue queue;
    private final Turnover turnover = new Turnover();
    private final Set<Job> open = new LinkedHashSet<>();
    private int running;
    private boolean draining;
    private boolean closed;

    EncoderLoop(String name, EmbeddingOptions options, Encoder encoder, TimeSource time) {
        this.options = options;
        this.encoder = encoder;
        this.time = time;
        this.queue = new TextQueue(options.maxBatchedTokens(), options.maxQueuedTexts());
        this.thread = Thread.ofPlatform().name(name).daemon().start(this::run);
    }

    EmbeddingCall start(EmbeddingRequest request, EmbeddingSink sink) {
        long now = time.nanos();
        Job job = null;
        GenerationEnd.Failure refusal;
        lock.lock();
        try {
            refusal = refusal(request, now);
            if (refusal == null) {
                job = new Job(request, sink, now + request.timeLimit().toNanos(), encoder.width());
                queue.add(job);
                open.add(job);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
        if (refusal != null) {
            sink.onResult(new EmbeddingResult.Failed(refusal));
        }
        // The loop never sleeps while something waits, so it sees this before the next batch.
        Job added = job;
        return added == null ? () -> {} : () -> added.cancelled = true;
    }

    private GenerationEnd.@Nullable Failure refusal(EmbeddingRequest request, long now) {
        if (closed) {
            return new GenerationEnd.Failure(ErrorCode.WORKER_LOST, "the engine was closed");
        }
        if (draining) {
            return new GenerationEnd.Failure(ErrorCode.NOT_READY, "the engine finishes what it has and takes no more");
        }
        if (request.texts().size() > options.maxQueuedTexts()) {
            return new GenerationEnd.Failure(
                    ErrorCode.INVALID_REQUEST,
                    "the request has " + request.texts().size() + " texts, and " + options.maxQueuedTexts()
                            + " are taken at most; send them in several requests");
        }
        if (!queue.hasRoom(request)) {
            return new GenerationEnd.Failure(
                    ErrorCode.OVERLOADED,
                    queue.openTexts() + " texts wait, of " + options.maxQueuedTexts() + " that may; this request has "
                            + request.texts().size(),
                    turnover.untilNext(now));
        }
        return null;
    }

    private void run() {
        try {
            List<Job> gone = new ArrayList<>();
            for (List<Item> batch = next(gone); batch != null; batch = next(gone)) {
                gone.forEach(this::tellGone);
                gone.clear();
                if (!batch.isEmpty()) {
                    compute(batch);
                }
            }
        } catch (Error failed) {
            LOG.log(System.Logger.Level.ERROR, "the embedding engine ends", failed);
        } finally {
            abandon();
        }
    }

    /** The next batch, perhaps an empty one, or null at the end. */
    private @Nullable List<Item> next(List<Job> gone) {
        lock.lock();
        try {
            running = 0;
            while (!closed && queue.isEmpty()) {
                changed.awaitUninterruptibly();
            }
            if (closed) {
                return null;
            }
            List<Item> batch = queue.next(time.nanos(), gone);
            gone.forEach(open::remove);
            running = batch.size();
            changed.signalAll();
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private void compute(List<Item> batch) {
        try {
            store(batch, encoder.run(batch.stream().map(Item::text).toList()));
        } catch (RuntimeException failed) {
            if (batch.size() == 1) {
                LOG.log(System.Logger.Level.ERROR, "a text could not be computed", failed);
                fail(
                        batch.getFirst().job(),
                        "the model failed on text " + batch.getFirst().index() + ": " + failed);
                return;
            }
            LOG.log(System.Logger.Level.ERROR, "a batch of " + batch.size() + " failed; each is tried alone", failed);
            batch.forEach(item -> compute(List.of(item)));
        }
    }

    private void store(List<Item> batch, float[] numbers) {
        int width = encoder.width();
        for (int i = 0; i < batch.size(); i++) {
            Item item = batch.get(i);
            if (!isFinite(numbers, i * width, width)) {
                fail(item.job(), "the model made numbers of text " + item.index() + " that are not finite");
                continue;
            }
            System.arraycopy(numbers, i * width, item.job().vectors, item.index() * width, width);
            if (onComputed(item)) {
                Job job = item.job();
                tell(job, new EmbeddingResult.Vectors(width, job.vectors, job.request.tokens()));
            }
        }
    }

    private static boolean isFinite(float[] numbers, int at, int length) {
        for (int i = at; i < at + length; i++) {
            if (!Float.isFinite(numbers[i])) {
                return false;
            }
        }
        return true;
    }

    private boolean onComputed(Item item) {
        lock.lock();
        try {
            boolean whole = queue.onComputed(item);
            if (whole) {
                left(item.job());
            }
            return whole;
        } finally {
            lock.unlock();
        }
    }

    private void fail(Job job, String why) {
        boolean ended;
        lock.lock();
        try {
            ended = queue.end(job);
            if (ended) {
                left(job);
            }
        } finally {
            lock.unlock();
        }
        if (ended) {
            tell(job, new EmbeddingResult.Failed(ErrorCode.INTERNAL, why));
        }
    }

    private void left(Job job) {
        open.remove(job);
        turnover.onEnd(time.nanos(), !open.isEmpty());
        changed.signalAll();
    }

    private void tellGone(Job job) {
        tell(
                job,
                job.cancelled
                        ? new EmbeddingResult.Failed(ErrorCode.CANCELLED, "the request was cancelled")
                        : new EmbeddingResult.Failed(
                                ErrorCode.DEADLINE_EXCEEDED, "the request's time ran out before all was computed"));
    }

    private static void tell(Job job, EmbeddingResult result) {
        try {
            job.sink.onResult(result);
        } catch (RuntimeException broken) {
            LOG.log(System.Logger.Level.ERROR, "a sink threw", broken);
        }
    }

    WorkerLoad load() {
        lock.lock();
        try {
            return new WorkerLoad(running, queue.waitingTexts(), queue.waitingTokens(), 0, 0);
        } finally {
            lock.unlock();
        }
    }

    boolean drain(Duration limit) throws InterruptedException {
        long left = limit.toNanos();
        lock.lock();
        try {
            draining = true;
            while (!open.isEmpty() && left > 0) {
                left = changed.awaitNanos(left);
            }
            return open.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    private void abandon() {
        List<Job> lost;
        lock.lock();
        try {
            closed = true;
            lost = List.copyOf(open);
            open.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        lost.forEach(job -> tell(job, new EmbeddingResult.Failed(ErrorCode.WORKER_LOST, "the engine was closed")));
    }

    /** Ends after the batch that runs. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}

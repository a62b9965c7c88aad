package io.jynamo.engine.encoder;

import io.jynamo.protocol.EmbeddingRequest;
import io.jynamo.protocol.EmbeddingSink;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * Which texts are computed next: a core without thread or clock. Requests of a higher priority go first; those of one take turns, a
 * text each, so that a request of thousands holds up no small one. A batch takes texts up to its tokens, and the first one whatever
 * its length. Texts of all requests are bounded, and those of requests that give way to half of that.
 */
final class TextQueue {
    private final int maxBatchedTokens;
    private final int maxTexts;
    /** By priority, the highest first; none is empty. */
    private final TreeMap<Integer, ArrayDeque<Job>> waiting = new TreeMap<>(Comparator.reverseOrder());

    private int openTexts;
    private int waitingTexts;
    private long waitingTokens;

    TextQueue(int maxBatchedTokens, int maxTexts) {
        this.maxBatchedTokens = maxBatchedTokens;
        this.maxTexts = maxTexts;
    }

    /** One request on its way, and its vectors as they come. */
    static final class Job {
        final EmbeddingRequest request;
        final EmbeddingSink sink;
        final long deadlineNanos;
        final float[] vectors;
        private int next;
        private int computed;
        private boolean open = true;

        /** Set by any thread. */
        volatile boolean cancelled;

        /** @param deadlineNanos by the engine's clock */
        Job(EmbeddingRequest request, EmbeddingSink sink, long deadlineNanos, int width) {
            this.request = request;
            this.sink = sink;
            this.deadlineNanos = deadlineNanos;
            this.vectors = new float[Math.multiplyExact(request.texts().size(), width)];
        }

        private EmbeddingRequest.Text text() {
            return request.texts().get(next);
        }

        private boolean isWhole() {
            return computed == request.texts().size();
        }
    }

    /** A text of a job. */
    record Item(Job job, int index) {
        EmbeddingRequest.Text text() {
            return job.request.texts().get(index);
        }
    }

    /** Whether there is room for all texts of a request; what waits in the background leaves half to others. */
    boolean hasRoom(EmbeddingRequest request) {
        int room = request.priority() < 0 && openTexts > 0 ? maxTexts / 2 : maxTexts;
        return openTexts + (long) request.texts().size() <= room;
    }

    /** Whether nothing waits to be computed. */
    boolean isEmpty() {
        return waiting.isEmpty();
    }

    void add(Job job) {
        openTexts += job.request.texts().size();
        waitingTexts += job.request.texts().size();
        waitingTokens += job.request.tokens();
        waits(job);
    }

    private void waits(Job job) {
        waiting.computeIfAbsent(job.request.priority(), none -> new ArrayDeque<>())
                .addLast(job);
    }

    /** Takes it out; false where it is not there. */
    private boolean leaves(Job job) {
        ArrayDeque<Job> ofIts = waiting.get(job.request.priority());
        if (ofIts == null || !ofIts.remove(job)) {
            return false;
        }
        if (ofIts.isEmpty()) {
            waiting.remove(job.request.priority());
        }
        return true;
    }

    /** Takes out those whose time is over or that nobody wants, as {@code gone}, and returns the texts to compute now. */
    List<Item> next(long nowNanos, List<Job> gone) {
        for (Job job : waiting.values().stream().flatMap(ArrayDeque::stream).toList()) {
            if (job.cancelled || job.deadlineNanos - nowNanos <= 0) {
                end(job);
                gone.add(job);
            }
        }
        List<Item> batch = new ArrayList<>();
        int tokens = 0;
        while (!waiting.isEmpty()) {
            Job job = waiting.firstEntry().getValue().getFirst();
            int more = job.text().tokens().count();
            if (!batch.isEmpty() && tokens + more > maxBatchedTokens) {
                break;
            }
            leaves(job);
            batch.add(new Item(job, job.next++));
            tokens += more;
            waitingTexts--;
            waitingTokens -= more;
            if (job.next < job.request.texts().size()) {
                waits(job);
            }
        }
        return batch;
    }

    /** A text is computed. Returns whether it was its job's last. */
    boolean onComputed(Item item) {
        item.job().computed++;
        if (!item.job().open || !item.job().isWhole()) {
            return false;
        }
        end(item.job());
        return true;
    }

    /** A job has ended, whole or not; returns false where it had already. */
    boolean end(Job job) {
        if (!job.open) {
            return false;
        }
        job.open = false;
        openTexts -= job.request.texts().size();
        if (leaves(job)) {
            waitingTexts -= job.request.texts().size() - job.next;
            for (int i = job.next; i < job.request.texts().size(); i++) {
                waitingTokens -= job.request.texts().get(i).tokens().count();
            }
        }
        return true;
    }

    int openTexts() {
        return openTexts;
    }

    int waitingTexts() {
        return waitingTexts;
    }

    long waitingTokens() {
        return waitingTokens;
    }
}

package io.jynamo.frontend.batch;

import io.jynamo.frontend.files.Disk;
import io.jynamo.frontend.files.FileStore;
import io.jynamo.frontend.files.StoredFile;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.protocol.JynamoException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One batch while its lines run: reads them in order, knows which are done by what is written, and ends it. One thread.
 *
 * <p>How it works. A line is done when it is in one of the two logs, which is where a restart finds it; what is between the
 * input and the logs is in memory only and runs again. The end is decided once and kept ({@link Batch#endsAs}) before the logs
 * become files, each step of which may be done again.
 */
final class BatchRun {
    /** How often a line is tried on which something broke. */
    private static final int MOST_TRIES = 3;
    /** How often a line is tried whose time ran out, much of which it may have waited for others. */
    private static final int MOST_LATE_TRIES = 10;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final Duration FIRST_DISK_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_DISK_PAUSE = Duration.ofSeconds(30);
    /** A longer hint is looked at again after this: limits change. */
    private static final Duration LONGEST_HINT = Duration.ofMinutes(5);

    private final BatchShelf shelf;
    private final FileStore store;
    private final BatchLimits limits;
    private final BitSet done = new BitSet();
    private final LineLog output;
    private final LineLog errors;
    private final LineReader input;
    /** To be run once more; without their bodies, for they may wait for long. */
    private final ArrayDeque<BatchLine> again = new ArrayDeque<>();

    private final Map<Integer, Integer> tries = new HashMap<>();
    private final Map<BatchLine, LineCaller.Call> calls = new HashMap<>();
    private Batch batch;
    private boolean read;
    /** What was read last of the input while it is neither run nor written down, which may fail. */
    private LineReader.@Nullable Line ahead;

    private Duration pause = FIRST_PAUSE;
    private long pausedUntilNanos;
    private boolean paused;
    private Duration diskPause = FIRST_DISK_PAUSE;
    private long diskUntilNanos;
    private boolean diskPaused;
    private boolean decided;

    private BatchRun(BatchShelf shelf, FileStore store, BatchLimits limits, Batch batch) {
        this.shelf = shelf;
        this.store = store;
        this.limits = limits;
        this.batch = batch;
        this.output = LineLog.open(shelf.output(batch.id()), batch.id(), done);
        this.errors = LineLog.open(shelf.errors(batch.id()), batch.id(), done);
        this.input = LineReader.open(store.data(batch.inputFile()), limits.lineBytes());
    }

    /** Goes on with a batch where it was, or begins it. */
    static BatchRun open(BatchShelf shelf, FileStore store, BatchLimits limits, Batch batch) {
        BatchRun run = new BatchRun(shelf, store, limits, batch);
        store.charge(batch.owner(), run.output.size() + run.errors.size());
        run.show();
        return run;
    }

    Batch batch() {
        return batch;
    }

    /** The next line to be run, or null where there is none now. */
    @Nullable
    BatchLine next() {
        BatchLine waited = again.peek();
        if (waited != null) {
            byte[] bytes = LineReader.at(store.data(batch.inputFile()), waited.offset(), limits.lineBytes());
            BatchLine whole = line(new LineReader.Line(waited.index(), 0, waited.offset(), bytes));
            again.remove();
            if (whole != null) {
                return whole;
            }
        }
        BatchLine line = null;
        while (line == null && !read) {
            if (ahead == null) {
                ahead = input.next();
            }
            if (ahead == null) {
                read = true;
            } else if (!done.get(ahead.index())) {
                line = line(ahead);
            }
            ahead = null;
        }
        return line;
    }

    /** A line that was checked before; null where the file is no longer what it was, which is told. */
    private @Nullable BatchLine line(LineReader.Line next) {
        byte[] bytes = next.bytes();
        try {
            if (bytes != null) {
                return BatchLine.read(next, bytes, batch.endpoint());
            }
        } catch (Refusal | JynamoException changed) {
            // As below.
        }
        fail(
                new BatchLine(next.index(), next.offset(), "", new byte[0]),
                "invalid_line",
                "The line is not what it was when it was checked.");
        return null;
    }

    void began(BatchLine line, LineCaller.Call call) {
        calls.put(line, call);
    }

    /** A line is not under way any more; false where nobody waited for it. */
    boolean ended(BatchLine line) {
        return calls.remove(line) != null;
    }

    /** Lines under way. */
    int underWay() {
        return calls.size();
    }

    /** Gives up all lines under way. */
    void cancelCalls() {
        calls.values().forEach(LineCaller.Call::cancel);
        calls.clear();
    }

    /** Whether all its lines are done. */
    boolean isDone() {
        return read && again.isEmpty() && calls.isEmpty();
    }

    /** Whether it may begin another line now. */
    boolean isReady(long nowNanos) {
        paused &= nowNanos - pausedUntilNanos < 0;
        return !paused
                && !isPausedByDisk(nowNanos)
                && !(read && again.isEmpty())
                && batch.status() == BatchStatus.IN_PROGRESS;
    }

    /** What to do about an answer; returns whether its line is done now. */
    boolean onAnswer(BatchLine line, LineAnswer answer, boolean modelsMayCome, long nowNanos) {
        boolean retried = switch (answer.meaning()) {
            case ANSWERED, REFUSED -> false;
            case NO_ROOM -> true;
            case NO_MODEL -> modelsMayCome;
            case BROKEN -> tries.merge(line.index(), 1, Integer::sum) < MOST_TRIES;
            case LATE -> tries.merge(line.index(), 1, Integer::sum) < MOST_LATE_TRIES;
        };
        if (retried) {
            again.add(line);
            backOff(answer.retryAfter(), nowNanos);
            return false;
        }
        pause = FIRST_PAUSE;
        tries.remove(line.index());
        boolean good = answer.status() < 400;
        append(good ? output : errors, line, answer.line(LineLog.id(batch.id(), line.index()), line.customId()));
        return true;
    }

    /** Puts a line back that could not be begun or written down. */
    void putBack(BatchLine line) {
        again.addFirst(line);
    }

    private void fail(BatchLine line, String code, String message) {
        append(errors, line, LineAnswer.notRun(LineLog.id(batch.id(), line.index()), line.customId(), code, message));
    }

    private void append(LineLog log, BatchLine line, byte[] bytes) {
        log.append(bytes);
        diskPause = FIRST_DISK_PAUSE;
        store.charge(batch.owner(), bytes.length);
        done.set(line.index());
        show();
    }

    private void show() {
        batch = batch.with(new Batch.Counts(batch.counts().total(), output.count(), errors.count()));
        shelf.show(batch);
    }

    /** Begins nothing for a while: as long as it was told, or longer each time. */
    void backOff(Duration hint, long nowNanos) {
        if (paused) {
            return; // lines that were under way together are refused together
        }
        Duration told = hint.compareTo(LONGEST_HINT) > 0 ? LONGEST_HINT : hint;
        Duration wait = told.compareTo(pause) > 0 ? told : pause;
        pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
        paused = true;
        pausedUntilNanos = nowNanos + wait.toNanos();
    }

    /** Does nothing at all for a while, longer each time: the disk takes nothing. */
    void pauseForDisk(long nowNanos) {
        if (!diskPaused) {
            diskUntilNanos = nowNanos + diskPause.toNanos();
            diskPause = diskPause.multipliedBy(2).compareTo(LONGEST_DISK_PAUSE) > 0
                    ? LONGEST_DISK_PAUSE
                    : diskPause.multipliedBy(2);
        }
        diskPaused = true;
    }

    boolean isPausedByDisk(long nowNanos) {
        diskPaused &= nowNanos - diskUntilNanos < 0;
        return diskPaused;
    }

    /** Goes on to another status, and has that kept. */
    void to(BatchStatus status) {
        batch = batch.to(status, store.nowSeconds());
        shelf.put(batch);
    }

    /** Has all that was written on the disk. */
    void force() {
        if (decided) {
            return; // its files are closed
        }
        output.force();
        errors.force();
    }

    /**
     * Ends the batch; may be asked again after a failure.
     *
     * @param as what it ends as: COMPLETED, EXPIRED or CANCELLED
     */
    void end(BatchStatus as) {
        if (!decided) {
            decide(as);
        }
        settle(shelf, store, batch);
    }

    private void decide(BatchStatus as) {
        cancelCalls();
        switch (as) {
            case EXPIRED ->
                failRest("batch_expired", "This request could not be executed before the completion window expired.");
            case CANCELLED -> failRest("batch_cancelled", "The batch was cancelled before this request was executed.");
            default -> {}
        }
        force();
        if (batch.endsAs() == null) {
            batch = batch.ending(
                    as,
                    output.count() > 0 ? store.newId("file-") : null,
                    errors.count() > 0 ? store.newId("file-") : null);
        }
        to(as == BatchStatus.CANCELLED ? BatchStatus.CANCELLING : BatchStatus.FINALIZING);
        decided = true;
        close();
    }

    private void failRest(String code, String message) {
        try (LineReader all = LineReader.open(store.data(batch.inputFile()), limits.lineBytes())) {
            for (LineReader.Line next = all.next(); next != null; next = all.next()) {
                BatchLine line = done.get(next.index()) ? null : line(next);
                if (line != null) {
                    fail(line, code, message);
                }
            }
        }
    }

    /** Makes files of what a batch wrote whose end is decided, and ends it; may be done again after a crash. */
    static void settle(BatchShelf shelf, FileStore store, Batch batch) {
        BatchStatus as = batch.endsAs();
        if (as == null) {
            throw new IllegalStateException("it is not decided how the batch ends: " + batch.id());
        }
        long now = store.nowSeconds();
        keep(store, shelf.output(batch.id()), batch, batch.outputFile(), "output", now);
        keep(store, shelf.errors(batch.id()), batch, batch.errorFile(), "error", now);
        shelf.put(batch.to(as, now));
        store.unpin(batch.inputFile());
    }

    private static void keep(FileStore store, Path log, Batch batch, @Nullable String file, String kind, long now) {
        if (file == null) {
            Disk.delete(log);
        } else {
            store.adopt(
                    log,
                    new StoredFile(
                            file,
                            batch.owner(),
                            "batch_output",
                            batch.id() + "_" + kind + ".jsonl",
                            log.toFile().length(),
                            now,
                            now + batch.outputSeconds()));
        }
    }

    /** Lets go of its files; what is under way is given up. */
    void close() {
        cancelCalls();
        input.close();
        output.close();
        errors.close();
    }
}

package io.jynamo.frontend.batch;

import io.jynamo.frontend.files.FileStore;
import io.jynamo.frontend.keys.Owner;
import io.jynamo.frontend.metrics.BatchMeters;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Runs batches, a bounded number of lines at one time, in turns. One thread does all; others hand it what happened.
 *
 * <p>Batches that cannot go on (no room anywhere, a full disk) pause, each by itself, and hold no place meanwhile.
 */
public final class BatchRunner implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(BatchRunner.class.getName());
    private static final Duration SYNC = Duration.ofSeconds(1);
    private static final Duration SWEEP = Duration.ofMinutes(1);
    private static final Duration DISK_PAUSE = Duration.ofSeconds(30);
    private static final long BUSY_MILLIS = 50;
    private static final long IDLE_MILLIS = 10_000;

    private final FileStore store;
    private final BatchShelf shelf;
    private final BatchLimits limits;
    private final BatchMeters meters;
    private final LineCaller caller;
    private final BooleanSupplier draining;
    private final LinkedBlockingQueue<Runnable> mailbox = new LinkedBlockingQueue<>();
    private final Map<String, BatchRun> open = new LinkedHashMap<>();
    private final Set<String> checking = new HashSet<>();
    private final LinkedBlockingQueue<Batch> toCheck = new LinkedBlockingQueue<>();
    private final long startedNanos = System.nanoTime();
    private final Thread loop = Thread.ofVirtual().name("jynamo-batches").unstarted(this::loop);
    private final Thread checker = Thread.ofVirtual().name("jynamo-batch-check").unstarted(this::check);
    private volatile boolean stopped;
    private volatile int underWay;
    private long syncedNanos = startedNanos;
    private long settleNanos = startedNanos;
    private long openNanos = startedNanos;
    private long sweptNanos = startedNanos - SWEEP.toNanos();

    private BatchRunner(
            FileStore store,
            BatchShelf shelf,
            BatchLimits limits,
            BatchMeters meters,
            LineCaller caller,
            BooleanSupplier draining) {
        this.store = store;
        this.shelf = shelf;
        this.limits = limits;
        this.meters = meters;
        this.caller = caller;
        this.draining = draining;
    }

    /** Goes on with what is under way, and waits for more. */
    static BatchRunner start(
            FileStore store,
            BatchShelf shelf,
            BatchLimits limits,
            BatchMeters meters,
            LineCaller caller,
            BooleanSupplier draining) {
        BatchRunner runner = new BatchRunner(store, shelf, limits, meters, caller, draining);
        for (Batch batch : shelf.underWay()) {
            store.pinAgain(batch.inputFile());
        }
        runner.admit(); // so that whoever asks sees what was done before
        runner.loop.start();
        runner.checker.start();
        return runner;
    }

    /** Lines under way. */
    int linesUnderWay() {
        return underWay;
    }

    /** A batch was put on the shelf. */
    void onNew() {
        mailbox.add(() -> {});
    }

    /** Cancels a batch that is not over; the shelf shows when that is done. */
    void cancel(String id, Runnable then) {
        mailbox.add(() -> {
            try {
                cancel(id);
            } finally {
                then.run();
            }
        });
    }

    private void cancel(String id) {
        Batch batch = shelf.find(id);
        BatchRun run = open.get(id);
        if (batch == null || batch.endsAs() != null || batch.status().isOver()) {
            return;
        }
        if (run == null) {
            shelf.put(batch.to(BatchStatus.CANCELLING, store.nowSeconds()));
        } else if (batch.status() != BatchStatus.CANCELLING) {
            run.to(BatchStatus.CANCELLING);
            run.cancelCalls();
        }
    }

    private void loop() {
        try {
            while (!stopped) {
                Runnable event = mailbox.poll(open.isEmpty() ? IDLE_MILLIS : BUSY_MILLIS, TimeUnit.MILLISECONDS);
                for (; event != null; event = mailbox.poll()) {
                    guarded("an event", event);
                }
                guarded("a step", this::step);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        open.values()
                .forEach(run -> guarded("a batch's end", () -> {
                    run.force();
                    run.close();
                }));
    }

    private static void guarded(String what, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException failed) {
            LOG.log(System.Logger.Level.ERROR, what + " of the batches failed", failed);
        }
    }

    private void step() {
        long now = System.nanoTime();
        admit();
        for (BatchRun run : new ArrayList<>(open.values())) {
            onDisk(run, now, () -> advance(run, now));
        }
        pump(now);
        if (now - syncedNanos > SYNC.toNanos()) {
            syncedNanos = now;
            for (BatchRun run : new ArrayList<>(open.values())) {
                onDisk(run, now, run::force);
            }
        }
        if (now - sweptNanos > SWEEP.toNanos()) {
            sweptNanos = now;
            store.sweep();
            shelf.sweep(store.nowSeconds() - limits.kept().toSeconds());
        }
        underWay = open.values().stream().mapToInt(BatchRun::underWay).sum();
    }

    /** Opens what waits, the oldest of the owner with the fewest open first, and has new ones looked through. */
    private void admit() {
        List<Batch> waiting = new ArrayList<>();
        for (Batch batch : shelf.underWay()) {
            if (open.containsKey(batch.id())) {
                continue;
            }
            if (batch.endsAs() != null) {
                settle(batch);
            } else if (batch.status() == BatchStatus.VALIDATING) {
                if (checking.add(batch.id())) {
                    toCheck.add(batch);
                }
            } else if (!checking.contains(batch.id())) {
                waiting.add(batch);
            }
        }
        while (!waiting.isEmpty() && openNanos - System.nanoTime() <= 0 && open.size() < limits.openBatches()) {
            Batch next = waiting.getFirst();
            for (Batch batch : waiting) {
                if (openOf(batch.owner()) < openOf(next.owner())) {
                    next = batch;
                }
            }
            waiting.remove(next);
            open(next);
        }
    }

    private long openOf(Owner owner) {
        return open.values().stream()
                .filter(run -> run.batch().owner().equals(owner))
                .count();
    }

    /** Of before a crash: its files are counted when they are in place. */
    private void settle(Batch batch) {
        if (settleNanos - System.nanoTime() > 0) {
            return;
        }
        try {
            long size = shelf.output(batch.id()).toFile().length()
                    + shelf.errors(batch.id()).toFile().length();
            BatchRun.settle(shelf, store, batch);
            store.charge(batch.owner(), size);
        } catch (UncheckedIOException failed) {
            LOG.log(System.Logger.Level.WARNING, "batch " + batch.id() + " cannot be ended yet", failed);
            settleNanos = System.nanoTime() + DISK_PAUSE.toNanos();
        }
    }

    private void open(Batch batch) {
        if (batch.counts().total() == 0 && batch.status() == BatchStatus.CANCELLING) {
            shelf.put(batch.to(BatchStatus.CANCELLED, store.nowSeconds())); // before it was known what is in it
            store.unpin(batch.inputFile());
            return;
        }
        if (!Files.exists(store.data(batch.inputFile()))) {
            LOG.log(System.Logger.Level.WARNING, "the input of batch " + batch.id() + " is gone");
            fail(batch, new BatchError("input_unreadable", "The input file cannot be read.", "input_file_id", 0));
            return;
        }
        try {
            open.put(batch.id(), BatchRun.open(shelf, store, limits, batch));
        } catch (UncheckedIOException failed) {
            LOG.log(System.Logger.Level.WARNING, "batch " + batch.id() + " cannot be opened yet", failed);
            openNanos = System.nanoTime() + DISK_PAUSE.toNanos();
        }
    }

    private void fail(Batch batch, BatchError why) {
        shelf.put(batch.with(List.of(why)).to(BatchStatus.FAILED, store.nowSeconds()));
        store.unpin(batch.inputFile());
    }

    private void advance(BatchRun run, long nowNanos) {
        Batch batch = run.batch();
        BatchStatus end = null;
        if (batch.status() == BatchStatus.CANCELLING) {
            end = BatchStatus.CANCELLED;
        } else if (run.isDone()) {
            end = BatchStatus.COMPLETED;
        } else if (store.nowSeconds() >= batch.expiresSeconds()) {
            end = BatchStatus.EXPIRED;
        }
        if (end != null && !run.isPausedByDisk(nowNanos)) {
            run.end(end);
            open.remove(batch.id());
        }
    }

    private void pump(long nowNanos) {
        int running = open.values().stream().mapToInt(BatchRun::underWay).sum();
        boolean more = true;
        while (more && running < limits.concurrency() && !draining.getAsBoolean()) {
            more = false;
            for (BatchRun run : List.copyOf(open.values())) {
                if (running < limits.concurrency() && run.isReady(nowNanos) && hasRoom(run, nowNanos)) {
                    boolean[] begun = new boolean[1];
                    onDisk(run, nowNanos, () -> begun[0] = begin(run));
                    more |= begun[0];
                    running += begun[0] ? 1 : 0;
                }
            }
        }
    }

    private boolean hasRoom(BatchRun run, long nowNanos) {
        boolean has = store.hasRoom(run.batch().owner());
        if (!has) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "batch " + run.batch().id() + " waits: its owner's files, or all, take as much as they may");
            run.backOff(DISK_PAUSE, nowNanos);
        }
        return has;
    }

    private boolean begin(BatchRun run) {
        BatchLine line = run.next();
        if (line == null) {
            return false;
        }
        BatchLine running = line.withoutBody(); // whoever answers it has the body, for as long as that is wanted
        run.began(running, caller.call(run.batch(), line, answer -> mailbox.add(() -> onAnswer(run, running, answer))));
        return true;
    }

    private void onAnswer(BatchRun run, BatchLine line, LineAnswer answer) {
        if (!run.ended(line)) {
            return; // it was given up
        }
        long now = System.nanoTime();
        boolean modelsMayCome = now - startedNanos < limits.modelPatience().toNanos();
        boolean written = onDisk(run, now, () -> {
            boolean over = run.onAnswer(line, answer, modelsMayCome, now);
            meters.onLine(!over ? "retried" : answer.status() < 400 ? "completed" : "failed");
        });
        if (!written) {
            run.putBack(line);
        }
    }

    /** Does what needs the disk; where that fails the batch pauses. */
    private static boolean onDisk(BatchRun run, long nowNanos, Runnable step) {
        try {
            step.run();
            return true;
        } catch (UncheckedIOException failed) {
            LOG.log(System.Logger.Level.WARNING, "batch " + run.batch().id() + " pauses: it cannot be written", failed);
        } catch (RuntimeException defect) {
            LOG.log(System.Logger.Level.ERROR, "batch " + run.batch().id() + " pauses: it failed", defect);
        }
        // The others go on.
        run.pauseForDisk(nowNanos);
        return false;
    }

    /** Looks through new batches, one after the other, on a thread of its own. */
    private void check() {
        try {
            while (!stopped) {
                Batch batch = toCheck.take();
                InputCheck.Outcome outcome = outcome(batch);
                mailbox.add(() -> onChecked(batch.id(), outcome));
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private InputCheck.Outcome outcome(Batch batch) {
        try {
            return InputCheck.run(store.data(batch.inputFile()), batch.endpoint(), limits);
        } catch (RuntimeException lost) {
            LOG.log(System.Logger.Level.WARNING, "the input of batch " + batch.id() + " cannot be read", lost);
            return new InputCheck.Outcome.Wrong(
                    List.of(new BatchError("input_unreadable", "The input file cannot be read.", "input_file_id", 0)));
        }
    }

    private void onChecked(String id, InputCheck.Outcome outcome) {
        checking.remove(id);
        Batch batch = shelf.find(id);
        if (batch == null || batch.status() != BatchStatus.VALIDATING) {
            return; // cancelled meanwhile
        }
        switch (outcome) {
            case InputCheck.Outcome.Good(int lines) ->
                shelf.put(batch.with(new Batch.Counts(lines, 0, 0)).to(BatchStatus.IN_PROGRESS, store.nowSeconds()));
            case InputCheck.Outcome.Wrong(List<BatchError> errors) -> {
                shelf.put(batch.with(errors).to(BatchStatus.FAILED, store.nowSeconds()));
                store.unpin(batch.inputFile());
            }
        }
    }

    /** Begins nothing more, gives up what is under way, and has what was written on the disk. */
    @Override
    public void close() {
        stopped = true;
        checker.interrupt();
        onNew();
        try {
            loop.join(Duration.ofSeconds(10));
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.jynamo.engine.process;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.WorkerState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An engine server as a process of ours: launched, watched, started again when it dies, ended with us.
 *
 * <p><b>How it works.</b> One thread supervises; everything that happens comes to it as a signal. An end that nobody asked
 * for is a failure, exit code 0 included: engines end so when they die. All that an engine began is ended before it is
 * started again, since it may hold memory and ports. Should we be killed, a watchdog ends the engine; should the watchdog
 * be killed too, the next of us finds the engine by its record.
 *
 * <table>
 * <caption>states</caption>
 * <tr><th>state</th><th>is</th><th>then</th></tr>
 * <tr><td>LOADING</td><td>started, not ready; or failed and about to be started again</td><td>READY, GONE</td></tr>
 * <tr><td>READY</td><td>it said so</td><td>UNREACHABLE, DRAINING, GONE</td></tr>
 * <tr><td>UNREACHABLE</td><td>it died, or does not answer and is ended</td><td>LOADING, GONE</td></tr>
 * <tr><td>DRAINING</td><td>{@link #drain} was called; it runs on until {@link #close}</td><td>GONE</td></tr>
 * <tr><td>GONE</td><td>closed, or it failed too often</td><td>nothing</td></tr>
 * </table>
 */
public final class EngineProcess implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(EngineProcess.class.getName());
    private static final Duration READY_EVERY = Duration.ofMillis(250);
    private static final Duration READY_BOUND = Duration.ofSeconds(5);
    private static final int SIGNALS = 1024;

    /** What happens to a supervised engine. */
    private sealed interface Signal {
        record Exited(int run) implements Signal {}

        record Answer(int run, Optional<String> wrong) implements Signal {}

        record Progress(int run, String detail) implements Signal {}

        record Restart(int run, String why) implements Signal {}

        record Drain() implements Signal {}

        record Stop() implements Signal {}
    }

    private final EngineSpec spec;
    private final Consumer<EngineStatus> listener;
    private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>(SIGNALS);
    private final RotatingLog log;
    private final RestartPolicy restarts;
    private final Path record;
    private final Thread thread;
    private final Object statusLock = new Object();
    private EngineStatus status = new EngineStatus(WorkerState.LOADING, "not started yet", 0, 0);
    private volatile @Nullable EngineFailure lastFailure;
    private volatile @Nullable JynamoException end;
    private volatile boolean stopping;
    private boolean draining;
    private int starts;

    private EngineProcess(EngineSpec spec, Consumer<EngineStatus> listener) {
        this.spec = spec;
        this.listener = listener;
        Path folder = spec.files().folder();
        this.log = new RotatingLog(
                folder.resolve(spec.name() + ".log"),
                spec.files().logBytes(),
                spec.files().logsKept());
        this.record = folder.resolve(spec.name() + ".process");
        this.restarts = new RestartPolicy(spec.restarts());
        this.thread = Thread.ofVirtual().name("engine-" + spec.name()).unstarted(this::supervise);
    }

    /**
     * Starts an engine and its supervision.
     *
     * @param listener told every change of status, one after the other; must not block
     */
    public static EngineProcess start(EngineSpec spec, Consumer<EngineStatus> listener) {
        EngineProcess engine = new EngineProcess(spec, listener);
        engine.thread.start();
        return engine;
    }

    public EngineStatus status() {
        synchronized (statusLock) {
            return status;
        }
    }

    /** Why it last died, where it did. */
    public Optional<EngineFailure> lastFailure() {
        return Optional.ofNullable(lastFailure);
    }

    /** Why it is gone, where nobody asked it to go. */
    public Optional<JynamoException> failure() {
        return Optional.ofNullable(end);
    }

    /**
     * Waits until it is ready.
     *
     * @return false where it is gone, draining, or the time was up
     */
    public boolean awaitReady(Duration most) throws InterruptedException {
        long deadline = System.nanoTime() + most.toNanos();
        synchronized (statusLock) {
            while (status.state() == WorkerState.LOADING || status.state() == WorkerState.UNREACHABLE) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(statusLock, left);
            }
            return status.state() == WorkerState.READY;
        }
    }

    /** Says that it gets nothing new. It is not started again when it ends now. */
    public void drain() {
        signal(new Signal.Drain());
    }

    /**
     * Ends the engine and starts it anew, at once and without counting that as a failure: what it belongs to needs it
     * fresh.
     *
     * @param start the one that is meant, by {@link EngineStatus#starts}; where it has ended already nothing is done
     */
    public void restart(int start, String why) {
        signal(new Signal.Restart(start, why));
    }

    /** Ends the engine, all it began and the supervision. */
    @Override
    public void close() {
        stopping = true;
        signal(new Signal.Stop());
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

    private void supervise() {
        try (log) {
            List<Long> orphans = EngineRecord.endOrphan(record, spec.stopGrace());
            if (!orphans.isEmpty()) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "engine {0} of a Jynamo that was killed still ran (processes {1}) and was ended",
                        spec.name(),
                        orphans);
            }
            while (!stopping && liveOnce()) {
                // Each life decides whether there is a next one.
            }
        } catch (JynamoException e) {
            end = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "supervising engine " + spec.name() + " failed", e);
            end = new JynamoException(ErrorCode.INTERNAL, "supervising engine " + spec.name() + " failed", e);
        }
        JynamoException why = end;
        tell(WorkerState.GONE, why == null ? "ended" : String.valueOf(why.getMessage()), 0);
    }

    /** One life of the process. Whether there is to be another. */
    private boolean liveOnce() throws InterruptedException {
        starts++;
        int run = starts;
        log.line("--- start " + run + " of " + String.join(" ", spec.command().line()));
        tell(WorkerState.LOADING, "starting", 0);
        Life life;
        EngineFailure failure;
        try (EngineRun process = EngineRun.start(spec, record, line -> onLine(run, line))) {
            tell(WorkerState.LOADING, "starting", process.pid());
            process.onExit(() -> signal(new Signal.Exited(run)));
            life = new Life(process, run);
            failure = life.live();
        }
        if (failure == null) {
            return life.isToBeginAnew();
        }
        lastFailure = failure;
        log.line("--- " + failure.summary());
        if (draining) {
            end = failure.asException(spec.name());
            return false;
        }
        WorkerState fallen = life.wasReady() ? WorkerState.UNREACHABLE : WorkerState.LOADING;
        return switch (restarts.onFailure(System.nanoTime(), life.readyFor())) {
            case RestartPolicy.Decision.Restart again -> {
                tell(
                        fallen,
                        failure.summary() + "; starting again in "
                                + again.pause().toMillis() + " ms",
                        0);
                yield pause(again.pause());
            }
            case RestartPolicy.Decision.GiveUp over -> {
                end = new JynamoException(
                        ErrorCode.WORKER_LOST,
                        "engine " + spec.name() + " failed " + over.failures() + " times within "
                                + over.window().toSeconds() + " s and is not started again; last: "
                                + failure.summary());
                yield false;
            }
        };
    }

    /** Whether to go on after it. */
    private boolean pause(Duration length) throws InterruptedException {
        long until = System.nanoTime() + length.toNanos();
        for (long left = length.toNanos(); left > 0; left = until - System.nanoTime()) {
            Signal signal = signals.poll(left, TimeUnit.NANOSECONDS);
            if (stopping || signal instanceof Signal.Stop || signal instanceof Signal.Drain) {
                return false;
            }
        }
        return true;
    }

    private void signal(Signal signal) {
        // Full only when the supervisor is long gone or about to see that it stops.
        if (!signals.offer(signal)) {
            LOG.log(System.Logger.Level.DEBUG, "a signal to the supervisor of {0} was dropped", spec.name());
        }
    }

    private void onLine(int run, String line) {
        log.line(line);
        if (status().state() == WorkerState.LOADING) {
            StartProgress.of(line).ifPresent(detail -> signal(new Signal.Progress(run, detail)));
        }
    }

    /** On the supervisor's thread alone, so that a listener is told one thing after the other and under no lock. */
    private void tell(WorkerState state, String detail, long pid) {
        EngineStatus now = new EngineStatus(state, detail, starts, pid);
        synchronized (statusLock) {
            if (now.equals(status)) {
                return;
            }
            status = now;
            statusLock.notifyAll();
        }
        try {
            listener.accept(now);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "a listener of engine " + spec.name() + " failed", e);
        }
    }

    /** The supervisor's view of one process while it runs. */
    private final class Life {
        private final EngineRun process;
        private final int run;
        private final long born = System.nanoTime();
        private final Inquiry ready;
        private final Inquiry health;
        private boolean isReady;
        private long readySince;
        private long readyUntil;
        private boolean asking;
        private boolean anew;
        private long askAt = born;
        private int badAnswers;

        Life(EngineRun process, int run) {
            this.process = process;
            this.run = run;
            this.ready = new Inquiry(
                    () -> spec.readiness().check().isReady() ? Optional.empty() : Optional.of("not ready"),
                    READY_BOUND);
            this.health = new Inquiry(
                    () -> spec.probing().probe().ask(), spec.probing().bound());
        }

        boolean wasReady() {
            return isReady;
        }

        /** Whether it was ended for the sake of a fresh start. */
        boolean isToBeginAnew() {
            return anew;
        }

        Duration readyFor() {
            return isReady ? Duration.ofNanos(readyUntil - readySince) : Duration.ZERO;
        }

        /** Until it ends or is ended: why, or null where that was asked for. */
        @Nullable
        EngineFailure live() throws InterruptedException {
            try {
                while (true) {
                    Signal signal = signals.poll(Math.max(0, next() - System.nanoTime()), TimeUnit.NANOSECONDS);
                    long now = System.nanoTime();
                    if (stopping) {
                        process.end(spec.stopGrace());
                        return null;
                    }
                    String wrong = null;
                    switch (signal) {
                        case null -> wrong = onTime(now);
                        case Signal.Stop stop -> {}
                        case Signal.Exited exited -> {
                            if (exited.run == run) {
                                return dead();
                            }
                        }
                        case Signal.Answer answer -> wrong = answer.run == run ? onAnswer(answer.wrong, now) : null;
                        case Signal.Progress progress -> {
                            if (progress.run == run && !isReady) {
                                tell(WorkerState.LOADING, progress.detail, process.pid());
                            }
                        }
                        case Signal.Restart restart -> {
                            if (restart.run == run && !draining) {
                                tellFallen(restart.why);
                                process.end(spec.stopGrace());
                                anew = true;
                                return null;
                            }
                        }
                        case Signal.Drain drain -> {
                            if (!isReady) {
                                process.end(spec.stopGrace());
                                return null;
                            }
                            draining = true;
                            tell(WorkerState.DRAINING, "takes nothing new", process.pid());
                        }
                    }
                    if (wrong != null) {
                        return ended(wrong);
                    }
                }
            } finally {
                readyUntil = System.nanoTime();
                ready.end();
                health.end();
            }
        }

        private long next() {
            long asked = asking ? inquiry().deadline() : askAt;
            return isReady
                    ? asked
                    : Math.min(asked, born + spec.readiness().timeout().toNanos());
        }

        private Inquiry inquiry() {
            return isReady ? health : ready;
        }

        private @Nullable String onTime(long now) {
            if (!isReady && now - born >= spec.readiness().timeout().toNanos()) {
                return "not ready within " + spec.readiness().timeout().toSeconds() + " s; last it was "
                        + status().detail();
            }
            if (asking && now - inquiry().deadline() >= 0) {
                inquiry().interrupt();
                return onAnswer(
                        Optional.of("no answer within " + spec.probing().bound().toMillis() + " ms"), now);
            }
            if (!asking && now - askAt >= 0) {
                asking = true;
                inquiry().ask(now, wrong -> signal(new Signal.Answer(run, wrong)));
            }
            return null;
        }

        /** What is wrong for good. */
        private @Nullable String onAnswer(Optional<String> wrong, long now) {
            if (!asking) {
                return null;
            }
            asking = false;
            if (!isReady) {
                askAt = now + READY_EVERY.toNanos();
                if (wrong.isEmpty()) {
                    isReady = true;
                    readySince = now;
                    askAt = now + spec.probing().every().toNanos();
                    synchronized (process.words) {
                        process.words.ready();
                    }
                    tell(WorkerState.READY, "ready", process.pid());
                }
                return null;
            }
            askAt = now + spec.probing().every().toNanos();
            badAnswers = wrong.isEmpty() ? 0 : badAnswers + 1;
            return badAnswers < spec.probing().failures()
                    ? null
                    : "not well " + badAnswers + " times in a row: " + wrong.orElse("");
        }

        /** It has died: what it began is ended, and its last words are read. */
        private EngineFailure dead() throws InterruptedException {
            tellFallen("it died");
            process.end(spec.stopGrace());
            process.readOut();
            synchronized (process.words) {
                String exit = process.exit();
                List<String> tail = process.words.tail();
                String cause = process.words
                        .cause(System.nanoTime())
                        .orElseGet(() -> tail.isEmpty() ? "it said nothing" : "last it said: " + tail.getLast());
                String remedy = Remedy.of(cause);
                if (remedy.isEmpty() && exit.equals("killed by signal 9")) {
                    remedy = "often the system kills so for want of memory: see its log (dmesg)";
                }
                return new EngineFailure(cause, remedy, exit, tail);
            }
        }

        private EngineFailure ended(String wrong) throws InterruptedException {
            tellFallen(wrong);
            process.end(spec.stopGrace());
            process.readOut();
            synchronized (process.words) {
                String cause = process.words
                        .cause(System.nanoTime())
                        .map(said -> wrong + "; it had said: " + said)
                        .orElse(wrong);
                return new EngineFailure(cause, Remedy.of(cause), "ended by its supervisor", process.words.tail());
            }
        }

        private void tellFallen(String why) {
            if (isReady && !draining) {
                tell(WorkerState.UNREACHABLE, why, process.pid());
            }
        }
    }
}

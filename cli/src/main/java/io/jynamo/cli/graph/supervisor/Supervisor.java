package io.jynamo.cli.graph.supervisor;

import io.jynamo.cli.graph.GraphFolder;
import io.jynamo.cli.graph.plan.GraphPlan;
import io.jynamo.cli.graph.plan.RolePlan;
import io.jynamo.cli.graph.supervision.GraphCore;
import io.jynamo.cli.graph.supervision.GraphEffect;
import io.jynamo.cli.graph.supervision.GraphEvent;
import io.jynamo.cli.graph.supervision.GraphStatus;
import io.jynamo.cli.graph.supervision.ReplicaId;
import io.jynamo.cli.graph.supervision.RestartLimits;
import io.jynamo.cli.graph.supervision.StatusChange;
import io.jynamo.engine.process.RotatingLog;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs a graph's processes: one loop takes what happens and what is asked from a bounded mailbox, lets the core decide, and
 * does what it says. Others look at snapshots.
 */
final class Supervisor {
    private static final System.Logger LOG = System.getLogger(Supervisor.class.getName());
    private static final int MAILBOX = 4096;
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final long LOG_BYTES = 4 << 20;

    /** Something for the loop, and who wants to know how the graph stands afterwards. */
    private record Letter(GraphEvent event, Optional<CompletableFuture<GraphStatus>> answer) {}

    private final GraphPlan plan;
    private final GraphFolder folder;
    private final GraphCore core;
    private final RotatingLog journal;
    private final Map<String, RolePlan> roles = new HashMap<>();
    private final Map<ReplicaId, ReplicaProcess> processes = new HashMap<>();
    private final BlockingQueue<Letter> mailbox = new ArrayBlockingQueue<>(MAILBOX);
    private final Object statusLock = new Object();
    private GraphStatus status;
    private boolean finished;

    Supervisor(GraphPlan plan, GraphFolder folder) {
        this.plan = plan;
        this.folder = folder;
        this.core = new GraphCore(plan.name(), ProcessHandle.current().pid(), plan.roles(), RestartLimits.USUAL);
        this.journal = new RotatingLog(folder.log("supervisor"), LOG_BYTES, 1);
        this.status = core.status(System.nanoTime());
        plan.roles().forEach(role -> roles.put(role.name(), role));
    }

    /** Starts the graph and returns when it was stopped and nothing of it runs. */
    void run() throws InterruptedException {
        try (journal) {
            journal.line("--- supervisor " + ProcessHandle.current().pid() + " of graph " + plan.name());
            handle(new Letter(new GraphEvent.Begin(), Optional.empty()));
            while (!finished) {
                handle(next());
            }
            for (ReplicaProcess process : processes.values()) {
                process.awaitEnd();
            }
        }
    }

    /** Something happened; may be called by any thread. */
    void tell(GraphEvent event) {
        post(new Letter(event, Optional.empty()));
    }

    /**
     * Has a wish fulfilled, or begun to be; for any thread but the loop's.
     *
     * @return how the graph stands then
     * @throws JynamoException INVALID_REQUEST where the core refuses it
     */
    GraphStatus ask(GraphEvent wish) throws InterruptedException {
        var answer = new CompletableFuture<GraphStatus>();
        post(new Letter(wish, Optional.of(answer)));
        try {
            return answer.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException refused) {
            throw refused.getCause() instanceof JynamoException known
                    ? known
                    : new JynamoException(ErrorCode.INTERNAL, "the supervisor failed", refused.getCause());
        } catch (TimeoutException busy) {
            throw new JynamoException(
                    ErrorCode.NOT_READY, "the supervisor did not answer within " + ANSWER.toSeconds() + " s", busy);
        }
    }

    /** How the graph stands, as soon as that is not what was seen, or the time is over. */
    GraphStatus awaitChange(GraphStatus seen, Duration most) throws InterruptedException {
        long deadline = System.nanoTime() + most.toNanos();
        synchronized (statusLock) {
            while (status.equals(seen)) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    break;
                }
                TimeUnit.NANOSECONDS.timedWait(statusLock, left);
            }
            return status;
        }
    }

    private void post(Letter letter) {
        boolean posted = false;
        try {
            posted = mailbox.offer(letter, ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!posted) {
            LOG.log(System.Logger.Level.ERROR, "the supervisor was not told of {0}", letter.event);
        }
    }

    private Letter next() throws InterruptedException {
        OptionalLong tick = core.nextTick();
        Letter letter = tick.isEmpty()
                ? mailbox.take()
                : mailbox.poll(Math.max(0, tick.getAsLong() - System.nanoTime()), TimeUnit.NANOSECONDS);
        return letter == null ? new Letter(new GraphEvent.Tick(), Optional.empty()) : letter;
    }

    private void handle(Letter letter) {
        try {
            core.on(letter.event, System.nanoTime()).forEach(this::perform);
            GraphStatus now = publish();
            letter.answer.ifPresent(answer -> answer.complete(now));
        } catch (JynamoException refused) {
            if (letter.answer.isEmpty()) {
                LOG.log(System.Logger.Level.ERROR, "the supervisor could not do " + letter.event, refused);
            }
            letter.answer.ifPresent(answer -> answer.completeExceptionally(refused));
        }
    }

    private void perform(GraphEffect effect) {
        switch (effect) {
            case GraphEffect.Start start -> start(start);
            case GraphEffect.Drain drain -> process(drain.id(), drain.run()).ifPresent(ReplicaProcess::drain);
            case GraphEffect.Kill kill -> process(kill.id(), kill.run()).ifPresent(ReplicaProcess::kill);
            case GraphEffect.Finish finish -> finished = true;
        }
    }

    private void start(GraphEffect.Start start) {
        ReplicaId id = start.id();
        try {
            RolePlan role = Optional.ofNullable(roles.get(id.role())).orElseThrow();
            var process = ReplicaProcess.start(id, start.run(), role, folder, plan.directory(), this::tell);
            processes.put(id, process);
            core.on(new GraphEvent.Started(id, start.run(), process.pid()), System.nanoTime())
                    .forEach(this::perform);
        } catch (JynamoException refused) {
            tell(new GraphEvent.Ended(id, start.run(), String.valueOf(refused.getMessage())));
        }
    }

    private Optional<ReplicaProcess> process(ReplicaId id, int run) {
        return Optional.ofNullable(processes.get(id)).filter(process -> process.run() == run);
    }

    private GraphStatus publish() {
        GraphStatus now = core.status(System.nanoTime());
        synchronized (statusLock) {
            StatusChange.lines(status, now).forEach(journal::line);
            status = now;
            statusLock.notifyAll();
        }
        return now;
    }
}

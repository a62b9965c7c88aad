package io.jynamo.cli.graph.supervisor;

import io.jynamo.cli.graph.GraphControl;
import io.jynamo.cli.graph.GraphFolder;
import io.jynamo.cli.graph.JavaCommand;
import io.jynamo.cli.graph.plan.RolePlan;
import io.jynamo.cli.graph.supervision.GraphEvent;
import io.jynamo.cli.graph.supervision.ReplicaId;
import io.jynamo.engine.process.EngineCommand;
import io.jynamo.engine.process.EngineRun;
import io.jynamo.engine.process.RotatingLog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One run of a replica: a process of our own command in a session of its own, its log, and word of its end. */
final class ReplicaProcess {
    private static final String READY = "ready ";
    private static final String OF_THE_JVM = "WARNING: Using incubator modules: jdk.incubator.vector";
    private static final String JAVA_OPTIONS = "JYNAMO_JAVA_OPTS";
    private static final long LOG_BYTES = 8 << 20;
    private static final int LOGS_KEPT = 2;

    /** How long what a dead process leaves behind may take to end; a worker's own watchdog needs some of it. */
    private static final Duration LEFTOVERS = Duration.ofSeconds(30);

    private final ReplicaId id;
    private final int run;
    private final RolePlan role;
    private final RotatingLog log;
    private final Consumer<GraphEvent> events;
    private final FinalWords words = new FinalWords();
    private final ReentrantLock wordsLock = new ReentrantLock();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private @Nullable EngineRun process;

    private ReplicaProcess(ReplicaId id, int run, RolePlan role, GraphFolder folder, Consumer<GraphEvent> events) {
        this.id = id;
        this.run = run;
        this.role = role;
        this.events = events;
        this.log = new RotatingLog(folder.log(id.toString()), LOG_BYTES, LOGS_KEPT);
    }

    /**
     * Starts one.
     *
     * @param directory where relative paths of its flags begin
     * @param events told when it is ready and when it has ended, on other threads
     */
    static ReplicaProcess start(
            ReplicaId id, int run, RolePlan role, GraphFolder folder, Path directory, Consumer<GraphEvent> events) {
        var replica = new ReplicaProcess(id, run, role, folder, events);
        Map<String, String> environment = new HashMap<>(role.environment());
        environment.put(GraphControl.VARIABLE, folder.socket().toString());
        String javaOptions = environment.getOrDefault(JAVA_OPTIONS, "");
        List<String> line = JavaCommand.line(javaOptions, role.arguments());
        replica.log.line("--- start " + run + " of " + id + ": jynamo " + String.join(" ", role.arguments()));
        try {
            EngineRun process = EngineRun.start(
                    new EngineCommand(line, environment, Set.of(), directory),
                    folder.record(id.toString()),
                    role.drain(),
                    replica::onLine);
            replica.process = process;
            process.onExit(() -> Thread.ofVirtual().name("end-of-" + id).start(() -> replica.onEnd(process)));
            replica.begun.countDown();
            return replica;
        } catch (RuntimeException refused) {
            replica.log.close();
            throw refused;
        }
    }

    int run() {
        return run;
    }

    long pid() {
        EngineRun running = process;
        return running == null ? 0 : running.pid();
    }

    void drain() {
        EngineRun running = process;
        if (running != null) {
            running.terminate();
        }
    }

    void kill() {
        EngineRun running = process;
        if (running != null) {
            running.kill();
        }
    }

    /** Waits until everything of it is gone and told. */
    void awaitEnd() throws InterruptedException {
        ended.await();
    }

    private void onLine(String line) {
        if (line.equals(OF_THE_JVM)) {
            return;
        }
        log.line(line);
        if (role.announces() && line.startsWith(READY)) {
            events.accept(
                    new GraphEvent.Ready(id, run, line.substring(READY.length()).strip()));
            return;
        }
        wordsLock.lock();
        try {
            words.on(line);
        } finally {
            wordsLock.unlock();
        }
    }

    private void onEnd(EngineRun over) {
        String why;
        try {
            begun.await();
            over.end(LEFTOVERS);
            over.readOut();
            why = lastWords(over.exit());
        } catch (InterruptedException nobodyDoesThat) {
            Thread.currentThread().interrupt();
            why = over.exit();
        }
        log.line("--- end " + run + " of " + id + ": " + over.exit());
        over.close();
        log.close();
        events.accept(new GraphEvent.Ended(id, run, why));
        ended.countDown();
    }

    private String lastWords(String exit) {
        wordsLock.lock();
        try {
            return words.of(exit);
        } finally {
            wordsLock.unlock();
        }
    }
}

package io.jynamo.engine.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.WorkerState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of an engine when the Jynamo that runs it is killed with signal 9. */
class OrphanTest {
    private static final String SERVES = "touch ready; echo $$ > pid; while :; do sleep 1; done\n";

    @TempDir
    Path folder;

    private final List<Process> started = new ArrayList<>();
    private final List<Long> engines = new ArrayList<>();

    @AfterEach
    void endWhatAFailedTestLeft() throws InterruptedException {
        started.forEach(Process::destroyForcibly);
        for (long engine : engines) {
            new ProcessGroup(engine, true).end(Duration.ofMillis(10));
        }
    }

    /** Another JVM that runs the engine of a folder until it is killed. */
    public static final class Supervisor {
        private Supervisor() {}

        public static void main(String[] args) throws InterruptedException {
            EngineProcess.start(spec(Path.of(args[0])), status -> {});
            Thread.currentThread().join();
        }
    }

    private static EngineSpec spec(Path folder) {
        try {
            return EngineScript.of(folder, Files.readString(folder.resolve("engine.sh")))
                    .spec();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theWatchdogEndsTheEngine() throws Exception {
        EngineScript script = EngineScript.of(folder, SERVES);
        Process supervisor = supervise();
        long engine = engine(script);
        assertThat(EngineScript.isAlive(engine)).isTrue();
        supervisor.destroyForcibly();
        EngineScript.await("the engine's end", () -> !EngineScript.isAlive(engine));
        assertThat(supervisor.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void theWatchdogKillsWhatIgnoresIt() throws Exception {
        EngineScript script = EngineScript.of(folder, "trap '' TERM\n" + SERVES);
        Process supervisor = supervise();
        long engine = engine(script);
        supervisor.destroyForcibly();
        EngineScript.await("the engine's end", () -> !EngineScript.isAlive(engine));
    }

    @Test
    void whereTheWatchdogIsKilledTooTheNextOneEndsTheEngine() throws Exception {
        EngineScript script = EngineScript.of(folder, SERVES);
        Process supervisor = supervise();
        long orphan = engine(script);
        EngineScript.await("the watchdog", () -> watchdogs(supervisor, orphan).size() == 1);
        watchdogs(supervisor, orphan).forEach(ProcessHandle::destroyForcibly);
        supervisor.destroyForcibly();
        assertThat(supervisor.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(EngineScript.isAlive(orphan)).isTrue();
        Files.delete(folder.resolve("ready"));
        Files.delete(folder.resolve("pid"));
        try (EngineProcess next = EngineProcess.start(script.spec(), status -> {})) {
            assertThat(next.awaitReady(Duration.ofSeconds(90))).isTrue();
            assertThat(EngineScript.isAlive(orphan)).isFalse();
            assertThat(script.pid("pid"))
                    .isNotEqualTo(orphan)
                    .isEqualTo(next.status().pid());
        }
    }

    @Test
    void anotherJynamosEngineIsNotTakenFromIt() throws Exception {
        EngineScript script = EngineScript.of(folder, SERVES);
        try (EngineProcess first = EngineProcess.start(script.spec(), status -> {})) {
            assertThat(first.awaitReady(Duration.ofSeconds(90))).isTrue();
            try (EngineProcess second = EngineProcess.start(script.spec(), status -> {})) {
                EngineScript.await("refusal", () -> second.status().state() == WorkerState.GONE);
                assertThat(second.failure().orElseThrow().code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
                assertThat(second.failure().orElseThrow()).hasMessageContaining("is run by process");
            }
            assertThat(EngineScript.isAlive(script.pid("pid"))).isTrue();
        }
    }

    @Test
    void aProcessThatOnlyHasThePidOfARecordIsLeftAlone() throws Exception {
        Process stranger = new ProcessBuilder("sleep", "600").start();
        started.add(stranger);
        Path file = folder.resolve("test.process");
        String birth = ProcessTable.birth(stranger.pid()).orElseThrow();
        new EngineRecord(stranger.pid(), birth + "0", "token", "command", 0, "").write(file);
        assertThat(EngineRecord.endOrphan(file, Duration.ofSeconds(1))).isEmpty();
        assertThat(stranger.isAlive()).isTrue();
        assertThat(file).doesNotExist();
        Process marked = marked("another");
        started.add(marked);
        new EngineRecord(marked.pid(), ProcessTable.birth(marked.pid()).orElseThrow(), "token", "command", 0, "")
                .write(file);
        assertThat(EngineRecord.endOrphan(file, Duration.ofSeconds(1))).isEmpty();
        assertThat(marked.isAlive()).isTrue();
        Files.writeString(file, "pid=nonsense");
        assertThat(EngineRecord.endOrphan(file, Duration.ofSeconds(1))).isEmpty();
    }

    private static Process marked(String token) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("sleep", "600");
        builder.environment().put(EngineRecord.TOKEN, token);
        Process process = builder.start();
        EngineScript.await(
                "its environment",
                () -> ProcessTable.variable(process.pid(), EngineRecord.TOKEN).isPresent());
        return process;
    }

    private long engine(EngineScript script) {
        long pid = script.pid("pid");
        engines.add(pid);
        return pid;
    }

    private static List<ProcessHandle> watchdogs(Process supervisor, long engine) {
        return supervisor
                .children()
                .filter(child -> child.pid() != engine && child.isAlive())
                .toList();
    }

    private Process supervise() throws IOException {
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Process supervisor = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classes,
                        Supervisor.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("supervisor.out").toFile())
                .start();
        started.add(supervisor);
        return supervisor;
    }
}

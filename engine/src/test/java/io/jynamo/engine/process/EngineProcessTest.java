package io.jynamo.engine.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.WorkerState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes that act as engines: well, dying in every way, hanging, deaf to signals, with children. */
class EngineProcessTest {
    private static final Duration LONG = Duration.ofSeconds(90);
    private static final String SERVES = "touch ready; while :; do sleep 1; done\n";

    @TempDir
    Path folder;

    private final List<EngineStatus> told = new CopyOnWriteArrayList<>();

    @Test
    void startsTellsProgressAndEnds() throws Exception {
        EngineScript script = EngineScript.of(folder, """
                echo $$ > pid; env > env; echo "home=$HOME" > home
                echo 'Loading safetensors checkpoint shards:  37% Completed | 3/8 [00:01<00:02]'
                while [ ! -e go ]; do sleep 0.05; done
                """ + SERVES);
        try (EngineProcess engine = EngineProcess.start(script.spec(), told::add)) {
            EngineScript.await("progress", () -> engine.status().detail().equals("loading weights: 37 %"));
            assertThat(engine.status().state()).isEqualTo(WorkerState.LOADING);
            Files.createFile(folder.resolve("go"));
            assertThat(engine.awaitReady(LONG)).isTrue();
            assertThat(engine.status().pid()).isEqualTo(script.pid("pid"));
            assertThat(script.read("env")).contains("FOLDER=" + folder, EngineRecord.TOKEN + "=");
            assertThat(script.read("home")).isEqualTo("home=\n");
            assertThat(folder.resolve("test.process")).exists();
        }
        assertThat(EngineScript.isAlive(script.pid("pid"))).isFalse();
        assertThat(folder.resolve("test.process")).doesNotExist();
        assertThat(script.read("test.log")).contains("37% Completed");
        assertThat(states()).containsExactly(WorkerState.LOADING, WorkerState.READY, WorkerState.GONE);
    }

    @Test
    void endsWhatIgnoresTheSignalAndEverythingItBegan() throws Exception {
        EngineScript script = EngineScript.of(folder, """
                trap '' TERM
                (trap '' TERM; while :; do sleep 1; done) & echo $! > child
                setsid sh -c 'echo $$ > escaped; while :; do sleep 1; done' &
                """ + SERVES);
        try (EngineProcess engine = EngineProcess.start(script.withGrace(Duration.ofMillis(200)), told::add)) {
            assertThat(engine.awaitReady(LONG)).isTrue();
            assertThat(EngineScript.isAlive(script.pid("child"))).isTrue();
            assertThat(EngineScript.isAlive(script.pid("escaped"))).isTrue();
        }
        assertThat(EngineScript.isAlive(script.pid("child"))).isFalse();
        assertThat(EngineScript.isAlive(script.pid("escaped"))).isFalse();
    }

    @Test
    void anEndNobodyAskedForIsAFailureEvenWithExitCodeZero() throws Exception {
        EngineScript script = EngineScript.of(folder, """
                echo start >> starts
                touch ready
                while [ ! -e die ]; do sleep 0.05; done
                rm -f die ready
                cat last-words
                exit 0
                """);
        Files.write(folder.resolve("last-words"), LastWordsTest.kept("engine-dead-bad-kv-params.txt"));
        try (EngineProcess engine = EngineProcess.start(script.spec(), told::add)) {
            assertThat(engine.awaitReady(LONG)).isTrue();
            Files.createFile(folder.resolve("die"));
            EngineScript.await("the second start", () -> engine.status().starts() == 2);
            assertThat(engine.awaitReady(LONG)).isTrue();
            assertThat(engine.lastFailure()).hasValueSatisfying(failure -> {
                assertThat(failure.cause()).isEqualTo("KeyError: 'remote_port'");
                assertThat(failure.exit()).isEqualTo("ended by itself with exit code 0");
                assertThat(failure.remedy()).contains("kv_transfer_params");
            });
        }
        assertThat(states())
                .containsExactly(
                        WorkerState.LOADING,
                        WorkerState.READY,
                        WorkerState.UNREACHABLE,
                        WorkerState.LOADING,
                        WorkerState.READY,
                        WorkerState.GONE);
    }

    @Test
    void isStartedAnewWhereThatIsAskedForAndItIsNoFailure() throws Exception {
        EngineScript script = EngineScript.of(folder, "rm -f ready; echo $$ > pid; sleep 0.1; " + SERVES);
        try (EngineProcess engine = EngineProcess.start(script.with(RestartPolicy.Limits.NEVER), told::add)) {
            assertThat(engine.awaitReady(LONG)).isTrue();
            long first = script.pid("pid");
            engine.restart(7, "another start is meant");
            engine.restart(1, "its group begins anew");
            EngineScript.await("the second start", () -> engine.status().starts() == 2);
            assertThat(engine.awaitReady(LONG)).isTrue();
            assertThat(EngineScript.isAlive(first)).isFalse();
            assertThat(engine.lastFailure()).isEmpty();
            engine.restart(1, "it has been started anew already");
            engine.drain();
            EngineScript.await("draining", () -> engine.status().state() == WorkerState.DRAINING);
            assertThat(engine.status().starts()).isEqualTo(2);
        }
        assertThat(states())
                .startsWith(WorkerState.LOADING, WorkerState.READY, WorkerState.UNREACHABLE, WorkerState.LOADING);
    }

    @Test
    void triesAgainAndGivesUpByName() throws Exception {
        EngineScript script = EngineScript.of(folder, "echo start >> starts; cat last-words >&2; exit 1\n");
        Files.write(folder.resolve("last-words"), LastWordsTest.kept("missing-lmcache.txt"));
        try (EngineProcess engine = EngineProcess.start(script.spec(), told::add)) {
            assertThat(engine.awaitReady(LONG)).isFalse();
            assertThat(engine.status().state()).isEqualTo(WorkerState.GONE);
            JynamoException failure = engine.failure().orElseThrow();
            assertThat(failure.code()).isEqualTo(ErrorCode.WORKER_LOST);
            assertThat(failure)
                    .hasMessageContaining("failed 4 times")
                    .hasMessageContaining("ModuleNotFoundError: No module named 'lmcache'")
                    .hasMessageContaining("install the Python package lmcache");
        }
        assertThat(script.read("starts").lines()).hasSize(4);
        assertThat(states()).containsExactly(WorkerState.LOADING, WorkerState.GONE);
    }

    @Test
    void failsAndThenSucceeds() throws Exception {
        EngineScript script =
                EngineScript.of(folder, "echo x >> starts; [ $(wc -l < starts) -ge 3 ] || exit 7\n" + SERVES);
        try (EngineProcess engine = EngineProcess.start(script.spec(), told::add)) {
            assertThat(engine.awaitReady(LONG)).isTrue();
            assertThat(engine.status().starts()).isEqualTo(3);
            assertThat(engine.lastFailure().orElseThrow().exit()).isEqualTo("exit code 7");
        }
    }

    @Test
    void whatAnEngineBeganIsEndedBeforeItIsStartedAgain() throws Exception {
        EngineScript script = EngineScript.of(folder, """
                [ ! -e child ] || { cp child first-child; }
                (while :; do sleep 1; done) & echo $! > child
                touch ready
                [ -e first-child ] || { while [ ! -e die ]; do sleep 0.05; done; exit 3; }
                """ + SERVES);
        try (EngineProcess engine = EngineProcess.start(script.spec(), told::add)) {
            assertThat(engine.awaitReady(LONG)).isTrue();
            Files.createFile(folder.resolve("die"));
            long first = script.pid("first-child");
            assertThat(EngineScript.isAlive(first)).isFalse();
            EngineScript.await("ready again", () -> engine.status().state() == WorkerState.READY);
        }
    }

    @Test
    void oneThatIsNeverReadyIsEnded() throws Exception {
        EngineScript script = EngineScript.of(folder, "echo $$ > pid; echo loading; while :; do sleep 1; done\n");
        EngineSpec.Readiness never = new EngineSpec.Readiness(() -> false, Duration.ofMillis(400));
        try (EngineProcess engine = EngineProcess.start(script.with(never, RestartPolicy.Limits.NEVER), told::add)) {
            assertThat(engine.awaitReady(LONG)).isFalse();
            assertThat(engine.failure().orElseThrow()).hasMessageContaining("not ready within");
        }
        assertThat(EngineScript.isAlive(script.pid("pid"))).isFalse();
    }

    @Test
    void oneThatIsNotWellIsStartedAgain() throws Exception {
        EngineScript script = EngineScript.of(folder, SERVES);
        AtomicBoolean well = new AtomicBoolean(true);
        AtomicInteger asked = new AtomicInteger();
        HealthProbe probe = () -> {
            asked.incrementAndGet();
            return well.get() ? Optional.empty() : Optional.of("no token came");
        };
        EngineSpec.Probing probing = new EngineSpec.Probing(probe, Duration.ofMillis(20), Duration.ofSeconds(30), 3);
        try (EngineProcess engine = EngineProcess.start(script.with(probing), told::add)) {
            assertThat(engine.awaitReady(LONG)).isTrue();
            EngineScript.await("some questions", () -> asked.get() > 5);
            assertThat(engine.status().starts()).isEqualTo(1);
            well.set(false);
            EngineScript.await("the second start", () -> engine.status().starts() == 2);
            well.set(true);
            assertThat(engine.lastFailure().orElseThrow().cause())
                    .isEqualTo("not well 3 times in a row: no token came");
        }
    }

    @Test
    void aQuestionThatHangsCountsAsNoAnswer() throws Exception {
        EngineScript script = EngineScript.of(folder, SERVES);
        CountDownLatch never = new CountDownLatch(1);
        AtomicBoolean hang = new AtomicBoolean(true);
        HealthProbe probe = () -> {
            try {
                if (hang.get()) {
                    never.await();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Optional.empty();
        };
        EngineSpec.Probing probing = new EngineSpec.Probing(probe, Duration.ofMillis(20), Duration.ofMillis(100), 2);
        try (EngineProcess engine = EngineProcess.start(script.with(probing), told::add)) {
            EngineScript.await("the second start", () -> engine.status().starts() == 2);
            hang.set(false);
            assertThat(engine.lastFailure().orElseThrow().cause()).contains("no answer within 100 ms");
        }
    }

    @Test
    void aDrainedOneRunsOnAndIsNotStartedAgain() throws Exception {
        EngineScript script = EngineScript.of(folder, "touch ready; while [ ! -e die ]; do sleep 0.05; done\n");
        try (EngineProcess engine = EngineProcess.start(script.spec(), told::add)) {
            assertThat(engine.awaitReady(LONG)).isTrue();
            engine.drain();
            EngineScript.await("draining", () -> engine.status().state() == WorkerState.DRAINING);
            assertThat(EngineScript.isAlive(engine.status().pid())).isTrue();
            Files.createFile(folder.resolve("die"));
            EngineScript.await("its end", () -> engine.status().state() == WorkerState.GONE);
            assertThat(engine.status().starts()).isEqualTo(1);
        }
    }

    @Test
    void aProgramThatIsNotThereIsSaid() throws Exception {
        EngineScript script = EngineScript.of(folder, "");
        EngineSpec spec = new EngineSpec(
                "test",
                EngineCommand.of(folder, "no-such-engine", "serve"),
                script.spec().files(),
                script.spec().readiness(),
                EngineSpec.Probing.NONE,
                RestartPolicy.Limits.NEVER,
                Duration.ofSeconds(5));
        try (EngineProcess engine = EngineProcess.start(spec, told::add)) {
            assertThat(engine.awaitReady(LONG)).isFalse();
            assertThat(engine.failure().orElseThrow())
                    .hasMessageContaining("no-such-engine")
                    .hasMessageContaining("not in PATH");
        }
    }

    @Test
    void closesWhileItPausesBeforeARestart() throws Exception {
        EngineScript script = EngineScript.of(folder, "exit 1\n");
        RestartPolicy.Limits slow = new RestartPolicy.Limits(
                Duration.ofHours(1), Duration.ofHours(1), Duration.ofHours(1), 5, Duration.ofHours(9));
        try (EngineProcess engine = EngineProcess.start(script.with(slow), told::add)) {
            EngineScript.await("the pause", () -> engine.status().detail().contains("starting again in"));
        }
        assertThat(told.getLast().state()).isEqualTo(WorkerState.GONE);
    }

    @Test
    void asksAUrlWhetherItIsReady() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        AtomicInteger status = new AtomicInteger(503);
        server.createContext("/health", exchange -> {
            exchange.sendResponseHeaders(status.get(), -1);
            exchange.close();
        });
        server.start();
        ReadyCheck check = ReadyCheck.http(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/health"));
        try {
            assertThat(check.isReady()).isFalse();
            status.set(200);
            assertThat(check.isReady()).isTrue();
        } finally {
            server.stop(0);
        }
        assertThat(check.isReady()).isFalse();
    }

    @Test
    void theLogIsBounded() throws IOException {
        Path file = folder.resolve("big.log");
        try (RotatingLog log = new RotatingLog(file, 1_000, 2)) {
            IntStream.range(0, 1_000).forEach(i -> log.line("line " + i));
        }
        try (RotatingLog log = new RotatingLog(file, 1_000, 2)) {
            log.line("once more");
        }
        assertThat(Files.size(file)).isLessThanOrEqualTo(1_000);
        assertThat(Files.size(folder.resolve("big.log.1"))).isLessThanOrEqualTo(1_000);
        assertThat(folder.resolve("big.log.2")).exists();
        assertThat(folder.resolve("big.log.3")).doesNotExist();
        assertThat(Files.readString(file)).endsWith("line 999\nonce more\n");
    }

    /** The states told, without repetition. */
    private List<WorkerState> states() {
        List<WorkerState> states = new CopyOnWriteArrayList<>();
        for (EngineStatus status : told) {
            if (states.isEmpty() || states.getLast() != status.state()) {
                states.add(status.state());
            }
        }
        return states;
    }
}

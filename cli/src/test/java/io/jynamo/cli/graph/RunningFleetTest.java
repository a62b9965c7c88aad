package io.jynamo.cli.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.cli.graph.supervision.GraphStatus;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What can be asked of a graph that runs: one frontend, two simulated workers, for all of these tests. */
class RunningFleetTest {
    private static GraphRun run;
    private static Path file;
    private static GraphControl control;

    @BeforeAll
    static void start() throws Exception {
        run = new GraphRun();
        file = run.fleet("fleet", 2);
        GraphStatus up = run.up(file);
        control = GraphControl.ofEnvironment(Map.of(
                        GraphControl.VARIABLE, run.folder("fleet").socket().toString()))
                .orElseThrow();
        GraphRun.awaitModel(up.addresses().getFirst(), "made-up");
    }

    @AfterAll
    static void stop() throws Exception {
        run.close();
    }

    private static void awaitSettled() throws InterruptedException {
        GraphRun.await("all of it ready", () -> control.status().isSettled());
    }

    @Test
    void a_killed_worker_comes_back_and_the_fleet_serves() throws Exception {
        long pid = GraphRun.replica(control.status(), "worker.0").pid();
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        GraphRun.await("another process of worker.0", () -> {
            var now = GraphRun.replica(control.status(), "worker.0");
            return now.pid() != pid && now.restarts() > 0 && !now.address().isEmpty();
        });
        assertThat(GraphRun.replica(control.status(), "worker.0").says()).startsWith("killed by signal 9");
        assertThat(GraphRun.stream(control.status().addresses().getFirst(), "made-up", 8))
                .contains("[DONE]");
    }

    @Test
    void streams_live_through_scaling_up_and_down() throws Exception {
        awaitSettled();
        String frontend = control.status().addresses().getFirst();
        List<String> progress = new ArrayList<>();
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> streams = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                streams.add(clients.submit(() -> GraphRun.stream(frontend, "made-up", 300)));
            }
            GraphStatus more = control.scale("worker", 3, progress::add);
            assertThat(more.require("worker").replicas()).hasSize(3);
            assertThat(progress).anyMatch(line -> line.startsWith("worker.2 ready"));
            long leaving = GraphRun.replica(more, "worker.2").pid();
            GraphStatus fewer = control.scale("worker", 2, line -> {});
            assertThat(fewer.require("worker").replicas()).hasSize(2);
            assertThat(GraphRun.runs(leaving)).isFalse();
            for (Future<String> stream : streams) {
                assertThat(stream.get()).contains("[DONE]").doesNotContain("\"error\"");
            }
        }
    }

    @Test
    void a_restart_gives_every_worker_another_process() throws Exception {
        awaitSettled();
        GraphStatus before = control.status();
        var restart = run.run("restart", "worker");
        assertThat(restart.exitCode()).as(restart.err()).isZero();
        assertThat(restart.out()).contains("worker: 2 ready");
        GraphStatus after = control.status();
        assertThat(GraphRun.pids(after))
                .doesNotContain(GraphRun.replica(before, "worker.0").pid());
        assertThat(GraphRun.pids(after))
                .doesNotContain(GraphRun.replica(before, "worker.1").pid());
        assertThat(GraphRun.pids(after))
                .contains(GraphRun.replica(before, "frontend.0").pid());
    }

    @Test
    void control_kills_and_drains_its_own_and_nobody_else() throws Exception {
        awaitSettled();
        long killed = GraphRun.replica(control.status(), "worker.0").pid();
        control.kill(killed);
        GraphRun.await("its death", () -> !GraphRun.runs(killed));
        awaitSettled();
        long drained = GraphRun.replica(control.status(), "worker.1").pid();
        control.drain(drained);
        GraphRun.await("its end", () -> !GraphRun.runs(drained));
        awaitSettled();
        Process stranger = new ProcessBuilder("sleep", "600").start();
        try {
            assertThatThrownBy(() -> control.kill(stranger.pid()))
                    .isInstanceOfSatisfying(
                            JynamoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                    .hasMessageContaining("none that graph fleet runs");
            assertThatThrownBy(() -> control.drain(control.status().supervisor()))
                    .isInstanceOf(JynamoException.class);
            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void a_second_up_says_that_it_runs() throws Exception {
        var second = run.run("up", file.toString());
        assertThat(second.exitCode()).isEqualTo(2);
        assertThat(second.err()).contains("graph fleet runs already", "jynamo status fleet", "jynamo stop fleet");
    }

    @Test
    void status_and_logs_tell_of_each_process() throws Exception {
        awaitSettled();
        var status = run.run("status");
        assertThat(status.out())
                .contains("graph fleet: ready  http://127.0.0.1:", "frontend.0", "worker.0", "worker.1");
        var json = run.run("status", "fleet", "--json");
        assertThat(json.out()).contains("\"name\":\"worker.1\",\"state\":\"ready\",\"pid\":");
        var logs = run.run("logs", "-n", "1000");
        assertThat(logs.out()).contains("frontend.0 | ready http://", "worker.1 | ready 127.0.0.1:");
        var one = run.run("logs", "worker.0", "-n", "1", "--graph", "fleet");
        assertThat(one.out()).hasLineCount(1);
        var none = run.run("status", "flet");
        assertThat(none.exitCode()).isEqualTo(1);
        assertThat(none.err()).contains("graph flet does not run; did you mean fleet?");
    }

    @Test
    void only_its_user_can_reach_it() throws Exception {
        var owner = PosixFilePermissions.fromString("rw-------");
        assertThat(Files.getPosixFilePermissions(run.folder("fleet").socket())).isEqualTo(owner);
        assertThat(Files.getPosixFilePermissions(run.folder("fleet").path()))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void what_it_does_not_understand_is_refused() {
        assertThatThrownBy(() -> control.scale("wroker", 1, line -> {})).hasMessageContaining("no role wroker");
        assertThatThrownBy(() -> control.scale("frontend", 5000, line -> {}))
                .hasMessageContaining("0 to 1024 replicas");
    }
}

package io.jynamo.cli.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jynamo.cli.graph.supervision.GraphStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of a graph when its supervisor, its terminal or a role of it dies. */
class GraphFaultTest {
    private GraphRun run;

    @BeforeEach
    void makeRoom() throws IOException {
        run = new GraphRun();
    }

    @AfterEach
    void endAll() throws Exception {
        run.close();
    }

    @Test
    void nothing_outlives_a_killed_supervisor() throws Exception {
        GraphStatus graph = run.up(run.fleet("killed", 2));
        List<Long> pids = GraphRun.pids(graph);
        assertThat(pids).hasSize(3).allMatch(GraphRun::runs);
        ProcessHandle.of(graph.supervisor()).orElseThrow().destroyForcibly();
        GraphRun.await("the end of all its processes", () -> pids.stream().noneMatch(GraphRun::runs));
        var status = run.run("status");
        assertThat(status.exitCode()).isEqualTo(1);
        assertThat(status.err()).contains("no graph runs");
    }

    @Test
    void whom_the_watchdog_could_not_end_the_next_up_ends() throws Exception {
        Path file = run.lone("orphans");
        GraphStatus first = run.up(file);
        long orphan = GraphRun.pids(first).getFirst();
        List<ProcessHandle> watchdogs = ProcessHandle.of(first.supervisor())
                .orElseThrow()
                .children()
                .filter(child -> child.pid() != orphan && child.isAlive())
                .toList();
        assertThat(watchdogs).hasSize(1);
        watchdogs.forEach(ProcessHandle::destroyForcibly);
        ProcessHandle.of(first.supervisor()).orElseThrow().destroyForcibly();
        GraphRun.await("its supervisor's death", () -> !GraphRun.runs(first.supervisor()));
        assertThat(GraphRun.runs(orphan)).isTrue();
        GraphStatus second = run.up(file);
        assertThat(GraphRun.runs(orphan)).isFalse();
        assertThat(GraphRun.pids(second)).hasSize(1).doesNotContain(orphan);
    }

    @Test
    void stop_leaves_nothing() throws Exception {
        GraphStatus graph = run.up(run.fleet("stopped", 1));
        var stop = run.run("stop");
        assertThat(stop.exitCode()).as(stop.err()).isZero();
        assertThat(stop.out()).contains("frontend.0 gone", "worker.0 gone", "graph stopped stopped");
        assertThat(GraphRun.pids(graph)).noneMatch(GraphRun::runs);
        assertThat(GraphRun.runs(graph.supervisor())).isFalse();
        assertThat(run.folder("stopped").socket()).doesNotExist();
        assertThat(run.folder("stopped").records()).isEmpty();
        var again = run.run("stop", "stopped");
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.err()).contains("graph stopped does not run");
    }

    @Test
    void a_role_that_cannot_start_fails_up_with_its_last_words() throws Exception {
        Path file = run.file("broken.yaml", """
                roles:
                  worker: {command: worker, flags: {engine: embedded, model: ./nowhere.gguf}}
                """);
        var up = run.run("up", "-d", file.toString());
        assertThat(up.exitCode()).isEqualTo(1);
        assertThat(up.err()).contains("worker.0 dies again and again", "nowhere.gguf", "worker.0.log");
        assertThat(RunningGraph.all(run.environment())).isEmpty();
    }

    @Test
    void a_wrong_file_starts_nothing_and_lists_all_that_is_wrong() throws Exception {
        Path file = run.file("wrong.yaml", """
                roles:
                  worker: {command: wroker}
                  frontend: {command: frontend, replicas: 2, flags: {prot: 1}}
                """);
        var up = run.run("up", file.toString());
        assertThat(up.exitCode()).isEqualTo(2);
        assertThat(up.err())
                .contains("3 settings are wrong", "line 2: no command wroker; did you mean worker?")
                .contains("line 3, roles.frontend: frontend has no flag prot; did you mean port?");
        assertThat(GraphFolder.names(run.environment())).isEmpty();
    }

    @Test
    void the_death_of_its_terminal_leaves_all_of_it() throws Exception {
        Path screen = run.file("screen.txt", "");
        Process terminal = terminal(run.lone("left"), screen);
        awaitOnScreen(screen, "graph left: ready");
        GraphStatus before = run.control("left").status();
        List<ProcessHandle> attached = terminal.children().toList();
        assertThat(attached).isNotEmpty();
        terminal.destroyForcibly(); // its master end closes: what is attached hangs up
        GraphRun.await(
                "the end of what was attached",
                () -> attached.stream().map(ProcessHandle::pid).noneMatch(GraphRun::runs));
        GraphStatus after = run.control("left").status();
        assertThat(after.isSettled()).isTrue();
        assertThat(GraphRun.pids(after)).isEqualTo(GraphRun.pids(before));
    }

    @Test
    void control_c_stops_all_of_it() throws Exception {
        Path screen = run.file("screen.txt", "");
        Process terminal = terminal(run.lone("ended"), screen);
        awaitOnScreen(screen, "graph ended: ready");
        GraphStatus before = run.control("ended").status();
        terminal.getOutputStream().write(3);
        terminal.getOutputStream().flush();
        assertThat(terminal.waitFor(GraphRun.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        assertThat(terminal.exitValue()).isZero();
        assertThat(text(screen)).contains("stopping: running streams may finish", "worker.0 gone", "stopped");
        assertThat(GraphRun.pids(before)).noneMatch(GraphRun::runs);
        assertThat(GraphRun.runs(before.supervisor())).isFalse();
    }

    @Test
    void without_a_terminal_up_writes_a_line_a_change_and_sees_the_graph_end() throws Exception {
        Path out = run.file("out.txt", "");
        Process up = run.start(GraphRun.line("up", run.lone("plain").toString()), out);
        awaitOnScreen(out, "ready plain");
        run.control("plain").stop(progress -> {});
        assertThat(up.waitFor(GraphRun.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(up.exitValue()).isZero();
        assertThat(text(out))
                .contains("worker.0 starting", "worker.0 ready (process ")
                .endsWith("stopped\n");
    }

    /** {@code jynamo up} in a terminal of its own, whose keys are the process's standard input. */
    private Process terminal(Path graph, Path screen) throws IOException {
        Path script = Path.of("/usr/bin/script");
        assumeTrue(Files.isExecutable(script), "not run: there is no 'script' here to make a terminal with");
        // Where the parents of this test ignore Ctrl-C or a hang-up, so would their children.
        String line = "exec env --default-signal=INT,HUP "
                + GraphRun.line("up", graph.toString()).stream()
                        .map(word -> "'" + word + "'")
                        .collect(Collectors.joining(" "));
        return run.start(List.of(script.toString(), "-qefc", line, "/dev/null"), screen);
    }

    private static void awaitOnScreen(Path screen, String words) throws InterruptedException {
        GraphRun.await("'" + words + "' on the screen", () -> text(screen).contains(words));
    }

    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

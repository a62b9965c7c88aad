package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code ./jynamo up sim-16}: a recipe by its name, sixteen processes that serve, and nothing left after stop. */
class UpTest {
    @TempDir
    Path state;

    private Map<String, String> environment = Map.of();

    @BeforeEach
    void keepStateHere() {
        environment = Map.of("XDG_STATE_HOME", state.toString());
    }

    @AfterEach
    void stop() {
        jynamo("stop", "sim-16"); // where the test has not come so far
    }

    private Command jynamo(String... arguments) {
        List<String> line = new ArrayList<>(List.of(Command.jynamo().toString()));
        line.addAll(List.of(arguments));
        return Command.run(line, environment);
    }

    @Test
    void sixteen_simulated_workers_come_up_serve_and_go() throws Exception {
        Command up = jynamo("up", "sim-16", "--detach", "--set", "frontend.port=0");
        assertThat(up.exitCode()).as(up.err()).isZero();
        assertThat(up.out()).startsWith("ready http://127.0.0.1:");
        URI frontend = URI.create(up.out().strip().substring("ready ".length()));
        JsonNode status =
                JsonMapper.builder().build().readTree(jynamo("status", "--json").out());
        List<Long> pids = new ArrayList<>();
        status.path("roles")
                .forEach(role -> role.path("replicas")
                        .forEach(replica -> pids.add(replica.path("pid").asLong(0))));
        assertThat(pids).hasSize(17).doesNotContain(0L);
        awaitModel(frontend.resolve("/v1/models"));
        StreamRecord answer = StreamRecord.read(frontend.resolve("/v1/chat/completions"), """
                {"model": "simulated", "stream": true, "max_tokens": 16,
                 "messages": [{"role": "user", "content": "Say something."}]}""");
        assertThat(answer.done()).isTrue();
        assertThat(answer.errors()).isEmpty();

        Command stop = jynamo("stop");
        assertThat(stop.exitCode()).as(stop.err()).isZero();
        assertThat(pids).allMatch(UpTest::isGone);
        assertThat(jynamo("status").exitCode()).isEqualTo(1);
    }

    private static void awaitModel(URI models) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!Http.get(models).text().contains("\"simulated\"")) {
            assertThat(System.nanoTime()).as("the model is served").isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    /** Not there, or there only until its parent has looked. */
    private static boolean isGone(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return stat.substring(stat.lastIndexOf(')')).startsWith(") Z");
        } catch (IOException gone) {
            return true;
        }
    }
}

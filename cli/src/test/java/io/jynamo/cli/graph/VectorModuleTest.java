package io.jynamo.cli.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class VectorModuleTest {
    private static final Path LAUNCHER = Path.of("..", "jynamo");

    @ParameterizedTest
    @CsvSource({
        "'',                                   false",
        "--version,                            false",
        "--verbose serve --engine sim,         true",
        "frontend --port 0,                    false",
        "up sim-16 --detach,                   false",
        "keys new --name a,                    false",
        "serve,                                true",
        "serve --help,                         true",
        "serve --engine embedded,              true",
        "serve --engine=embedded,              true",
        "serve --port 0 --engine sim,          false",
        "serve --engine=openai --attach=x:1,   false",
        "worker --engine trtllm,               false",
        "worker --engine=vllm -- --dtype half, false",
        "worker -- --engine sim,               true",
        "worker --engine= sim,                 true",
        "worker --model sim,                   true",
        "worker --config w.yaml,               true",
        "ask --engine sim hello,               false",
        "ask What is --engine?,                true",
        "bench router,                         true",
        "doctor,                               true",
    })
    void is_wanted_where_the_launcher_wants_it_too(String line, boolean wanted) throws Exception {
        List<String> arguments = line.isEmpty() ? List.of() : List.of(line.split(" +"));

        assertThat(VectorModule.isWanted(arguments)).isEqualTo(wanted);
        assertThat(launcherWants(arguments)).isEqualTo(wanted);
    }

    /** Asks the launcher's own function. */
    private static boolean launcherWants(List<String> arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(
                "bash",
                "-euc",
                "eval \"$(sed -n '/^may_compute() {/,/^}/p' \"$0\")\"; may_compute \"$@\" && echo yes || echo no",
                LAUNCHER.toString()));
        line.addAll(arguments);
        Process asked = new ProcessBuilder(line).redirectErrorStream(true).start();
        String answer = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(asked.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(answer).isIn("yes", "no");
        return answer.equals("yes");
    }
}

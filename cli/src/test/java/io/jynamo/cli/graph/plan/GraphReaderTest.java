package io.jynamo.cli.graph.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.cli.frontend.FrontendCommand;
import io.jynamo.cli.serve.ServeCommand;
import io.jynamo.cli.worker.WorkerCommand;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Model.CommandSpec;

class GraphReaderTest {
    private static final String GOOD = """
            # A fleet.
            name: small
            roles:
              frontend:
                command: frontend
                flags:
                  port: 0
                  api-key: [one, two]
              worker:
                command: worker
                replicas: 3
                flags:
                  --engine: vllm
                  served-model-name: [a, b]
                  drain-timeout: 5s
                engine-flags: [--dtype, bfloat16]
                environment: {OMP_NUM_THREADS: 1}
            """;

    @TempDir
    Path folder;

    private static GraphPlan read(String yaml, String... overrides) {
        Map<String, Supplier<CommandSpec>> commands = new LinkedHashMap<>();
        commands.put("frontend", FrontendCommand::spec);
        commands.put("worker", WorkerCommand::spec);
        commands.put("serve", ServeCommand::spec);
        return new GraphReader(commands, name -> Path.of("/state", name))
                .read(new GraphText("g.yaml", "fallback", yaml, List.of(overrides)), Path.of("/here"));
    }

    @Test
    void a_good_file_is_command_lines() {
        GraphPlan plan = read(GOOD);

        assertThat(plan.name()).isEqualTo("small");
        RolePlan frontend = plan.roles().get(0);
        // A secret is not on the command line, which others can read.
        assertThat(frontend.arguments()).containsExactly("frontend", "--port", "0", "--discovery", "file:/state/small");
        assertThat(frontend.environment()).containsExactly(Map.entry("JYNAMO_API_KEY", "one,two"));
        assertThat(frontend.front()).isTrue();
        RolePlan worker = plan.roles().get(1);
        assertThat(worker.arguments())
                .containsExactly(
                        "worker",
                        "--engine",
                        "vllm",
                        "--served-model-name",
                        "a",
                        "--served-model-name",
                        "b",
                        "--drain-timeout",
                        "5s",
                        "--discovery",
                        "file:/state/small",
                        "--",
                        "--dtype",
                        "bfloat16");
        assertThat(worker.environment()).containsExactly(Map.entry("OMP_NUM_THREADS", "1"));
        assertThat(worker.replicas()).isEqualTo(3);
        assertThat(worker.drain()).isEqualTo(Duration.ofSeconds(15));
        assertThat(worker.front()).isFalse();
    }

    @Test
    void what_is_handed_over_is_read_back() {
        GraphPlan plan = read(GOOD);
        plan.write(folder.resolve("graph.json"));

        assertThat(GraphPlan.read(folder.resolve("graph.json"))).isEqualTo(plan);
    }

    @Test
    void overrides_win_over_the_file() {
        GraphPlan plan = read(GOOD, "worker.engine=sim", "worker.replicas=1", "worker.engine-flags=--a b");

        assertThat(plan.roles().get(1).arguments())
                .contains("--engine", "sim")
                .doesNotContain("vllm")
                .endsWith("--dtype", "bfloat16", "--a", "b");
        assertThat(plan.roles().get(1).replicas()).isEqualTo(1);
    }

    @Test
    void a_discovery_of_its_own_stays_and_a_name_may_be_missing() {
        GraphPlan plan =
                read("roles: {worker: {command: worker, flags: {discovery: 'etcd://10.0.0.1:2379', engine: sim}}}");

        assertThat(plan.name()).isEqualTo("fallback");
        assertThat(plan.roles().getFirst().arguments())
                .contains("etcd://10.0.0.1:2379")
                .doesNotContain("file:/state/fallback");
    }

    @Test
    void everything_wrong_is_told_at_once_with_its_line() {
        String wrong = """
                name: Not Good
                rolls: {}
                roles:
                  frontend:
                    command: fronted
                  worker:
                    command: worker
                    replicas: many
                    flags:
                      modle: x
                      block-size: 9999
                      engine: [sim, {a: b}]
                    engine_flags: [x]
                    environment: 7
                  empty: {}
                  serve:
                    command: serve
                    replicas: 2
                  serve:
                    command: serve
                  list: [a]
                """;

        assertThatThrownBy(() -> read(wrong, "worker.threads=x", "nobody.port=1", "nonsense"))
                .isInstanceOfSatisfying(
                        JynamoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                .message()
                .contains("g.yaml line 2: no such key rolls; did you mean roles?")
                .contains("g.yaml line 1: name 'Not Good' must be lower-case")
                .contains("g.yaml line 5: no command fronted; did you mean frontend?")
                .contains("g.yaml line 8: replicas must be a whole number, not 'many'")
                .contains("g.yaml line 10, roles.worker: worker has no flag modle; did you mean model?")
                .contains("g.yaml line 11, roles.worker: block-size must be from 1 to 256, not 9999")
                .contains("g.yaml line 12: roles.worker.flags.engine must be a single value")
                .contains("g.yaml line 13: no such key roles.worker.engine_flags; did you mean engine-flags?")
                .contains("g.yaml line 14: roles.worker.environment must be a map")
                .contains("g.yaml line 15, roles.empty: command is missing")
                .contains("g.yaml line 18: 2 replicas of serve cannot listen on one port; give it port 0")
                .contains("g.yaml line 19: roles.serve is there twice")
                .contains("g.yaml line 21: roles.list must be a map with 'command'")
                .contains("--set worker.threads=x: threads must be a whole number")
                .contains("--set nobody.port=1: no role nobody")
                .contains("--set nonsense: must be ROLE.FLAG=VALUE")
                .startsWith("16 settings are wrong");
    }

    @Test
    void no_roles_and_no_yaml_are_told() {
        assertThatThrownBy(() -> read("name: x")).hasMessageContaining("roles are missing");
        assertThatThrownBy(() -> read("roles: {}")).hasMessageContaining("there is no role");
        assertThatThrownBy(() -> read("")).hasMessageContaining("must be a map with 'name' and 'roles'");
        assertThatThrownBy(() -> read("a: [")).hasMessageContaining("g.yaml is not YAML");
    }
}

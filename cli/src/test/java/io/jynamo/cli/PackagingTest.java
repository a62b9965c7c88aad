package io.jynamo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.cli.config.Setting;
import io.jynamo.cli.frontend.FrontendCommand;
import io.jynamo.cli.settings.AllSettings;
import io.jynamo.cli.worker.WorkerCommand;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import picocli.CommandLine.Model.CommandSpec;

/** Dockerfile, compose.yaml and the systemd units say what the command understands and what fits together. */
class PackagingTest {
    private static final Path ROOT = Path.of(System.getProperty("jynamo.root"));
    private static final Map<String, Setting<?>> SETTINGS =
            AllSettings.LIST.stream().collect(Collectors.toMap(Setting::name, setting -> setting, (a, b) -> a));
    private static final String LAUNCHER = "/opt/jynamo/jynamo";

    @Test
    void every_flag_and_variable_of_the_services_is_one_the_command_takes() throws IOException {
        ours().forEach((name, service) -> {
            Map<String, String> flags = checkedFlags(list(service, "command"));
            assertThat(flags).as(name).containsKeys("discovery", "fleet-token-file");
            map(service, "environment").keySet().forEach(variable -> assertVariable(name, variable));
        });
    }

    @Test
    void services_reach_each_other_by_name() throws IOException {
        Map<String, Map<String, Object>> all = services();
        ours().forEach((name, service) -> {
            Map<String, String> flags = checkedFlags(list(service, "command"));
            URI store = URI.create(flags.getOrDefault("discovery", ""));
            assertThat(all).as("store of " + name).containsKey(store.getHost());
            assertThat(list(all.getOrDefault(store.getHost(), Map.of()), "command"))
                    .anyMatch(flag -> flag.startsWith("--listen-client-urls=") && flag.endsWith(":" + store.getPort()));
            Optional.ofNullable(flags.get("advertise-host"))
                    .ifPresent(host -> assertThat(host)
                            .as("what " + name + " says of itself")
                            .isEqualTo(name));
            assertThat(all).containsKeys(map(service, "depends_on").keySet().toArray(String[]::new));
        });
        assertThat(ours().keySet()).containsExactlyInAnyOrder("frontend", "worker-1", "worker-2");
    }

    @Test
    void what_a_service_mounts_is_there() throws IOException {
        Map<String, Object> compose = yaml("compose.yaml");
        Set<String> secrets = map(compose, "secrets").keySet();
        Set<String> volumes = map(compose, "volumes").keySet();
        String folder = dockerfile("VOLUME").getFirst();
        assertThat(map(map(compose, "secrets"), "fleet-token")).containsEntry("environment", "JYNAMO_FLEET_TOKEN");
        ours().forEach((name, service) -> {
            assertThat(secrets).containsAll(list(service, "secrets"));
            checkedFlags(list(service, "command")).forEach((flag, value) -> {
                if (value.startsWith("/run/secrets/")) {
                    assertThat(list(service, "secrets")).as(name).contains(value.substring("/run/secrets/".length()));
                }
            });
            list(service, "volumes").forEach(mount -> {
                assertThat(volumes).contains(mount.split(":", -1)[0]);
                assertThat(mount.split(":", -1)[1]).isEqualTo(folder);
            });
        });
    }

    @Test
    void every_port_that_is_exposed_is_one_that_is_listened_on() throws IOException {
        List<String> listened = new ArrayList<>();
        ours().forEach((name, service) -> {
            Map<String, String> flags = checkedFlags(list(service, "command"));
            String own = flags.getOrDefault("port", flags.getOrDefault("worker-port", ""));
            listened.add(own);
            list(service, "ports")
                    .forEach(port ->
                            assertThat(port).as(name).startsWith("127.0.0.1:").endsWith(":" + own));
            String probed = String.valueOf(map(service, "environment").getOrDefault("HEALTH_PORT", "8000"));
            assertThat(probed).as("port that says whether " + name + " is well").isEqualTo(own);
        });
        List<String> exposed = Arrays.asList(dockerfile("EXPOSE").getFirst().split(" ", -1));
        assertThat(exposed).containsExactlyInAnyOrderElementsOf(Set.copyOf(listened));
        assertThat(String.join(" ", dockerfile("HEALTHCHECK"))).contains("${HEALTH_PORT:-8000}");
    }

    @Test
    void the_image_runs_the_launcher_as_somebody_who_is_not_root() throws IOException {
        assertThat(dockerfile("USER")).containsExactly("10001");
        assertThat(dockerfile("RUN")).anyMatch(line -> line.contains("useradd --system --uid 10001"));
        assertThat(dockerfile("ENTRYPOINT")).containsExactly("[\"" + LAUNCHER + "\"]");
        assertThat(dockerfile("COPY")).contains("--from=build " + LAUNCHER + " " + LAUNCHER);
        dockerfile("ENV").stream()
                .flatMap(line -> Arrays.stream(line.split(" ", -1)))
                .map(one -> one.split("=", -1)[0])
                .forEach(variable -> assertVariable("Dockerfile", variable));
    }

    @ParameterizedTest
    @ValueSource(strings = {"jynamo-frontend.service", "jynamo-worker@.service"})
    void units_start_what_the_command_understands(String unit) throws IOException {
        Map<String, List<String>> keys = unit(unit);
        List<String> line = Arrays.asList(
                keys.getOrDefault("ExecStart", List.of("")).getFirst().split(" ", -1));
        assertThat(line.getFirst()).isEqualTo(LAUNCHER);
        Map<String, String> flags = checkedFlags(line.subList(1, line.size()));
        String state =
                "/var/lib/" + keys.getOrDefault("StateDirectory", List.of("")).getFirst();
        assertThat(flags.get("discovery")).isEqualTo("file:" + state + "/discovery"); // the one place both can write
        assertThat(keys.get("Environment")).containsExactly("JYNAMO_HOME=" + state);
        assertThat(keys.get("User")).containsExactly("jynamo");
        assertThat(keys.get("Restart")).containsExactly("always");
        long drain = (line.get(1).equals("worker") ? 30 + 20 : 30); // a worker's engine may take its own time
        assertThat(Long.parseLong(
                        keys.getOrDefault("TimeoutStopSec", List.of("0")).getFirst()))
                .isGreaterThan(drain);
    }

    /** The flags of a command line of ours, by name, after they were held against the command. */
    private static Map<String, String> checkedFlags(List<String> line) {
        CommandSpec spec = switch (line.getFirst()) {
            case "frontend" -> FrontendCommand.spec();
            case "worker" -> WorkerCommand.spec();
            default -> throw new AssertionError("no role: " + line);
        };
        Map<String, String> flags = new LinkedHashMap<>();
        for (String argument : line.subList(1, line.size())) {
            int equals = argument.indexOf('=');
            assertThat(equals).as(argument + " is --FLAG=VALUE").isPositive();
            String flag = argument.substring(0, equals);
            String value = argument.substring(equals + 1);
            assertThat(spec.findOption(flag)).as(line.getFirst() + " " + flag).isNotNull();
            Setting<?> setting = Optional.<Setting<?>>ofNullable(SETTINGS.get(flag.substring(2)))
                    .orElseThrow(() -> new AssertionError(flag + " is no setting"));
            assertThat(setting.reader().read(List.of(value))).as(argument).isNotNull();
            flags.put(flag.substring(2), value);
        }
        return flags;
    }

    private static void assertVariable(String where, String variable) {
        boolean known = Set.of("HEALTH_PORT", "JAVA_HOME", "JYNAMO_HOME").contains(variable)
                || SETTINGS.values().stream()
                        .anyMatch(setting -> setting.variable().equals(variable));
        assertThat(known).as(where + ": " + variable).isTrue();
    }

    private static Map<String, Map<String, Object>> services() throws IOException {
        Map<String, Map<String, Object>> services = new LinkedHashMap<>();
        Map<String, Object> all = map(yaml("compose.yaml"), "services");
        all.keySet().forEach(name -> services.put(name, merged(map(all, name))));
        return services;
    }

    private static Map<String, Map<String, Object>> ours() throws IOException {
        Map<String, Map<String, Object>> services = services();
        services.values().removeIf(service -> !"jynamo".equals(service.get("image")));
        return services;
    }

    /** YAML 1.2 knows no merge key; Compose does. */
    private static Map<String, Object> merged(Map<String, Object> service) {
        Map<String, Object> all = new LinkedHashMap<>(map(service, "<<"));
        all.putAll(service);
        return all;
    }

    private static Map<String, Object> yaml(String file) throws IOException {
        Object root = new Load(
                        LoadSettings.builder().setSchema(new CoreSchema()).build())
                .loadFromString(Files.readString(ROOT.resolve(file)));
        return map(Map.of("root", root), "root");
    }

    private static Map<String, Object> map(Map<String, Object> of, String key) {
        Map<String, Object> map = new LinkedHashMap<>();
        if (of.get(key) instanceof Map<?, ?> found) {
            found.forEach((name, value) -> map.put(String.valueOf(name), value == null ? "" : value));
        }
        return map;
    }

    private static List<String> list(Map<String, Object> of, String key) {
        return of.get(key) instanceof List<?> found
                ? found.stream().map(String::valueOf).toList()
                : List.of();
    }

    /** What stands behind a keyword of the Dockerfile, a line each, with continued lines joined. */
    private static List<String> dockerfile(String keyword) throws IOException {
        String text = Files.readString(ROOT.resolve("Dockerfile"))
                .lines()
                .filter(line -> !line.startsWith("#"))
                .collect(Collectors.joining("\n"))
                .replaceAll("\\\\\n\\s*", " ");
        return text.lines()
                .filter(line -> line.startsWith(keyword + " "))
                .map(line -> line.substring(keyword.length() + 1).strip())
                .toList();
    }

    private static Map<String, List<String>> unit(String file) throws IOException {
        try (Stream<String> lines =
                Files.lines(ROOT.resolve("packaging/systemd").resolve(file))) {
            return lines.filter(line -> line.contains("=") && !line.startsWith("#"))
                    .collect(Collectors.groupingBy(
                            line -> line.substring(0, line.indexOf('=')),
                            Collectors.mapping(line -> line.substring(line.indexOf('=') + 1), Collectors.toList())));
        }
    }
}

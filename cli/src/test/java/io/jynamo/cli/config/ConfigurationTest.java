package io.jynamo.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.JynamoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {
    private static final Setting<Integer> PORT =
            new Setting.Draft("HTTP", "port", "PORT", "Where.").of(Readers.count(0, 65_535), "8000");
    private static final Setting<Optional<Integer>> LENGTH =
            new Setting.Draft("Model", "max-model-len", "N", "How long.").optional(Readers.count(1, 1_000_000));
    private static final Setting<List<String>> KEYS =
            new Setting.Draft("HTTP", "api-key", "KEY", "Who.").list(Setting.Kind.SECRET_LIST);
    private static final List<Setting<?>> SETTINGS = List.of(PORT, LENGTH, KEYS);

    @TempDir
    Path folder;

    private final Problems problems = new Problems();

    @Test
    void the_default_holds_when_nothing_else_is_said() {
        var configuration = resolve(Map.of(), Map.of(), "");

        assertThat(configuration.get(PORT)).isEqualTo(8000);
        assertThat(configuration.get(LENGTH)).isEmpty();
        assertThat(configuration.get(KEYS)).isEmpty();
        assertThat(configuration.isGiven(PORT)).isFalse();
    }

    @Test
    void flags_win_over_environment_over_file() {
        var file = "port: 1\nmax-model-len: 10\napi-key: [a, b]\n";
        var environment = Map.of("JYNAMO_PORT", "2", "JYNAMO_MAX_MODEL_LEN", "20");
        var flags = Map.of("port", List.of("3"));

        var configuration = resolve(flags, environment, file);

        assertThat(configuration.get(PORT)).isEqualTo(3);
        assertThat(configuration.get(LENGTH)).contains(20);
        assertThat(configuration.get(KEYS)).containsExactly("a", "b");
    }

    @Test
    void everything_wrong_is_told_at_once_with_where_it_stands() {
        var file = "prot: 1\nmax-model-len: many\n";
        var environment = Map.of("JYNAMO_PORT", "99999", "JYNAMO_MAX_MODEL_LENGTH", "1", "PATH", "/bin");
        var flags = Map.of("port", List.of("x"));

        resolve(flags, environment, file);

        assertThat(problems.found())
                .anyMatch(p -> p.contains(", prot: no such setting; did you mean port?"))
                .anyMatch(p -> p.startsWith("file ") && p.endsWith("max-model-len: must be a whole number, not 'many'"))
                .anyMatch(p -> p.equals("environment JYNAMO_MAX_MODEL_LENGTH: no such setting; did you mean"
                        + " JYNAMO_MAX_MODEL_LEN?"))
                .anyMatch(p -> p.equals("environment JYNAMO_PORT: must be from 0 to 65535, not 99999"))
                .anyMatch(p -> p.equals("flag --port: must be a whole number, not 'x'"))
                .hasSize(5);
        assertThatThrownBy(problems::throwIfAny)
                .isInstanceOf(JynamoException.class)
                .hasMessageContaining("5 settings are wrong");
    }

    @Test
    void what_is_printed_reads_back_as_a_file_and_hides_secrets() {
        var first = resolve(
                Map.of("port", List.of("7"), "api-key", List.of("sesame")), Map.of("JYNAMO_MAX_MODEL_LEN", "99"), "");

        String printed = first.print();

        assertThat(printed)
                .contains("flag --port", "environment JYNAMO_MAX_MODEL_LEN")
                .doesNotContain("sesame");
        var again = resolve(Map.of(), Map.of(), printed);
        assertThat(problems.found()).isEmpty();
        assertThat(again.get(PORT)).isEqualTo(7);
        assertThat(again.get(LENGTH)).contains(99);
    }

    @Test
    void a_list_in_the_environment_is_split_at_commas() {
        assertThat(resolve(Map.of(), Map.of("JYNAMO_API_KEY", "one, two"), "").get(KEYS))
                .containsExactly("one", "two");
    }

    @Test
    void a_file_that_is_not_a_flat_map_is_refused_by_name() throws IOException {
        for (String text : List.of("- 1\n- 2\n", "port: {a: 1}\n", "port: [\n", "\t:")) {
            Path file = Files.writeString(folder.resolve("bad.yaml"), text);
            assertThatThrownBy(() -> YamlFile.read(file))
                    .as(text)
                    .isInstanceOf(JynamoException.class)
                    .hasMessageContaining("bad.yaml");
        }
        assertThatThrownBy(() -> YamlFile.read(folder.resolve("none.yaml")))
                .isInstanceOf(JynamoException.class)
                .hasMessageContaining("does not exist");
    }

    private Configuration resolve(Map<String, List<String>> flags, Map<String, String> environment, String file) {
        try {
            Path path = Files.writeString(folder.resolve("settings.yaml"), file);
            return Configuration.resolve(
                    SETTINGS, new Configuration.Sources(flags, environment, YamlFile.read(path)), problems);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}

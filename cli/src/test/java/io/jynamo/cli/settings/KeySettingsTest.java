package io.jynamo.cli.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.config.YamlFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KeySettingsTest {
    private static KeyChoice read(Map<String, List<String>> flags, Map<String, String> environment, Problems problems) {
        var configuration = Configuration.resolve(
                KeySettings.ALL, new Configuration.Sources(flags, environment, YamlFile.NONE), problems);
        return KeySettings.read(configuration, problems);
    }

    @Test
    void the_file_may_be_named_by_a_variable() {
        var problems = new Problems();
        KeyChoice choice = read(
                Map.of("audit-log", List.of("a.log"), "audit-log-max-bytes", List.of("1MiB")),
                Map.of("JYNAMO_API_KEYS_FILE", "k.json"),
                problems);
        problems.throwIfAny();
        assertThat(choice.file()).contains(Path.of("k.json"));
        assertThat(choice.audit()).contains(Path.of("a.log"));
        assertThat(choice.auditMaxBytes()).isEqualTo(1 << 20);
        assertThat(choice.payloads()).isFalse();
    }

    @Test
    void settings_of_a_log_that_is_not_written_are_wrong() {
        var problems = new Problems();
        read(Map.of("audit-payloads", List.of("true")), Map.of(), problems);
        assertThatThrownBy(problems::throwIfAny)
                .hasMessageContaining("audit-payloads needs audit-log, which is missing");
    }
}

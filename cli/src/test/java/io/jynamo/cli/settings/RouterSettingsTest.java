package io.jynamo.cli.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.config.YamlFile;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RouterSettingsTest {
    @Test
    void workersAreChosenByTimeUnlessAnotherModeIsAskedFor() {
        assertThat(read(Map.of()).mode()).isEqualTo(RouterMode.TIME);
        RouterChoice tuned = read(Map.of(
                "router-mode", List.of("prefix-affinity"),
                "router-prefill-load-scale", List.of("4")));
        assertThat(tuned.mode()).isEqualTo(RouterMode.PREFIX_AFFINITY);
        assertThat(tuned.costs().weights().prefillLoadScale()).isEqualTo(4);
    }

    @Test
    void aWeightThatTheModeDoesNotLookAtIsRefused() {
        assertThatThrownBy(() -> read(Map.of("router-temperature", List.of("0.5"))))
                .isInstanceOfSatisfying(
                        JynamoException.class,
                        refused -> assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION))
                .hasMessageContaining("--router-temperature")
                .hasMessageContaining("--router-mode prefix-affinity");
    }

    private static RouterChoice read(Map<String, List<String>> flags) {
        var problems = new Problems();
        Configuration configuration = Configuration.resolve(
                RouterSettings.WITH_COSTS, new Configuration.Sources(flags, Map.of(), YamlFile.NONE), problems);
        problems.throwIfAny();
        return RouterSettings.read(configuration);
    }
}

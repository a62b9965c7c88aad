package io.jynamo.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.cli.config.Problems;
import io.jynamo.cli.settings.AllSettings;
import io.jynamo.cli.settings.HttpOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ServeCommandTest {
    private final StringWriter out = new StringWriter();

    @Test
    void print_config_shows_values_and_where_they_came_from() {
        int code = run(
                "--engine",
                "sim",
                "--port=0",
                "--served-model-name",
                "a",
                "--served-model-name",
                "b",
                "--print-config");

        assertThat(code).isZero();
        assertThat(out.toString())
                .containsPattern("engine: +sim +# flag --engine")
                .containsPattern("port: +0 +# flag --port")
                .containsPattern("served-model-name: +\\[a, b\\] +# flag --served-model-name")
                .containsPattern("workers: +2 +# default");
    }

    @Test
    void every_setting_is_a_flag_with_a_help_text() {
        var spec = ServeCommand.spec();

        for (var setting : ServeSettings.ALL) {
            assertThat(spec.findOption(setting.flag())).as(setting.flag()).isNotNull();
            assertThat(setting.help()).endsWith(".");
        }
        assertThat(AllSettings.LIST).doesNotHaveDuplicates().extracting("name").doesNotHaveDuplicates();
    }

    @Test
    void keys_are_shown_by_nothing() {
        run("--api-key", "sesame", "--print-config");

        assertThat(out.toString()).contains("(hidden)").doesNotContain("sesame");
        var http = new HttpOptions(
                "h",
                1,
                List.of("sesame"),
                new io.jynamo.cli.settings.KeyChoice(
                        java.util.Optional.empty(), java.util.Optional.empty(), false, 1, 0),
                java.util.Optional.empty(),
                1,
                java.time.Duration.ZERO,
                java.time.Duration.ZERO,
                java.time.Duration.ZERO,
                java.time.Duration.ZERO,
                java.time.Duration.ZERO,
                1,
                java.time.Duration.ZERO,
                1,
                529,
                false,
                io.jynamo.cli.settings.MediaChoice.USUAL,
                new io.jynamo.cli.settings.FilesChoice(java.util.Optional.empty(), 1, 1, 1, 1),
                java.util.Optional.empty());
        assertThat(http.toString()).doesNotContain("sesame");
    }

    @Test
    void a_blank_name_of_the_model_is_a_wrong_setting() {
        for (String name : List.of("", "  ")) {
            var problems = new Problems();
            int code = new CommandLine(ServeCommand.spec())
                    .setOut(new PrintWriter(out, true))
                    .setExecutionExceptionHandler((failed, line, parsed) -> {
                        problems.add(String.valueOf(failed.getMessage()));
                        return 2;
                    })
                    .execute("--engine", "sim", "--served-model-name", name, "--print-config");
            assertThat(code).isEqualTo(2);
            assertThat(problems.found()).hasSize(1).first().asString().contains("served-model-name");
        }
    }

    private int run(String... arguments) {
        return new CommandLine(ServeCommand.spec())
                .setOut(new PrintWriter(out, true))
                .execute(arguments);
    }
}

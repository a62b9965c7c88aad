package io.jynamo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HelpTest {
    @Test
    void help_of_the_command_is_reviewed() throws IOException {
        var run = CommandRun.of("--help");

        assertThat(run.exitCode()).isZero();
        Golden.matches("help.txt", run.out());
    }

    static Stream<String> commands() {
        var sink = new PrintWriter(Writer.nullWriter());
        return Jynamo.commandLine(sink, sink).getSubcommands().keySet().stream()
                .filter(name -> !List.of("train", "supervise").contains(name));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void help_of_each_command_is_reviewed(String command) throws IOException {
        var run = CommandRun.of(command, "--help");

        assertThat(run.exitCode()).isZero();
        Golden.matches("help-" + command + ".txt", run.out());
    }

    @Test
    void version_names_the_build_and_the_jvm() {
        var run = CommandRun.of("--version");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .startsWith("jynamo ")
                .contains("Java " + Runtime.version())
                .doesNotContain("${");
    }

    @Test
    void no_command_shows_help_and_is_a_usage_error() {
        var run = CommandRun.of();

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE.number());
        assertThat(run.err()).contains("Commands:");
    }

    @Test
    void a_mistyped_command_suggests_the_right_one() {
        var run = CommandRun.of("srve");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE.number());
        assertThat(run.err()).contains("no command srve; did you mean serve?").contains("see jynamo --help");
    }

    @Test
    void a_mistyped_flag_suggests_the_right_one() {
        var run = CommandRun.of("doctor", "--prot", "1");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE.number());
        assertThat(run.err())
                .contains("unknown flag --prot; did you mean --port?")
                .contains("see jynamo doctor --help");
    }
}

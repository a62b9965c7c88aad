package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The command line: what it prints, what it refuses, what it ends with. */
class CommandTest {
    @TempDir
    Path folder;

    @Test
    void version_and_help_are_all_that_is_printed() {
        var version = Command.jynamo("--version");
        assertThat(version.exitCode()).isZero();
        assertThat(version.out()).startsWith("jynamo ").hasLineCount(1);
        assertThat(version.err()).isEmpty();

        var help = Command.jynamo("--help");
        assertThat(help.out()).contains("serve", "ask", "pull", "models", "check", "bench", "doctor", "Exit codes:");
        assertThat(help.err()).isEmpty();
    }

    @Test
    void it_runs_from_anywhere_and_through_a_link() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("jy"), Command.jynamo());

        var run = Command.run(List.of("bash", "-c", "cd '" + folder + "' && ./jy --version"), Map.of());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).startsWith("jynamo ");
        assertThat(link).isSymbolicLink();
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of(2, "unknown flag --wrokers; did you mean --workers?", List.of("serve", "--wrokers", "2")),
                Arguments.of(2, "no command srve; did you mean serve?", List.of("srve")),
                Arguments.of(2, "--port: must be from 0 to 65535", List.of("serve", "--port", "70000")),
                Arguments.of(2, "2 settings are wrong", List.of("serve", "--port", "x", "--workers", "0")),
                Arguments.of(2, "does not exist", List.of("serve", "--config", "no-such-file.yaml")),
                Arguments.of(
                        3, "model_file_missing", List.of("serve", "--port", "0", "--model", "/no/such/model.gguf")),
                Arguments.of(3, "model_file_missing", List.of("serve", "--port", "0", "--model", "/no/such/folder/")));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void a_mistake_is_one_clear_line(int exitCode, String message, List<String> arguments) {
        var run = Command.jynamo(arguments.toArray(String[]::new));

        assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
        assertThat(run.err()).contains(message).doesNotContain("\tat ", "Exception");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void files_that_are_no_model_are_refused_by_name() throws IOException {
        Path folderModel = Files.createDirectory(folder.resolve("folder-model"));
        Files.writeString(folderModel.resolve("config.json"), "{\"architectures\":[\"LlamaForCausalLM\"");
        Path unknown = Files.createDirectory(folder.resolve("unknown-model"));
        Files.writeString(
                unknown.resolve("config.json"),
                "{\"architectures\":[\"MambaForCausalLM\"],\"model_type\":\"mamba\",\"vocab_size\":10}");
        byte[] header = {'G', 'G', 'U', 'F', 3, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0};
        Map<String, Path> models = Map.of(
                "an empty file", Files.createFile(folder.resolve("empty.gguf")),
                "noise", Files.write(folder.resolve("noise.gguf"), new byte[100_000]),
                "a cut-off file", Files.write(folder.resolve("cut.gguf"), header),
                "a folder with broken configuration", folderModel,
                "a family that is not built", unknown);

        models.forEach((what, path) -> {
            var run = Command.jynamo("serve", "--port", "0", "--model", path.toString());

            assertThat(run.exitCode()).as(what + ": " + run.err()).isIn(3, 4);
            assertThat(run.err())
                    .as(what)
                    .containsPattern("error (model|tokenizer|template)_[a-z_]+: ")
                    .contains(path.getFileName().toString())
                    .doesNotContain("\tat ", "Exception");
        });
    }

    @Test
    void completion_prints_a_script_a_shell_can_read() {
        var run = Command.run(List.of("bash", "-c", "bash -n <('" + Command.jynamo() + "' completion)"), Map.of());

        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    @Test
    void doctor_looks_at_the_machine() {
        var run = Command.jynamo("doctor");

        assertThat(run.exitCode()).isIn(0, 1);
        assertThat(run.out()).contains("JDK", "memory", "CPU vectors", "disk");
    }

    @Test
    void environment_and_file_are_settings_too() throws IOException {
        Path file = Files.writeString(folder.resolve("jynamo.yaml"), "workers: 3\nmax-model-len: 99\n");

        var run = Command.run(
                List.of(Command.jynamo().toString(), "serve", "--config", file.toString(), "--print-config"),
                Map.of("JYNAMO_WORKERS", "5", "JYNAMO_API_KEY", "sesame"));

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .containsPattern("workers: +5 +# environment JYNAMO_WORKERS")
                .containsPattern("max-model-len: +99 +# file ")
                .doesNotContain("sesame");
    }

    @Test
    void json_logs_are_json_lines() throws InterruptedException {
        try (var server = Server.fast("--log-format", "json", "--log-level", "debug")) {
            Http.get(server.at("/v1/models"));
            server.terminate();
            server.awaitExit();

            assertThat(server.log().lines().filter(line -> !line.isEmpty()))
                    .isNotEmpty()
                    .allSatisfy(
                            line -> assertThat(Http.parse(line).path("level").asString())
                                    .isNotEmpty());
        }
    }
}

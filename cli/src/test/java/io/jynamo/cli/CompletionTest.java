package io.jynamo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletionTest {
    @TempDir
    Path folder;

    @Test
    void the_script_completes_commands_and_flags_in_bash() throws Exception {
        assertThat(complete("jynamo ser", "ser", 1)).contains("serve");
        assertThat(complete("jynamo serve --max", "--max", 2)).contains("--max-model-len", "--max-num-seqs");
    }

    @Test
    void the_hidden_command_is_not_offered() throws Exception {
        assertThat(complete("jynamo tra", "tra", 1)).doesNotContain("train");
    }

    private String complete(String line, String word, int index) throws IOException, InterruptedException {
        Path script = folder.resolve("completion.bash");
        Files.writeString(script, CommandRun.of("completion").out());
        String[] words = line.split(" ");
        Process bash = new ProcessBuilder(
                        "bash",
                        "-c",
                        "source '" + script + "'; COMP_WORDS=(" + String.join(" ", words) + "); COMP_CWORD=" + index
                                + "; _complete_jynamo jynamo '" + word
                                + "' ''; printf '%s\\n' \"${COMPREPLY[@]}\"")
                .redirectErrorStream(true)
                .start();
        String output = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as(output).isZero();
        return output;
    }
}

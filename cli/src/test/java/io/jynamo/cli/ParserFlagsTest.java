package io.jynamo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The flags that name parsers, of every command that has them. */
class ParserFlagsTest {
    @ParameterizedTest
    @ValueSource(strings = {"worker", "serve", "frontend"})
    void theyHaveTheNamesOfDynamosWorkersToo(String command) {
        var run = CommandRun.of(
                command, "--dyn-tool-call-parser", "hermes", "--dyn-reasoning-parser=basic", "--print-config");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .containsPattern("tool-call-parser: +hermes +# flag --tool-call-parser")
                .containsPattern("reasoning-parser: +basic +# flag --reasoning-parser");
    }

    @ParameterizedTest
    @ValueSource(strings = {"worker", "serve", "frontend"})
    void aNameThatNobodyKnowsIsRefusedAtTheStart(String command) {
        var run = CommandRun.of(command, "--tool-call-parser", "hermse", "--print-config");
        assertThat(run.exitCode()).isNotZero();
        assertThat(run.err()).contains("tool-call-parser", "hermse", "hermes");
    }
}

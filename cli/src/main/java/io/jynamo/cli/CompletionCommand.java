package io.jynamo.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code jynamo completion}: a script that teaches bash and zsh the commands and flags. */
@Command(
        name = "completion",
        header = "Print a completion script for bash and zsh.",
        description = "For this shell: source <(./jynamo completion)")
final class CompletionCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        var line = spec.commandLine();
        line.getOut().print(AutoComplete.bash("jynamo", spec.root().commandLine()));
        line.getOut().flush();
        return ExitCode.OK.number();
    }
}

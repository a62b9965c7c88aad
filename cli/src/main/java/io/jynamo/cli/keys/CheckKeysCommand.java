package io.jynamo.cli.keys;

import io.jynamo.cli.ExitCode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jynamo keys check}: whether a server would take a file. */
@Command(name = "check", header = "Say whether a key file is right, and where it is not.")
final class CheckKeysCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "File of keys.")
    private Path file;

    @Override
    public Integer call() {
        int keys = new KeyFileEdit(file).check().size();
        PrintWriter out = spec.commandLine().getOut();
        out.println(file + ": " + keys + (keys == 1 ? " key" : " keys"));
        out.flush();
        return ExitCode.OK.number();
    }
}

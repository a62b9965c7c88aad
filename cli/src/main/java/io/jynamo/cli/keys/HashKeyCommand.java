package io.jynamo.cli.keys;

import io.jynamo.cli.ExitCode;
import io.jynamo.frontend.keys.KeyHash;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code jynamo keys hash}: the hash of a key that there is already. */
@Command(
        name = "hash",
        header = "Print the hash of a key as it stands in a key file.",
        description = {
            "Reads the key as one line from standard input, where no list of processes and no shell's history shows it.",
            "Only a long random key is safe behind a plain hash: one that a person made up can be found by trying."
        })
final class HashKeyCommand implements Callable<Integer> {
    private static final int SHORTEST = 16;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line = in.readLine();
        String key = line == null ? "" : line.strip();
        if (key.length() < SHORTEST) {
            throw new ParameterException(
                    spec.commandLine(),
                    "standard input must be one key of " + SHORTEST
                            + " characters at least; jynamo keys new makes one");
        }
        spec.commandLine().getOut().println(KeyHash.of(key));
        spec.commandLine().getOut().flush();
        return ExitCode.OK.number();
    }
}

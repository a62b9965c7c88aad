package io.jynamo.cli.keys;

import io.jynamo.cli.ExitCode;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code jynamo keys}: keys for {@code --api-keys-file}. */
@Command(
        name = "keys",
        header = "Make API keys and the entries of --api-keys-file.",
        description = "The file holds hashes, never keys; a server reads it again when it changes.")
public final class KeysCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    /** The command with its sub-commands. */
    public static CommandSpec spec() {
        CommandSpec keys = CommandSpec.forAnnotatedObject(new KeysCommand());
        for (Object command : List.of(new NewKeyCommand(), new HashKeyCommand(), new CheckKeysCommand())) {
            CommandSpec one = CommandSpec.forAnnotatedObject(command);
            one.mixinStandardHelpOptions(true);
            keys.addSubcommand(one.name(), one);
        }
        return keys;
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCode.USAGE.number();
    }
}

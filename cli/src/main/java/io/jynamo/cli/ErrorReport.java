package io.jynamo.cli;

import io.jynamo.cli.config.Nearest;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** How a failed command ends: one line with the error's code, the stack trace only when asked for. */
final class ErrorReport {
    private ErrorReport() {}

    /** Prints it and returns what the process ends with. */
    static ExitCode print(PrintWriter err, Throwable error, boolean verbose) {
        ExitCode exit;
        switch (error) {
            case JynamoException known -> {
                err.println("error " + known.code().id() + ": " + known.getMessage());
                exit = ExitCode.of(known.code());
            }
            case InterruptedException interrupted -> {
                err.println("interrupted" + (interrupted.getMessage() == null ? "" : ": " + interrupted.getMessage()));
                exit = ExitCode.INTERRUPTED;
            }
            default -> {
                String message = error.getMessage() == null ? "" : ": " + error.getMessage();
                err.println("error " + ErrorCode.INTERNAL.id() + ": "
                        + error.getClass().getName() + message
                        + (verbose ? "" : " (run with --verbose for the stack trace)"));
                exit = ExitCode.FAILURE;
            }
        }
        if (verbose) {
            error.printStackTrace(err);
        }
        err.flush();
        return exit;
    }

    /** Prints what is wrong with the arguments, with the nearest that would be right. */
    static int onBadArguments(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        String what = e.getMessage();
        if (e instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            String first = unmatched.getUnmatched().getFirst();
            boolean flag = first.startsWith("-");
            String name = flag && first.contains("=") ? first.substring(0, first.indexOf('=')) : first;
            what = (flag
                            ? "unknown flag "
                            : command.getSubcommands().isEmpty() ? "unexpected argument " : "no command ")
                    + name
                    + Nearest.hint(name, flag ? flags(command) : commands(command));
        }
        PrintWriter err = command.getErr();
        err.println("error " + ErrorCode.INVALID_CONFIGURATION.id() + ": " + what);
        err.println("see " + command.getCommandSpec().qualifiedName() + " --help");
        err.flush();
        return ExitCode.USAGE.number();
    }

    private static List<String> flags(CommandLine command) {
        List<String> names = new ArrayList<>();
        command.getCommandSpec().options().forEach(option -> names.addAll(List.of(option.names())));
        return names;
    }

    private static List<String> commands(CommandLine command) {
        return command.getSubcommands().entrySet().stream()
                .filter(entry ->
                        !entry.getValue().getCommandSpec().usageMessage().hidden())
                .map(java.util.Map.Entry::getKey)
                .toList();
    }
}

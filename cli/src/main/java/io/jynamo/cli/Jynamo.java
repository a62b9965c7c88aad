package io.jynamo.cli;

import io.jynamo.cli.ask.AskCommand;
import io.jynamo.cli.ask.RouteCommand;
import io.jynamo.cli.doctor.DoctorCommand;
import io.jynamo.cli.frontend.FrontendCommand;
import io.jynamo.cli.graph.LogsCommand;
import io.jynamo.cli.graph.RestartCommand;
import io.jynamo.cli.graph.ScaleCommand;
import io.jynamo.cli.graph.StatusCommand;
import io.jynamo.cli.graph.StopCommand;
import io.jynamo.cli.graph.UpCommand;
import io.jynamo.cli.graph.supervisor.SuperviseCommand;
import io.jynamo.cli.keys.KeysCommand;
import io.jynamo.cli.log.Logs;
import io.jynamo.cli.models.ModelsCommand;
import io.jynamo.cli.models.PullCommand;
import io.jynamo.cli.router.RouterCommand;
import io.jynamo.cli.serve.ServeCommand;
import io.jynamo.cli.train.TrainCommand;
import io.jynamo.cli.worker.WorkerCommand;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code jynamo} command. */
@Command(
        name = "jynamo",
        header = "Serves language models on the JVM: frontend, router and engine in one command.",
        synopsisSubcommandLabel = "COMMAND",
        versionProvider = Version.class,
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        commandListHeading = "%nCommands:%n",
        footer = {"", "First use: jynamo serve    then: jynamo ask \"What is a KV cache?\""})
public final class Jynamo implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "Show stack traces of errors.")
    boolean verbose;

    private static final Set<String> NO_ROLES = Set.of(
            "up", "status", "scale", "logs", "restart", "stop", "supervise", "check", "completion", "train", "keys");

    /** In the order of help. */
    private static final Map<String, Supplier<CommandSpec>> COMMANDS = commands();

    private Jynamo() {}

    /** Without a command there is nothing to do but to say which there are. */
    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCode.USAGE.number();
    }

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        takeRealStandardError();
        int code;
        try {
            code = commandLine(utf8(System.out), utf8(System.err), only(arguments))
                    .execute(arguments);
        } catch (Throwable e) { // whatever escapes picocli still ends in one line
            code = ErrorReport.print(utf8(System.err), e, false).number();
        }
        Logs.flush();
        System.exit(code);
    }

    /** The command and all its sub-commands, writing to the given streams. */
    static CommandLine commandLine(PrintWriter out, PrintWriter err) {
        return commandLine(out, err, Optional.empty());
    }

    /** Describing a command takes picocli milliseconds, so a run describes the one it needs; help describes all. */
    private static CommandLine commandLine(PrintWriter out, PrintWriter err, Optional<String> only) {
        var jynamo = new Jynamo();
        CommandSpec root = CommandSpec.forAnnotatedObject(jynamo);
        COMMANDS.forEach((name, command) -> {
            if (only.isEmpty() || only.get().equals(name)) {
                root.addSubcommand(name, command.get());
            }
        });
        root.usageMessage().exitCodeList(exitCodes());
        var line = new CommandLine(root)
                .setOut(out)
                .setErr(err)
                .setParameterExceptionHandler(ErrorReport::onBadArguments)
                .setExecutionExceptionHandler((e, command, result) -> {
                    Logs.flush(); // what led to it stands before it
                    return ErrorReport.print(command.getErr(), e, jynamo.verbose)
                            .number();
                });
        for (CommandLine command : line.getSubcommands().values()) {
            command.getCommandSpec().mixinStandardHelpOptions(true);
        }
        line.setUsageHelpWidth(100);
        line.setUsageHelpAutoWidth(false);
        return line;
    }

    private static Map<String, Supplier<CommandSpec>> commands() {
        Map<String, Supplier<CommandSpec>> commands = new LinkedHashMap<>();
        commands.put("serve", ServeCommand::spec);
        commands.put("frontend", FrontendCommand::spec);
        commands.put("worker", WorkerCommand::spec);
        commands.put("router", RouterCommand::spec);
        commands.put("up", () -> UpCommand.spec(forRoles(commands)));
        commands.put("status", () -> CommandSpec.forAnnotatedObject(new StatusCommand()));
        commands.put("scale", () -> CommandSpec.forAnnotatedObject(new ScaleCommand()));
        commands.put("logs", () -> CommandSpec.forAnnotatedObject(new LogsCommand()));
        commands.put("restart", () -> CommandSpec.forAnnotatedObject(new RestartCommand()));
        commands.put("stop", () -> CommandSpec.forAnnotatedObject(new StopCommand()));
        commands.put("supervise", () -> CommandSpec.forAnnotatedObject(new SuperviseCommand()));
        commands.put("ask", () -> CommandSpec.forAnnotatedObject(new AskCommand()));
        commands.put("route", RouteCommand::spec);
        commands.put("keys", KeysCommand::spec);
        commands.put("pull", () -> CommandSpec.forAnnotatedObject(new PullCommand()));
        commands.put("models", () -> CommandSpec.forAnnotatedObject(new ModelsCommand()));
        commands.put("check", () -> CommandSpec.forAnnotatedObject(new CheckCommand()));
        commands.put("bench", BenchCommand::spec);
        commands.put("doctor", DoctorCommand::spec);
        commands.put("completion", () -> CommandSpec.forAnnotatedObject(new CompletionCommand()));
        commands.put("train", () -> CommandSpec.forAnnotatedObject(new TrainCommand(Jynamo::commandLine)));
        return commands;
    }

    /** Commands that a graph's roles can be: those that do not themselves deal with graphs or with the build. */
    private static Map<String, Supplier<CommandSpec>> forRoles(Map<String, Supplier<CommandSpec>> all) {
        Map<String, Supplier<CommandSpec>> roles = new LinkedHashMap<>(all);
        roles.keySet().removeAll(NO_ROLES);
        return roles;
    }

    /** The one command these arguments run, where that is plain to see. */
    private static Optional<String> only(String[] arguments) {
        String first = arguments.length == 0 ? "" : arguments[0];
        boolean needsAll = first.equals("completion") || !COMMANDS.containsKey(first);
        if (first.equals("--version") || first.equals("-V")) {
            return Optional.of("");
        }
        return needsAll ? Optional.empty() : Optional.of(first);
    }

    /** Output is UTF-8 whatever the locale says: tokens of any language, and files made by redirection. */
    private static PrintWriter utf8(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }

    static Map<String, String> exitCodes() {
        Map<String, String> codes = new LinkedHashMap<>();
        for (ExitCode code : ExitCode.values()) {
            codes.put(String.valueOf(code.number()), code.meaning());
        }
        return codes;
    }

    /**
     * The launcher keeps the JVM's own first words off the terminal by giving it a filtered descriptor 2, and says where
     * the real standard error is. Where that cannot be opened (it is a socket), the filter passes everything on.
     */
    @SuppressWarnings("resource") // lives as long as the process
    private static void takeRealStandardError() {
        String path = System.getProperty("jynamo.stderr");
        if (path == null) {
            return;
        }
        try {
            System.setErr(new PrintStream(new FileOutputStream(path, true), true, StandardCharsets.UTF_8));
        } catch (FileNotFoundException e) {
            // Descriptor 2 stays: slower by one pipe, nothing is lost.
        }
    }
}

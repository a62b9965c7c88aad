package io.jynamo.cli.serve;

import io.jynamo.cli.ExitCode;
import io.jynamo.cli.NodeRun;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.config.Readers;
import io.jynamo.cli.config.SettingFlags;
import io.jynamo.cli.log.Logs;
import io.jynamo.cli.models.ModelFiles;
import io.jynamo.cli.settings.AllSettings;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code jynamo serve}: serves one model over HTTP until it is told to stop. */
@Command(
        name = "serve",
        header = "Serve a model over the OpenAI HTTP API.",
        description = {
            "Prints 'ready http://HOST:PORT' alone on a line on standard output once it answers; logs go to standard"
                    + " error. Stops on Ctrl-C or SIGTERM after running streams have finished.",
            "",
            "Every setting below may also come from the environment (--max-model-len is JYNAMO_MAX_MODEL_LEN) or from"
                    + " a YAML file (max-model-len: 4096). Flags win over the environment, that over the file."
        })
public final class ServeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--print-config",
            order = SettingFlags.FIRST,
            description = "Show each setting, its value and where it came from, and stop.")
    private boolean printConfig;

    /** The command with a flag for every setting. */
    public static CommandSpec spec() {
        return SettingFlags.addTo(CommandSpec.forAnnotatedObject(new ServeCommand()), ServeSettings.ALL);
    }

    @Override
    public Integer call() throws Exception {
        var problems = new Problems();
        var configuration = SettingFlags.configure(spec, ServeSettings.ALL, AllSettings.LIST, problems);
        var options = ServeOptions.of(configuration, problems);
        problems.throwIfAny();
        PrintWriter out = spec.commandLine().getOut();
        if (printConfig) {
            out.print(configuration.print());
            out.flush();
            return ExitCode.OK.number();
        }
        Logs.install(options.log().format(), options.log().level());
        var log = System.getLogger(ServeCommand.class.getName()); // made here: after the logs are installed
        ServeNode node = ServeNode.start(options, ModelFiles::require);
        log.log(System.Logger.Level.INFO, () -> describe(options, node));
        NodeRun.untilStopped(node, "ready " + node.address(), out);
        return ExitCode.OK.number();
    }

    private static String describe(ServeOptions options, ServeNode node) {
        String model = options.setup().model().model().orElse("made-up text");
        return "serving %s at %s: %s engine, %d workers, %s routing"
                .formatted(
                        model,
                        node.address(),
                        Readers.spelling(options.setup().engine().kind()),
                        node.workers().size(),
                        Readers.spelling(options.router().mode()));
    }
}

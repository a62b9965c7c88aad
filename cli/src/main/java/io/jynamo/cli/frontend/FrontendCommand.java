package io.jynamo.cli.frontend;

import io.jynamo.cli.ExitCode;
import io.jynamo.cli.NodeRun;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.config.SettingFlags;
import io.jynamo.cli.log.Logs;
import io.jynamo.cli.settings.AllSettings;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code jynamo frontend}: serve the models of a fleet over the OpenAI HTTP API. */
@Command(
        name = "frontend",
        header = "Serve the models of a fleet over the OpenAI HTTP API.",
        description = {
            "Finds workers, learns their models from them, and prints 'ready http://HOST:PORT' alone on a line on standard"
                    + " output once it listens; a model is served as soon as a worker of it is ready.",
            "",
            "Every setting below may also come from the environment (--router-mode is JYNAMO_ROUTER_MODE) or from a YAML"
                    + " file (router-mode: random). Flags win over the environment, that over the file."
        })
public final class FrontendCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--print-config",
            order = SettingFlags.FIRST,
            description = "Show each setting, its value and where it came from, and stop.")
    private boolean printConfig;

    /** The command with a flag for every setting. */
    public static CommandSpec spec() {
        return SettingFlags.addTo(CommandSpec.forAnnotatedObject(new FrontendCommand()), FleetFrontendOptions.SETTINGS);
    }

    @Override
    public Integer call() throws Exception {
        var problems = new Problems();
        var configuration = SettingFlags.configure(spec, FleetFrontendOptions.SETTINGS, AllSettings.LIST, problems);
        var options = FleetFrontendOptions.read(configuration, problems);
        problems.throwIfAny();
        PrintWriter out = spec.commandLine().getOut();
        if (printConfig) {
            out.print(configuration.print());
            out.flush();
            return ExitCode.OK.number();
        }
        Logs.install(options.log().format(), options.log().level());
        FleetFrontend node = FleetFrontend.start(options);
        NodeRun.untilStopped(node, "ready " + node.address(), out);
        return ExitCode.OK.number();
    }
}

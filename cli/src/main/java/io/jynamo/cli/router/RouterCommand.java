package io.jynamo.cli.router;

import io.jynamo.cli.ExitCode;
import io.jynamo.cli.NodeRun;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.config.SettingFlags;
import io.jynamo.cli.log.Logs;
import io.jynamo.cli.settings.AllSettings;
import io.jynamo.frontend.routing.RouterServiceNode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code jynamo router}: choose workers for the frontends of others. */
@Command(
        name = "router",
        header = "Choose workers for other frontends: Dynamo's indexer, selection and slot services.",
        description = {
            "Its clients register engines, whose KV events it hears over ZeroMQ, and ask by HTTP what an engine holds of a"
                    + " prompt and which one should get it. Prints 'ready http://HOST:PORT' alone on a line on standard"
                    + " output once it listens. The routes: docs/router-service.md.",
            "",
            "Every setting below may also come from the environment (--reservation-ttl is JYNAMO_RESERVATION_TTL) or from a YAML"
                    + " file (reservation-ttl: 300s). Flags win over the environment, that over the file."
        })
public final class RouterCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--print-config",
            order = SettingFlags.FIRST,
            description = "Show each setting, its value and where it came from, and stop.")
    private boolean printConfig;

    /** The command with a flag for every setting. */
    public static CommandSpec spec() {
        return SettingFlags.addTo(CommandSpec.forAnnotatedObject(new RouterCommand()), RouterCommandOptions.SETTINGS);
    }

    @Override
    public Integer call() throws Exception {
        var problems = new Problems();
        var configuration = SettingFlags.configure(spec, RouterCommandOptions.SETTINGS, AllSettings.LIST, problems);
        var options = RouterCommandOptions.read(configuration);
        problems.throwIfAny();
        PrintWriter out = spec.commandLine().getOut();
        if (printConfig) {
            out.print(configuration.print());
            out.flush();
            return ExitCode.OK.number();
        }
        Logs.install(options.log().format(), options.log().level());
        RouterServiceNode node = RouterServiceNode.start(options.service(), HeardEngine::open, ZmqReplicas::open);
        NodeRun.untilStopped(node, "ready " + node.url(), out);
        return ExitCode.OK.number();
    }
}

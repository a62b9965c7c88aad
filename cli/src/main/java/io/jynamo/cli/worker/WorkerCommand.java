package io.jynamo.cli.worker;

import io.jynamo.cli.ExitCode;
import io.jynamo.cli.NodeRun;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.config.SettingFlags;
import io.jynamo.cli.log.Logs;
import io.jynamo.cli.models.ModelFiles;
import io.jynamo.cli.settings.AllSettings;
import io.jynamo.engine.process.EngineGroup;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code jynamo worker}: offer workers of one model to the frontends of a fleet. */
@Command(
        name = "worker",
        header = "Offer workers of one model to the frontends of a fleet.",
        description = {
            "Announces its workers, loads the model, and prints 'ready HOST:PORT' alone on a line on standard output once"
                    + " they take requests. On Ctrl-C or SIGTERM running streams may finish; those that have not when the"
                    + " drain time is over go on elsewhere.",
            "",
            "With --engine vllm, sglang or trtllm it launches and supervises the engine, unless --attach names one that"
                    + " runs, or several of one model; flags after -- go to it as they are. Of several, those that cannot"
                    + " be reached at the start are joined when they can. An engine on several nodes is this command on each,"
                    + " with --nnodes, --node-rank and --leader-address: it is offered while all of them are well, and"
                    + " all start anew when one is not.",
            "",
            "Every setting below may also come from the environment (--worker-port is JYNAMO_WORKER_PORT) or from a YAML"
                    + " file (worker-port: 9000). Flags win over the environment, that over the file."
        })
public final class WorkerCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--print-config",
            order = SettingFlags.FIRST,
            description = "Show each setting, its value and where it came from, and stop.")
    private boolean printConfig;

    /** The command with a flag for every setting. */
    public static CommandSpec spec() {
        return SettingFlags.addTo(CommandSpec.forAnnotatedObject(new WorkerCommand()), WorkerNodeOptions.SETTINGS);
    }

    @Override
    public Integer call() throws Exception {
        var problems = new Problems();
        var configuration = SettingFlags.configure(spec, WorkerNodeOptions.SETTINGS, AllSettings.LIST, problems);
        var options = WorkerNodeOptions.read(configuration, SettingFlags.passedOn(spec), problems);
        problems.throwIfAny();
        PrintWriter out = spec.commandLine().getOut();
        if (printConfig) {
            out.print(configuration.print());
            out.flush();
            return ExitCode.OK.number();
        }
        Logs.install(options.log().format(), options.log().level());
        Optional<EngineGroup> group = options.setup().foreign().group();
        if (group.isPresent() && !group.get().isLeader()) {
            FollowerNode node = FollowerNode.start(options, ModelFiles::require);
            NodeRun.untilStopped(
                    node,
                    "ready rank " + group.get().rank() + " of " + group.get().nodes(),
                    out);
            return ExitCode.OK.number();
        }
        WorkerNode node = WorkerNode.start(options, ModelFiles::require);
        NodeRun.untilStopped(
                node, "ready " + options.host() + ":" + node.address().getPort(), out);
        return ExitCode.OK.number();
    }
}

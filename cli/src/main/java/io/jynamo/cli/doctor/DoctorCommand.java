package io.jynamo.cli.doctor;

import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.config.SettingFlags;
import io.jynamo.cli.settings.AllSettings;
import io.jynamo.cli.settings.FleetOptions;
import io.jynamo.cli.settings.FleetSettings;
import io.jynamo.cli.settings.Stores;
import io.jynamo.protocol.JynamoException;
import io.jynamo.runtime.discovery.Discovery;
import io.jynamo.runtime.discovery.DiscoverySpec;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code jynamo doctor}: looks at everything jynamo needs of this machine and says what to do about what is wrong. */
@Command(
        name = "doctor",
        header = "Look at this machine: JDK, limits, CPU, GPU, models, disk, fleet, an engine's Python.",
        description = {
            "Each finding says what was found, why it matters, and how to mend it. Exit code 1 when something that serving"
                    + " needs is missing.",
            "",
            "With --discovery the store is tried with an entry of our own, and every worker that it announces is called.",
            "With --engine its modules are imported, one by one, in the engine's own Python."
        })
public final class DoctorCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            order = SettingFlags.FIRST,
            defaultValue = "8000",
            description = "Port to try. Default: 8000.")
    private int port;

    @Option(
            names = "--engine",
            paramLabel = "vllm|sglang|trtllm|lmcache",
            order = SettingFlags.FIRST,
            description = "Engine whose imports are tried.")
    private @Nullable String engine;

    @Option(
            names = "--python",
            paramLabel = "PATH",
            order = SettingFlags.FIRST,
            description = "The engine's Python. By default the one beside the engine's command on PATH, else python3.")
    private @Nullable Path python;

    @Option(
            names = "--json",
            order = SettingFlags.FIRST,
            description = "One JSON object a line: check, status (ok, info, warning, failure), what, why, mend.")
    private boolean json;

    /** The command with a flag for every setting of a fleet. */
    public static CommandSpec spec() {
        CommandSpec spec = SettingFlags.addTo(CommandSpec.forAnnotatedObject(new DoctorCommand()), FleetSettings.ALL);
        spec.parser().unmatchedArgumentsAllowed(false);
        return spec;
    }

    @Override
    public Integer call() throws InterruptedException {
        var problems = new Problems();
        Configuration configuration = SettingFlags.configure(spec, FleetSettings.ALL, AllSettings.LIST, problems);
        FleetOptions fleet = FleetSettings.read(configuration, problems);
        Optional<PythonEngine> wanted = wanted(problems);
        problems.throwIfAny();
        var report = new Report(spec.commandLine().getOut(), json);
        machine(report);
        if (configuration.isGiven(FleetSettings.DISCOVERY)) {
            fleet(fleet, report);
        } else {
            report.accept(StoreChecks.nothingToCompare("no --discovery is given"));
            report.accept(Finding.info(
                    "discovery store",
                    "not tried: no --discovery is given",
                    "only a fleet of several processes has one"));
        }
        if (wanted.isPresent()) {
            Path own = python == null
                    ? EngineChecks.python(wanted.get(), System.getenv().getOrDefault("PATH", ""))
                    : python.getNameCount() == 1 && !python.isAbsolute() ? python : python.toAbsolutePath();
            new EngineChecks(wanted.get(), own, EngineChecks.LIMIT).run(report);
        }
        return report.end().number();
    }

    private Optional<PythonEngine> wanted(Problems problems) {
        if (engine == null) {
            if (python != null) {
                problems.add("--python is the Python of an engine: give --engine " + PythonEngine.words("|") + " too");
            }
            return Optional.empty();
        }
        Optional<PythonEngine> found = PythonEngine.of(engine);
        if (found.isEmpty()) {
            problems.add("--engine must be one of " + PythonEngine.words(", ") + ", not " + engine);
        }
        return found;
    }

    private void machine(Consumer<Finding> report) {
        JavaChecks.all().forEach(report);
        CpuChecks.all().forEach(report);
        report.accept(NumaCheck.of(NumaCheck.NODES));
        MemoryChecks.all().forEach(report);
        LimitChecks.all().forEach(report);
        GpuChecks.all().forEach(report);
        report.accept(PortCheck.of("127.0.0.1", port));
        ModelChecks.all().forEach(report);
    }

    /** A store that does not answer ends its own checks, and no others. */
    static void fleet(FleetOptions fleet, Consumer<Finding> report) throws InterruptedException {
        Finding store;
        try (Discovery opened = Stores.open(fleet)) {
            store = StoreChecks.roundTrip(fleet.discovery(), fleet.namespace(), opened);
            report.accept(store);
            if (store.status() != Finding.Status.FAILURE) {
                report.accept(
                        fleet.discovery().equals("file")
                                ? StoreChecks.nothingToCompare("the store is this user's, on this machine")
                                : StoreChecks.clock(DiscoverySpec.parse(fleet.discovery())));
                PeerChecks.run(fleet, opened, report);
            }
        } catch (JynamoException refused) {
            report.accept(Finding.fail(
                    "discovery store",
                    String.valueOf(refused.getMessage()),
                    "workers are announced there, and frontends find them there",
                    "give --discovery file:FOLDER or etcd://HOST:PORT"));
        }
    }
}

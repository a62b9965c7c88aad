package io.jynamo.cli.worker;

import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.config.Setting;
import io.jynamo.cli.settings.FleetOptions;
import io.jynamo.cli.settings.FleetSettings;
import io.jynamo.cli.settings.ForeignSettings;
import io.jynamo.cli.settings.HttpSettings;
import io.jynamo.cli.settings.LogOptions;
import io.jynamo.cli.settings.LogSettings;
import io.jynamo.cli.settings.ModelSettings;
import io.jynamo.cli.settings.ParserOptions;
import io.jynamo.cli.settings.ParserSettings;
import io.jynamo.cli.settings.SimSettings;
import io.jynamo.cli.settings.WorkerSettings;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Everything {@code jynamo worker} was told.
 *
 * @param parsers of answers, told to frontends
 * @param host address to listen on for frontends
 * @param advertised address others reach it at, where it is another
 * @param taints labels that requests may ask for or avoid
 * @param adminPort on loopback, for whoever runs it
 * @param drain how long running streams may go on after a stop signal
 */
public record WorkerNodeOptions(
        WorkerSetup setup,
        ParserOptions parsers,
        FleetOptions fleet,
        String host,
        int port,
        Optional<String> advertised,
        Set<String> taints,
        Optional<Integer> adminPort,
        Duration drain,
        LogOptions log) {
    /** In the order of help. */
    public static final List<Setting<?>> SETTINGS = Stream.of(
                    ModelSettings.ALL,
                    WorkerSettings.ALL,
                    SimSettings.ALL,
                    ForeignSettings.ALL,
                    ParserSettings.ALL,
                    FleetSettings.ALL,
                    FleetSettings.OFFERING,
                    FleetSettings.ADMIN,
                    List.<Setting<?>>of(HttpSettings.DRAIN_TIMEOUT),
                    LogSettings.ALL)
            .<Setting<?>>flatMap(List::stream)
            .toList();

    /**
     * Reads them; what does not go together goes to {@code problems}.
     *
     * @param engineFlags what stood after {@code --}
     */
    static WorkerNodeOptions read(Configuration configuration, List<String> engineFlags, Problems problems) {
        return new WorkerNodeOptions(
                WorkerSetup.read(configuration, engineFlags, problems),
                ParserSettings.read(configuration, problems),
                FleetSettings.read(configuration, problems),
                configuration.get(FleetSettings.WORKER_HOST),
                configuration.get(FleetSettings.WORKER_PORT),
                configuration.get(FleetSettings.ADVERTISE_HOST),
                Set.copyOf(new HashSet<>(configuration.get(FleetSettings.TAINTS))),
                configuration.get(FleetSettings.ADMIN_PORT),
                configuration.get(HttpSettings.DRAIN_TIMEOUT),
                LogSettings.read(configuration));
    }
}

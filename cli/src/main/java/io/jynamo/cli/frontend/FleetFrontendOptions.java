package io.jynamo.cli.frontend;

import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.config.Setting;
import io.jynamo.cli.settings.FleetOptions;
import io.jynamo.cli.settings.FleetSettings;
import io.jynamo.cli.settings.HttpOptions;
import io.jynamo.cli.settings.HttpSettings;
import io.jynamo.cli.settings.LogOptions;
import io.jynamo.cli.settings.LogSettings;
import io.jynamo.cli.settings.ParserOptions;
import io.jynamo.cli.settings.ParserSettings;
import io.jynamo.cli.settings.RouterChoice;
import io.jynamo.cli.settings.RouterSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Everything {@code jynamo frontend} was told.
 *
 * @param workerSilence after which a worker with requests is given up
 * @param adminPort on loopback, for whoever runs it
 */
public record FleetFrontendOptions(
        RouterChoice router,
        ParserOptions parsers,
        HttpOptions http,
        FleetOptions fleet,
        Duration workerSilence,
        Optional<Integer> adminPort,
        LogOptions log) {
    /** In the order of help. */
    public static final List<Setting<?>> SETTINGS = Stream.of(
                    RouterSettings.WITH_COSTS,
                    ParserSettings.ALL,
                    HttpSettings.ALL,
                    FleetSettings.ALL,
                    FleetSettings.CALLING,
                    FleetSettings.ADMIN,
                    LogSettings.ALL)
            .<Setting<?>>flatMap(List::stream)
            .toList();

    /** Reads them; what does not go together goes to {@code problems}. */
    static FleetFrontendOptions read(Configuration configuration, Problems problems) {
        return new FleetFrontendOptions(
                RouterSettings.read(configuration),
                ParserSettings.read(configuration, problems),
                HttpSettings.read(configuration, problems),
                FleetSettings.read(configuration, problems),
                configuration.get(FleetSettings.WORKER_SILENCE),
                configuration.get(FleetSettings.ADMIN_PORT),
                LogSettings.read(configuration));
    }
}

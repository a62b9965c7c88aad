package io.jynamo.cli.settings;

import io.jynamo.cli.config.Setting;
import java.util.List;
import java.util.stream.Stream;

/** Every setting of every command: an environment made for a whole fleet is right for each of its processes. */
public final class AllSettings {
    public static final List<Setting<?>> LIST = Stream.of(
                    ModelSettings.ALL,
                    WorkerSettings.ALL,
                    SimSettings.ALL,
                    ForeignSettings.ALL,
                    RouterSettings.WITH_COSTS,
                    ParserSettings.ALL,
                    HttpSettings.ALL,
                    FleetSettings.ALL,
                    FleetSettings.ADMIN,
                    FleetSettings.CALLING,
                    FleetSettings.OFFERING,
                    ServiceSettings.ALL,
                    LogSettings.ALL)
            .<Setting<?>>flatMap(List::stream)
            .toList();

    private AllSettings() {}
}

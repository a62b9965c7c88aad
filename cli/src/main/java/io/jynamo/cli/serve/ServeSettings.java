package io.jynamo.cli.serve;

import io.jynamo.cli.config.Setting;
import io.jynamo.cli.settings.ForeignSettings;
import io.jynamo.cli.settings.HttpSettings;
import io.jynamo.cli.settings.LogSettings;
import io.jynamo.cli.settings.ModelSettings;
import io.jynamo.cli.settings.ParserSettings;
import io.jynamo.cli.settings.RouterSettings;
import io.jynamo.cli.settings.SimSettings;
import io.jynamo.cli.settings.WorkerSettings;
import java.util.List;
import java.util.stream.Stream;

/** Every setting of {@code serve}: those of a worker and those of a frontend. */
public final class ServeSettings {
    /** In the order of help. */
    public static final List<Setting<?>> ALL = Stream.of(
                    ModelSettings.ALL,
                    WorkerSettings.ALL,
                    SimSettings.ALL,
                    ForeignSettings.ALL,
                    RouterSettings.WITH_COSTS,
                    ParserSettings.ALL,
                    HttpSettings.ALL,
                    LogSettings.ALL)
            .<Setting<?>>flatMap(List::stream)
            .toList();

    private ServeSettings() {}
}

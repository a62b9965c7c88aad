package io.jynamo.cli.settings;

import static io.jynamo.cli.config.Readers.oneOf;
import static io.jynamo.cli.config.Readers.spellings;

import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Setting;
import io.jynamo.cli.config.Setting.Draft;
import io.jynamo.cli.log.LogFormat;
import io.jynamo.cli.log.LogLevel;
import java.util.List;

/** How log records are written. */
public final class LogSettings {
    private static final String GROUP = "Logging";

    public static final Setting<LogFormat> LOG_FORMAT = new Draft(
                    GROUP, "log-format", spellings(LogFormat.class, "|"), "Log lines for people or as JSON.")
            .of(oneOf(LogFormat.class), "text");
    public static final Setting<LogLevel> LOG_LEVEL = new Draft(
                    GROUP, "log-level", spellings(LogLevel.class, "|"), "The least important records written.")
            .of(oneOf(LogLevel.class), "info");

    /** In the order of help. */
    public static final List<Setting<?>> ALL = List.of(LOG_FORMAT, LOG_LEVEL);

    private LogSettings() {}

    public static LogOptions read(Configuration configuration) {
        return new LogOptions(configuration.get(LOG_FORMAT), configuration.get(LOG_LEVEL));
    }
}

package io.jynamo.cli.serve;

import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.settings.HttpOptions;
import io.jynamo.cli.settings.HttpSettings;
import io.jynamo.cli.settings.LogOptions;
import io.jynamo.cli.settings.LogSettings;
import io.jynamo.cli.settings.ParserOptions;
import io.jynamo.cli.settings.ParserSettings;
import io.jynamo.cli.settings.RouterChoice;
import io.jynamo.cli.settings.RouterSettings;
import io.jynamo.cli.worker.WorkerSetup;
import java.util.List;

/** Everything {@code serve} was told, checked. */
public record ServeOptions(
        WorkerSetup setup, RouterChoice router, ParserOptions parsers, HttpOptions http, LogOptions log) {
    /** Reads the options; combinations that make no sense go to {@code problems}. */
    static ServeOptions of(Configuration configuration, Problems problems) {
        return new ServeOptions(
                WorkerSetup.read(configuration, List.of(), problems),
                RouterSettings.read(configuration),
                ParserSettings.read(configuration, problems),
                HttpSettings.read(configuration, problems),
                LogSettings.read(configuration));
    }
}

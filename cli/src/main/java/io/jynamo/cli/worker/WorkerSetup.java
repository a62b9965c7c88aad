package io.jynamo.cli.worker;

import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.settings.ForeignOptions;
import io.jynamo.cli.settings.ForeignSettings;
import io.jynamo.cli.settings.ModelOptions;
import io.jynamo.cli.settings.ModelSettings;
import io.jynamo.cli.settings.SimOptions;
import io.jynamo.cli.settings.SimSettings;
import io.jynamo.cli.settings.WorkerOptions;
import io.jynamo.cli.settings.WorkerSettings;
import java.util.List;

/** What workers of a process serve and how. */
public record WorkerSetup(ModelOptions model, WorkerOptions engine, SimOptions sim, ForeignOptions foreign) {
    /**
     * Reads it; what does not go together goes to {@code problems}.
     *
     * @param engineFlags what stood after {@code --}
     */
    public static WorkerSetup read(Configuration configuration, List<String> engineFlags, Problems problems) {
        return new WorkerSetup(
                ModelSettings.read(configuration, problems),
                WorkerSettings.read(configuration, problems),
                SimSettings.read(configuration),
                ForeignSettings.read(configuration, engineFlags, problems));
    }
}

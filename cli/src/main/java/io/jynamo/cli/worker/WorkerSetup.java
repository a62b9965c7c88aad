package io.jynamo.cli.worker;

import io.jynamo.cli.config.Configuration;
import io.jynamo.cli.config.Problems;
import io.jynamo.cli.settings.ModelOptions;
import io.jynamo.cli.settings.ModelSettings;
import io.jynamo.cli.settings.SimOptions;
import io.jynamo.cli.settings.SimSettings;
import io.jynamo.cli.settings.WorkerOptions;
import io.jynamo.cli.settings.WorkerSettings;

/** What workers of a process serve and how. */
public record WorkerSetup(ModelOptions model, WorkerOptions engine, SimOptions sim) {
    /** Reads it; what does not go together goes to {@code problems}. */
    public static WorkerSetup read(Configuration configuration, Problems problems) {
        return new WorkerSetup(
                ModelSettings.read(configuration),
                WorkerSettings.read(configuration, problems),
                SimSettings.read(configuration));
    }
}

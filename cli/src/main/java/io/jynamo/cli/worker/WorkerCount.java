package io.jynamo.cli.worker;

import io.jynamo.cli.settings.EngineKind;
import io.jynamo.cli.settings.ForeignOptions;
import java.util.Collections;
import java.util.List;

/** How many workers each engine of a process has: as many as it was told to compute with, or as it has ranks. Pure. */
public final class WorkerCount {
    private WorkerCount() {}

    /** Of every engine before any was asked; one of others counts as one where nothing was told of its ranks. */
    public static List<Integer> expected(WorkerSetup setup) {
        EngineKind kind = setup.engine().kind();
        ForeignOptions told = setup.foreign();
        if (!kind.isForeign()) {
            return List.of(setup.engine().workers());
        }
        if (told.attach().isEmpty()) {
            return List.of(EngineLaunch.ranks(kind, told));
        }
        return Collections.nCopies(told.attach().size(), told.dataParallelSize().orElse(1));
    }
}

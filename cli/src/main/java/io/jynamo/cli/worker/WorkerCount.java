package io.jynamo.cli.worker;

import io.jynamo.cli.settings.EngineKind;
import io.jynamo.cli.settings.ForeignOptions;
import io.jynamo.engine.vllm.VllmRanks;
import io.jynamo.protocol.JynamoException;

/** How many workers a process has: as many as it was told to compute with, or as its engine of others has ranks. */
public final class WorkerCount {
    private static final System.Logger LOG = System.getLogger(WorkerCount.class.getName());

    private WorkerCount() {}

    /** A vLLM that is joined is asked; one that does not answer yet counts as one, and joining it says what is wrong. */
    public static int of(WorkerSetup setup) {
        EngineKind kind = setup.engine().kind();
        ForeignOptions told = setup.foreign();
        if (!kind.isForeign()) {
            return setup.engine().workers();
        }
        if (told.attach().isEmpty()) {
            return EngineLaunch.ranks(kind, told);
        }
        if (kind != EngineKind.VLLM) {
            return 1;
        }
        return told.dataParallelSize().orElseGet(() -> asked(told));
    }

    private static int asked(ForeignOptions told) {
        try {
            return VllmRanks.count(ForeignWorkers.options(told, told.attach().orElseThrow()));
        } catch (JynamoException silent) {
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "the ranks of {0} are not known: {1}",
                    told.attach().orElseThrow(),
                    silent.getMessage());
            return 1;
        }
    }
}

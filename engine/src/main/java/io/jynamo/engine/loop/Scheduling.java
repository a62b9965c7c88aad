package io.jynamo.engine.loop;

import io.jynamo.engine.EngineOptions;
import io.jynamo.engine.schedule.BlockPool;
import io.jynamo.engine.schedule.SchedulerCore;
import io.jynamo.engine.schedule.SchedulerOptions;
import java.util.Set;

/** Builds the scheduler of an engine from its options. */
public final class Scheduling {
    /** Memory that the logits of one prompt may take in one step. */
    private static final long PROMPT_LOGITS_BYTES = 32L << 20;

    private Scheduling() {}

    public static SchedulerCore core(EngineOptions options, int vocabularySize, Set<Integer> eosTokenIds) {
        int rows = Math.clamp(PROMPT_LOGITS_BYTES / (4L * vocabularySize), 1, options.maxBatchedTokens());
        SchedulerOptions limits = new SchedulerOptions(
                vocabularySize,
                eosTokenIds,
                options.maxModelLen(),
                options.maxSequences(),
                options.maxBatchedTokens(),
                options.prefillChunk(),
                options.maxPause(),
                options.maxQueue(),
                options.aging(),
                rows,
                options.prefixReuse());
        return new SchedulerCore(limits, new BlockPool(options.kvBlocks(), options.blockTokens()));
    }

    /** Requests that a loop lets be open at once: some more than the scheduler does. */
    public static int maxOpen(EngineOptions options) {
        return options.maxQueue() + 8 * options.maxSequences() + 64;
    }
}

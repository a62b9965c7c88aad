package io.jynamo.cli.worker;

import io.jynamo.cli.settings.WorkerOptions;
import io.jynamo.engine.EngineOptions;

/**
 * The limits of a step where nothing was told.
 *
 * @param sequences choices in one batch
 * @param batchedTokens tokens in one step
 * @param prefillChunk prompt tokens in one step while other streams are decoding
 */
record EngineLimits(int sequences, int batchedTokens, int prefillChunk) {
    private static final EngineOptions PLAIN = EngineOptions.of("plain", 16, 16);
    /** Of a processor that computes the model itself: small steps, so that streams do not pause. */
    static final EngineLimits COMPUTED =
            new EngineLimits(PLAIN.maxSequences(), PLAIN.maxBatchedTokens(), PLAIN.prefillChunk());
    /** Of the accelerator that the simulated engine imitates, as Dynamo's mock engine has them. */
    static final EngineLimits IMITATED = new EngineLimits(256, 8192, 8192);

    /** One engine's options: what {@code serve} was told, these limits for the rest. */
    EngineOptions options(WorkerOptions told, String name, int maxModelLen, int kvBlocks) {
        int most = told.maxSequences().orElse(sequences);
        int batched = Math.max(most, told.maxBatchedTokens().orElse(batchedTokens));
        return new EngineOptions(
                name,
                maxModelLen,
                told.blockTokens(),
                kvBlocks,
                most,
                batched,
                Math.min(batched, prefillChunk),
                PLAIN.maxPause(),
                PLAIN.maxQueue(),
                PLAIN.aging(),
                told.prefixCaching());
    }
}

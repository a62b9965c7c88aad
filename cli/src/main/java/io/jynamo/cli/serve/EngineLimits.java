package io.jynamo.cli.serve;

import io.jynamo.engine.EngineOptions;

/** Turns what {@code serve} was told into the limits of one engine. */
final class EngineLimits {
    private static final int DEFAULTS_LEN = 16;

    private EngineLimits() {}

    static EngineOptions of(ServeOptions.EngineOptions told, String name, int maxModelLen, int kvBlocks) {
        // The defaults are checked for the default block size; what was told is checked below.
        EngineOptions plain = EngineOptions.of(name, DEFAULTS_LEN, DEFAULTS_LEN);
        int sequences = told.maxSequences().orElse(plain.maxSequences());
        int batched = Math.max(sequences, told.maxBatchedTokens().orElse(plain.maxBatchedTokens()));
        return new EngineOptions(
                name,
                maxModelLen,
                told.blockTokens(),
                kvBlocks,
                sequences,
                batched,
                Math.min(batched, plain.prefillChunk()),
                plain.maxPause(),
                plain.maxQueue(),
                plain.aging(),
                told.prefixCaching());
    }
}

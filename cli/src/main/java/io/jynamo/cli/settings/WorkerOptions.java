package io.jynamo.cli.settings;

import java.util.Optional;

/**
 * How the workers of a process compute.
 *
 * @param workers workers in this process
 * @param threads compute threads of all workers together
 * @param blockTokens tokens per KV block
 * @param kvCacheSize bytes of KV memory per worker; not given together with {@code kvBlocks}
 * @param kvBlocks KV blocks per worker
 * @param seed of requests that bring none
 */
public record WorkerOptions(
        EngineKind kind,
        int workers,
        Optional<Integer> threads,
        int blockTokens,
        Optional<Long> kvCacheSize,
        Optional<Integer> kvBlocks,
        Optional<Integer> maxSequences,
        Optional<Integer> maxBatchedTokens,
        boolean prefixCaching,
        Optional<Long> seed) {}

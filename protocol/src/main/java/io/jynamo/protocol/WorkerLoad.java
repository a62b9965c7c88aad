package io.jynamo.protocol;

/**
 * How busy a worker is at one moment.
 *
 * @param running requests in the current batch
 * @param waiting requests admitted but not in the batch
 * @param waitingPrefillTokens prompt tokens still to compute, cached ones not counted
 * @param usedBlocks KV blocks held by requests; cached but evictable ones are not counted
 * @param totalBlocks KV blocks in the pool
 */
public record WorkerLoad(int running, int waiting, long waitingPrefillTokens, int usedBlocks, int totalBlocks) {}

package io.jynamo.engine.attached;

/**
 * How busy an engine said it was.
 *
 * @param running requests in its batch, anybody's
 * @param waiting requests not in its batch
 * @param usedShare of its KV blocks that requests hold, 0 to 1; negative where it does not say
 */
public record LoadSample(int running, int waiting, double usedShare) {}

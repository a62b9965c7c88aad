package io.jynamo.engine;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.util.Locale;

/**
 * How many KV blocks a model gets from the memory there is.
 *
 * @param layout of its blocks
 * @param weightBytes memory that the weights and the step's scratch take
 * @param memoryBytes memory that weights and KV cache may take together
 */
public record KvBudget(BlockSpace.Layout layout, long weightBytes, long memoryBytes) {
    private static final double GIB = 1L << 30;
    /** Ids of blocks are ints, and so are token counts of a pool. */
    private static final long MOST_TOKENS = 1L << 30;

    /**
     * The number of blocks for a pool that serves {@code sequences} requests of up to {@code maxModelLen} tokens at once,
     * or fewer if memory is short.
     *
     * @throws JynamoException {@code MODEL_DOES_NOT_FIT} if not even one such request fits; the message says how much
     *     is missing and which {@code --max-model-len} fits
     */
    public int blocks(int maxModelLen, int sequences) {
        long one = blocksFor(maxModelLen);
        long there = Math.max(0, memoryBytes - weightBytes) / layout.blockBytes();
        if (there < one) {
            throw doesNotFit(one, there);
        }
        return (int) Math.min(Math.min(there, one * sequences), MOST_TOKENS / layout.blockTokens());
    }

    private JynamoException doesNotFit(long needed, long there) {
        long needs = weightBytes + needed * layout.blockBytes();
        long fits = there * layout.blockTokens();
        String advice = fits >= 2
                ? "--max-model-len " + fits + " fits"
                : "no context fits: free memory, raise the limit or choose a smaller model";
        return new JynamoException(
                ErrorCode.MODEL_DOES_NOT_FIT,
                String.format(
                        Locale.ROOT,
                        "needs %s (weights %s, KV cache %s), %s missing; %s",
                        gib(needs),
                        gib(weightBytes),
                        gib(needs - weightBytes),
                        gib(needs - memoryBytes),
                        advice));
    }

    private long blocksFor(int tokens) {
        return (tokens + (long) layout.blockTokens() - 1) / layout.blockTokens();
    }

    private static String gib(long bytes) {
        return String.format(Locale.ROOT, bytes < GIB / 10 ? "%.3f GiB" : "%.1f GiB", bytes / GIB);
    }
}

package io.jynamo.router.select;

/**
 * NVIDIA Dynamo's default cost, in blocks, for one tier: what must be prefilled, booked prefill included, less the
 * cached blocks; plus the blocks in use once the request runs there, where a block that a running request already holds
 * counts once.
 *
 * <p>{@code prefillScale x max(0, (bookedPrefill + promptTokens) / blockTokens - credit x hits) + activeBlocks +
 * promptBlocks - sharedBlocks} (Dynamo 1.4 {@code selector/default.rs}; its optional decay, tiers and taints are not
 * here).
 *
 * @param prefillScale weight of the prefill term; Dynamo's default is 1
 * @param hitCredit blocks of prefill that a cached block saves; Dynamo's default is 1
 */
public record DynamoCost(double prefillScale, double hitCredit) implements CostModel {
    /** With Dynamo's defaults. */
    public DynamoCost() {
        this(1, 1);
    }

    @Override
    public double cost(Candidates candidates, int i) {
        double prefill = (double) (candidates.prefillTokens(i) + candidates.promptTokens()) / candidates.blockTokens();
        double uncached = Math.max(0, prefill - hitCredit * candidates.hitBlocks(i));
        long blocks = candidates.activeBlocks(i) + candidates.promptBlocks() - candidates.sharedBlocks(i);
        return prefillScale * uncached + blocks;
    }
}

package io.jynamo.router.select;

import io.jynamo.protocol.KvEvent.Tier;

/**
 * NVIDIA Dynamo's default cost, in blocks: what must be prefilled, booked prefill included, less what cached blocks save;
 * plus the blocks in use once the request runs there, where a block that a running request already holds counts once.
 *
 * <p>{@code prefillLoadScale x max(0, prefill - credit) + activeBlocks + promptBlocks - sharedBlocks +
 * decodeActiveRequestWeight x requests}, where {@code prefill = (bookedPrefill + max(0, prompt - cached) + cached) /
 * blockTokens} and {@code credit} weighs the blocks of each tier, those of the device faded by {@code 1 / (1 + decay x
 * excess / promptBlocks)} (Dynamo 1.6.1 {@code selector/default.rs}). A pool that only decodes has no prefill term, and a
 * credit of what it holds where it may be given unprefilled prompts.
 *
 * @param prefill whether booked prompts are counted, as they are unless the pool's prompts are computed elsewhere
 */
public record DynamoCost(DynamoWeights weights, Pool pool, boolean prefill) implements CostModel {
    /** What a pool of workers does. */
    public enum Pool {
        AGGREGATED,
        PREFILL,
        /** Decodes what others have computed; what it has cached saves nothing. */
        DECODE,
        /** Decodes, and computes prompts of which enough is cached. */
        CONDITIONAL_DECODE
    }

    /** Of workers that do both, with Dynamo's weights. */
    public DynamoCost() {
        this(DynamoWeights.DEFAULTS);
    }

    /** Of workers that do both. */
    public DynamoCost(DynamoWeights weights) {
        this(weights, Pool.AGGREGATED, true);
    }

    @Override
    public boolean isTunable() {
        return true;
    }

    @Override
    public DynamoCost tuned(CostTuning tuning) {
        return new DynamoCost(tuning.of(weights), pool, prefill);
    }

    @Override
    public Decision decide(Candidates candidates) {
        return weights.overlapScoreCreditDecay() == 0 ? Decision.PLAIN : new Decision(candidates.leastPrefillTokens());
    }

    @Override
    public void costs(Candidates candidates, Decision decision) {
        boolean plain = pool == Pool.AGGREGATED
                && prefill
                && weights.overlapScoreCreditDecay() == 0
                && !candidates.hasLowerTiers()
                && !candidates.hasSharedCache();
        if (plain) {
            plainCosts(candidates);
        } else {
            CostModel.super.costs(candidates, decision);
        }
    }

    /** The same for the common case, as one loop over the columns. */
    private void plainCosts(Candidates candidates) {
        int[] rows = candidates.rows();
        double[] costs = candidates.costs();
        long[] booked = candidates.booked().prefillTokens();
        long[] blocks = candidates.booked().blocks();
        int[] requests = candidates.booked().requests();
        int[] hits = candidates.hits();
        int[] shared = candidates.shared();
        int bs = candidates.blockTokens();
        int tokens = candidates.promptTokens();
        int promptBlocks = candidates.promptBlocks();
        double scale = weights.prefillLoadScale();
        double credit = weights.overlapScoreCredit();
        double request = weights.decodeActiveRequestWeight();
        int count = candidates.count();
        boolean dense = candidates.isDense();
        // The same digits as a division where blocks are of a power of two tokens, as nearly all are.
        boolean exact = Integer.bitCount(bs) == 1;
        double perToken = 1.0 / bs;
        for (int i = 0; i < count; i++) {
            int row = dense ? i : rows[i];
            int hit = hits[row];
            double both = (double) (booked[row] + Math.max(tokens, hit * bs));
            double raw = exact ? both * perToken : both / bs;
            double decode = blocks[row] + promptBlocks - shared[row];
            costs[i] = scale * Math.max(0, raw - credit * hit) + decode + request * requests[row];
        }
    }

    @Override
    public double cost(Candidates candidates, Decision decision, int i) {
        double decode = decode(candidates, i);
        double requests = weights.decodeActiveRequestWeight() * candidates.requests(i);
        if (prefill) {
            double uncached = Math.max(0, rawPrefill(candidates, i) - credit(candidates, decision, i));
            return weights.prefillLoadScale() * uncached + decode + requests;
        }
        if (pool == Pool.AGGREGATED || pool == Pool.CONDITIONAL_DECODE) {
            return Math.max(0, decode - credit(candidates, decision, i)) + requests;
        }
        return decode + requests;
    }

    @Override
    public int cachedTokens(Candidates candidates, int i) {
        if (pool == Pool.DECODE && prefill) {
            return 0;
        }
        int bs = candidates.blockTokens();
        int device = candidates.hitBlocks(i, Tier.DEVICE) * bs;
        return candidates.hasLowerTiers() ? (int) Math.round(device + below(candidates, i) * bs) : device;
    }

    @Override
    public double coldPrompt(Candidates candidates, int i) {
        return (prefill ? weights.prefillLoadScale() : 1) * candidates.promptBlocks();
    }

    @Override
    public void explain(Candidates candidates, Decision decision, int i, TermSink terms) {
        double decode = decode(candidates, i);
        double credit = credit(candidates, decision, i);
        if (prefill) {
            double raw = rawPrefill(candidates, i);
            terms.term("prefill", weights.prefillLoadScale() * raw);
            terms.term("cached", -weights.prefillLoadScale() * Math.min(raw, credit));
        } else if (pool == Pool.AGGREGATED || pool == Pool.CONDITIONAL_DECODE) {
            terms.term("cached", -Math.min(decode, credit));
        }
        terms.term("decode_blocks", decode);
        terms.term("active_requests", weights.decodeActiveRequestWeight() * candidates.requests(i));
    }

    private double rawPrefill(Candidates candidates, int i) {
        int cached = cachedTokens(candidates, i);
        int computed = Math.max(candidates.promptTokens(), cached);
        return (double) (candidates.prefillTokens(i) + computed) / candidates.blockTokens();
    }

    private double credit(Candidates candidates, Decision decision, int i) {
        if (pool == Pool.DECODE) {
            return 0;
        }
        double device =
                weights.overlapScoreCredit() * fading(candidates, decision, i) * candidates.hitBlocks(i, Tier.DEVICE);
        double lower = candidates.hasLowerTiers() ? below(candidates, i) : 0;
        double shared =
                candidates.hasSharedCache() ? weights.sharedCacheMultiplier() * candidates.sharedCacheBlocks(i) : 0;
        return device + lower + shared;
    }

    private double fading(Candidates candidates, Decision decision, int i) {
        if (!prefill || weights.overlapScoreCreditDecay() == 0) {
            return 1;
        }
        double excess =
                (double) (candidates.prefillTokens(i) - decision.leastPrefillTokens()) / candidates.blockTokens();
        return 1 / (1 + weights.overlapScoreCreditDecay() * excess / Math.max(1, candidates.promptBlocks()));
    }

    private double below(Candidates candidates, int i) {
        int far = candidates.hitBlocks(i, Tier.DISK) + candidates.hitBlocks(i, Tier.REMOTE);
        return weights.hostCacheHitWeight() * candidates.hitBlocks(i, Tier.HOST) + weights.diskCacheHitWeight() * far;
    }

    private static double decode(Candidates candidates, int i) {
        return candidates.activeBlocks(i) + candidates.promptBlocks() - candidates.sharedBlocks(i);
    }
}

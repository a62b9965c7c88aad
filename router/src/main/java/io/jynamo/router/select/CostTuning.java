package io.jynamo.router.select;

import org.jspecify.annotations.Nullable;

/**
 * What one request would have Dynamo's formula count otherwise, in place of what the router was told; null leaves that. Policies
 * without such weights take no notice.
 *
 * @param temperature how far the choice strays from the least cost
 */
public record CostTuning(
        @Nullable Double overlapScoreCredit,
        @Nullable Double overlapScoreCreditDecay,
        @Nullable Double prefillLoadScale,
        @Nullable Double sharedCacheMultiplier,
        @Nullable Double temperature) {
    /** Everything as the router was told. */
    public static final CostTuning NONE = new CostTuning(null, null, null, null, null);

    /** Weights with those of the request in their place. */
    DynamoWeights of(DynamoWeights told) {
        return new DynamoWeights(
                or(overlapScoreCredit, told.overlapScoreCredit()),
                or(overlapScoreCreditDecay, told.overlapScoreCreditDecay()),
                or(prefillLoadScale, told.prefillLoadScale()),
                told.decodeActiveRequestWeight(),
                told.hostCacheHitWeight(),
                told.diskCacheHitWeight(),
                or(sharedCacheMultiplier, told.sharedCacheMultiplier()));
    }

    double temperature(double told) {
        return or(temperature, told);
    }

    private static double or(@Nullable Double wanted, double told) {
        return wanted == null ? told : wanted;
    }
}

package io.jynamo.router.select;

/**
 * The weights of NVIDIA Dynamo's cost, under the names of its flags.
 *
 * @param overlapScoreCredit blocks of prefill that a block on the device saves
 * @param overlapScoreCreditDecay how fast that credit falls with the prefill booked on a worker beyond the least: it is
 *     halved at 1/decay times the request's own blocks
 * @param prefillLoadScale weight of the prefill term
 * @param decodeActiveRequestWeight blocks that a running request counts beside those it holds
 * @param hostCacheHitWeight what a block in host memory saves
 * @param diskCacheHitWeight what a block on disk, or farther away, saves
 * @param sharedCacheMultiplier what a block saves that the worker lacks on its device and a cache shared by all has
 */
public record DynamoWeights(
        double overlapScoreCredit,
        double overlapScoreCreditDecay,
        double prefillLoadScale,
        double decodeActiveRequestWeight,
        double hostCacheHitWeight,
        double diskCacheHitWeight,
        double sharedCacheMultiplier) {
    /** Dynamo's own. */
    public static final DynamoWeights DEFAULTS = new DynamoWeights(1, 0, 1, 0, 0.75, 0.25, 0);

    public DynamoWeights {
        require("overlap score credit", overlapScoreCredit);
        require("overlap score credit decay", overlapScoreCreditDecay);
        require("prefill load scale", prefillLoadScale);
        require("decode active request weight", decodeActiveRequestWeight);
        require("host cache hit weight", hostCacheHitWeight);
        require("disk cache hit weight", diskCacheHitWeight);
        require("shared cache multiplier", sharedCacheMultiplier);
    }

    private static void require(String name, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("the " + name + " must be 0 or more: " + value);
        }
    }

    /** With another scale of prefill and another credit of hits. */
    public DynamoWeights with(double scale, double credit) {
        return new DynamoWeights(
                credit,
                overlapScoreCreditDecay,
                scale,
                decodeActiveRequestWeight,
                hostCacheHitWeight,
                diskCacheHitWeight,
                sharedCacheMultiplier);
    }
}

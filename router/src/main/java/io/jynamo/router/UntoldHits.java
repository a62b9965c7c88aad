package io.jynamo.router;

import io.jynamo.protocol.KvEvent.Tier;
import io.jynamo.router.index.PrefixIndex;
import io.jynamo.router.select.Candidates;
import java.util.Arrays;

/**
 * What workers that do not tell their blocks are expected to have of a prompt: of the blocks that they were given, as many
 * as it is likely that they still have them. One thread at a time.
 */
final class UntoldHits {
    private static final Tier[] TIERS = Tier.values();

    private final PrefixIndex index;
    private final int blockTokens;
    private final long lifeNanos;
    /** By worker number, as of the last decision. */
    private int[] given = new int[8];

    private long[] ages = new long[8];

    /** @param lifeNanos how long predictions last */
    UntoldHits(PrefixIndex index, int blockTokens, long lifeNanos) {
        this.index = index;
        this.blockTokens = blockTokens;
        this.lifeNanos = lifeNanos;
    }

    /** Makes of the blocks that candidates were given those that they are likely to have. */
    void weigh(Roster roster, Candidates candidates, long[] sequences, int tiers, long nowNanos) {
        for (int row = 0; row < candidates.count(); row++) {
            int number = candidates.key(row);
            UntoldCache cache = roster.at(number).untold();
            if (cache != null) {
                reserve(number);
                int depth = candidates.depths(Tier.DEVICE)[number];
                given[number] = depth;
                ages[number] = depth == 0 ? -1 : age(number, sequences[depth - 1], nowNanos);
                int likely = (int) Math.round(depth * likely(cache, ages[number]));
                for (int tier = 0; tier < tiers; tier++) {
                    candidates.depths(TIERS[tier])[number] = likely;
                }
            }
        }
    }

    /** What a candidate was found to have. */
    UntoldBooking.Expected of(int number, int promptTokens, int likelyTokens) {
        return new UntoldBooking.Expected(promptTokens, given[number] * blockTokens, ages[number], likelyTokens);
    }

    private long age(int number, long sequence, long nowNanos) {
        long deadline = index.deadline(number, sequence);
        return deadline == PrefixIndex.NOT_PREDICTED ? -1 : Math.max(0, lifeNanos - (deadline - nowNanos));
    }

    private static double likely(UntoldCache cache, long ageNanos) {
        return ageNanos < 0 ? 1 - cache.goneShare() : cache.likely(ageNanos);
    }

    private void reserve(int number) {
        if (number >= given.length) {
            given = Arrays.copyOf(given, 2 * number);
            ages = Arrays.copyOf(ages, 2 * number);
        }
    }
}

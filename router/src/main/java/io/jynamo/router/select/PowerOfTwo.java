package io.jynamo.router.select;

import java.util.random.RandomGenerator;

/**
 * The less loaded of two workers drawn at random (Mitzenmacher, "The power of two choices in randomized load balancing",
 * 2001): nearly as level as the least loaded of all, without the herd that follows one figure.
 */
public final class PowerOfTwo implements SelectionPolicy {
    private final CostModel model = new BookedWork();
    private final RandomGenerator random;

    public PowerOfTwo(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public boolean readsBlocks() {
        return false;
    }

    @Override
    public int choose(Candidates candidates) {
        for (int i = 0; i < candidates.count(); i++) {
            candidates.cost(i, model.cost(candidates, CostModel.Decision.PLAIN, i));
        }
        int one = random.nextInt(candidates.count());
        if (candidates.count() == 1) {
            return one;
        }
        int other = random.nextInt(candidates.count() - 1);
        other += other >= one ? 1 : 0;
        return candidates.cost(other) < candidates.cost(one) ? other : one;
    }

    @Override
    public String reason(Candidates candidates, int chosen) {
        return "the less loaded of two drawn from " + candidates.count() + " workers: " + candidates.cost(chosen)
                + " blocks";
    }
}

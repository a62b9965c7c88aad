package io.jynamo.router.select;

import java.util.random.RandomGenerator;

/** Any worker, each as likely as the others. */
public final class RandomChoice implements SelectionPolicy {
    private final RandomGenerator random;

    public RandomChoice(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public boolean readsBlocks() {
        return false;
    }

    @Override
    public int choose(Candidates candidates) {
        for (int i = 0; i < candidates.count(); i++) {
            candidates.cost(i, 0);
        }
        return random.nextInt(candidates.count());
    }

    @Override
    public String reason(Candidates candidates, int chosen) {
        return "drawn from " + candidates.count() + " workers";
    }
}

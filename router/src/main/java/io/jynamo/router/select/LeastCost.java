package io.jynamo.router.select;

import java.util.random.RandomGenerator;

/**
 * The worker of least cost. Of several, the one chosen longest ago, so that equal workers get equal shares; of those
 * never chosen, one at random, so that routers started together do not all begin with the same.
 */
public final class LeastCost implements SelectionPolicy {
    private final CostModel model;
    private final boolean readsBlocks;
    private final RandomGenerator random;

    private LeastCost(CostModel model, boolean readsBlocks, RandomGenerator random) {
        this.model = model;
        this.readsBlocks = readsBlocks;
        this.random = random;
    }

    /** By booked work alone. */
    public static LeastCost ofLoad(RandomGenerator random) {
        return new LeastCost(new BookedWork(), false, random);
    }

    /** By a model that looks at cached blocks too. */
    public static LeastCost ofPrefixAndLoad(CostModel model, RandomGenerator random) {
        return new LeastCost(model, true, random);
    }

    @Override
    public boolean readsBlocks() {
        return readsBlocks;
    }

    @Override
    public boolean learns() {
        return model.learns();
    }

    @Override
    public int choose(Candidates candidates) {
        int best = 0;
        int ties = 1;
        candidates.cost(0, model.cost(candidates, 0));
        for (int i = 1; i < candidates.count(); i++) {
            double cost = model.cost(candidates, i);
            candidates.cost(i, cost);
            int order = Double.compare(cost, candidates.cost(best));
            if (order == 0) {
                order = Long.compare(candidates.lastChosen(i), candidates.lastChosen(best));
            }
            if (order < 0) {
                best = i;
                ties = 1;
            } else if (order == 0 && random.nextInt(++ties) == 0) {
                best = i;
            }
        }
        return best;
    }

    @Override
    public String reason(Candidates candidates, int chosen) {
        int hits = candidates.hitBlocks(chosen);
        String cached = hits == 0 ? "" : ", " + hits + " of " + candidates.promptBlocks() + " blocks cached";
        return "least cost of " + candidates.count() + " workers: " + candidates.cost(chosen) + " " + model.unit()
                + cached;
    }
}

package io.jynamo.router.select;

import java.util.random.RandomGenerator;

/**
 * The worker of least cost. Of several, the one chosen longest ago, so that equal workers get equal shares; of those
 * never chosen, one at random, so that routers started together do not all begin with the same. With a temperature, one
 * drawn by {@code exp(-(cost - least) / ((most - least) x temperature))}, as Dynamo draws it.
 */
public final class LeastCost implements SelectionPolicy {
    private final CostModel model;
    private final boolean readsBlocks;
    private final double temperature;
    private final RandomGenerator random;

    private LeastCost(CostModel model, boolean readsBlocks, double temperature, RandomGenerator random) {
        if (!(temperature >= 0)) {
            throw new IllegalArgumentException("the temperature must be 0 or more: " + temperature);
        }
        this.model = model;
        this.readsBlocks = readsBlocks;
        this.temperature = temperature;
        this.random = random;
    }

    /** By booked work alone. */
    public static LeastCost ofLoad(RandomGenerator random) {
        return new LeastCost(new BookedWork(), false, 0, random);
    }

    /** By a model that looks at cached blocks too. */
    public static LeastCost ofPrefixAndLoad(CostModel model, RandomGenerator random) {
        return new LeastCost(model, true, 0, random);
    }

    /** The same, drawn with a temperature. */
    public LeastCost withTemperature(double degrees) {
        return new LeastCost(model, readsBlocks, degrees, random);
    }

    @Override
    public LeastCost tuned(CostTuning tuning) {
        return model.isTunable()
                ? new LeastCost(model.tuned(tuning), readsBlocks, tuning.temperature(temperature), random)
                : this;
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
        model.costs(candidates, model.decide(candidates));
        double[] costs = candidates.costs();
        int count = candidates.count();
        if (candidates.lacks()) {
            for (int i = 0; i < count; i++) {
                costs[i] += adapter(candidates, i);
            }
        }
        if (candidates.leans()) {
            for (int i = 0; i < count; i++) {
                costs[i] *= candidates.leaning(i);
            }
        }
        int best = least(candidates, costs, count);
        return temperature > 0 ? draw(costs, count, costs[best]) : best;
    }

    private double adapter(Candidates candidates, int i) {
        return candidates.lacking(i) * model.adapterLoad(candidates, i);
    }

    private int least(Candidates candidates, double[] costs, int count) {
        int best = 0;
        int ties = 1;
        double least = costs[0];
        for (int i = 1; i < count; i++) {
            double cost = costs[i];
            if (cost > least) {
                continue;
            }
            int order = cost < least ? -1 : Long.compare(candidates.lastChosen(i), candidates.lastChosen(best));
            if (order < 0) {
                best = i;
                least = cost;
                ties = 1;
            } else if (order == 0 && random.nextInt(++ties) == 0) {
                best = i;
            }
        }
        return best;
    }

    private int draw(double[] costs, int count, double least) {
        double range = 0;
        for (int i = 0; i < count; i++) {
            range = Math.max(range, costs[i] - least);
        }
        double total = 0;
        for (int i = 0; i < count; i++) {
            total += weight(costs[i], least, range);
        }
        double left = random.nextDouble() * total;
        for (int i = 0; i < count; i++) {
            left -= weight(costs[i], least, range);
            if (left < 0) {
                return i;
            }
        }
        return count - 1;
    }

    private double weight(double cost, double least, double range) {
        return range == 0 ? 1 : Math.exp(-(cost - least) / (range * temperature));
    }

    @Override
    public int cachedTokens(Candidates candidates, int i) {
        return model.cachedTokens(candidates, i);
    }

    @Override
    public boolean affords(Candidates candidates, int best, int i) {
        return candidates.cost(i) <= candidates.cost(best) + model.coldPrompt(candidates, i);
    }

    @Override
    public void explain(Candidates candidates, int i, TermSink terms) {
        CostModel.Decision decision = model.decide(candidates);
        model.explain(candidates, decision, i, terms);
        double bare = model.cost(candidates, decision, i) + adapter(candidates, i);
        if (candidates.lacks()) {
            terms.term("adapter_load", adapter(candidates, i));
        }
        if (candidates.leaning(i) != 1) {
            terms.term("taints", bare * candidates.leaning(i) - bare);
        }
    }

    @Override
    public String reason(Candidates candidates, int chosen) {
        int hits = candidates.hitBlocks(chosen);
        String cached = hits == 0 ? "" : ", " + hits + " of " + candidates.promptBlocks() + " blocks cached";
        String how = temperature > 0 ? "drawn by cost from " : "least cost of ";
        return how + candidates.count() + " workers: " + candidates.cost(chosen) + " " + model.unit() + cached;
    }
}

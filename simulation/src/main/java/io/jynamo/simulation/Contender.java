package io.jynamo.simulation;

import io.jynamo.router.select.BoundedHash;
import io.jynamo.router.select.DynamoCost;
import io.jynamo.router.select.DynamoWeights;
import io.jynamo.router.select.LeastCost;
import io.jynamo.router.select.PowerOfTwo;
import io.jynamo.router.select.RoundRobin;
import io.jynamo.router.select.SelectionPolicy;
import io.jynamo.router.select.TimeCost;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * A selection policy under a name, made anew for each run.
 *
 * @param policy makes it; the only chance it has is the generator it is given
 */
public record Contender(String name, Function<RandomGenerator, SelectionPolicy> policy) {
    /** Everybody that needs no tuning, by name, in the order of a report. */
    public static Map<String, Contender> all() {
        Map<String, Contender> all = new LinkedHashMap<>();
        add(all, "round-robin", _ -> new RoundRobin());
        add(all, "least-loaded", LeastCost::ofLoad);
        add(all, "power-of-two", PowerOfTwo::new);
        add(all, "chwbl", _ -> new BoundedHash(BoundedHash.HEAD_TOKENS, BoundedHash.BOUND));
        add(all, "dynamo", random -> LeastCost.ofPrefixAndLoad(new DynamoCost(), random));
        add(all, "time", random -> LeastCost.ofPrefixAndLoad(new TimeCost(), random));
        return all;
    }

    /** Dynamo's formula with other weights than its own. */
    public static Contender dynamo(String name, double prefillScale, double hitCredit) {
        return new Contender(
                name,
                random -> LeastCost.ofPrefixAndLoad(
                        new DynamoCost(DynamoWeights.DEFAULTS.with(prefillScale, hitCredit)), random));
    }

    private static void add(
            Map<String, Contender> all, String name, Function<RandomGenerator, SelectionPolicy> policy) {
        all.put(name, new Contender(name, policy));
    }

    @Override
    public String toString() {
        return name;
    }
}

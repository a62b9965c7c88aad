package io.jynamo.router;

import io.jynamo.router.select.BoundedHash;
import io.jynamo.router.select.DynamoCost;
import io.jynamo.router.select.LeastCost;
import io.jynamo.router.select.PowerOfTwo;
import io.jynamo.router.select.RandomChoice;
import io.jynamo.router.select.RoundRobin;
import io.jynamo.router.select.SelectionPolicy;
import io.jynamo.router.select.TimeCost;
import java.util.random.RandomGenerator;

/** The policy that options name. */
final class PolicyChoice {
    private PolicyChoice() {}

    static SelectionPolicy of(RouterOptions options, RandomGenerator random) {
        return switch (options.policy()) {
            case ROUND_ROBIN -> new RoundRobin();
            case RANDOM -> new RandomChoice(random);
            case POWER_OF_TWO -> new PowerOfTwo(random);
            case LEAST_LOADED -> LeastCost.ofLoad(random);
            case CONSISTENT_HASH -> new BoundedHash(BoundedHash.HEAD_TOKENS, BoundedHash.BOUND);
            case PREFIX_AFFINITY ->
                LeastCost.ofPrefixAndLoad(new DynamoCost(options.weights()), random)
                        .withTemperature(options.temperature());
            case TIME -> LeastCost.ofPrefixAndLoad(new TimeCost(), random);
        };
    }
}

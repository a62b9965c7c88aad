package io.jynamo.cli.settings;

import io.jynamo.router.Affinity;
import io.jynamo.router.RouterOptions;
import io.jynamo.router.select.DynamoWeights;

/**
 * What makes a worker dear or cheap, and what is known of its cache.
 *
 * @param temperature how far the choice strays from the least cost
 * @param indexBytes memory of each model's prefix index
 */
public record RoutingCosts(
        DynamoWeights weights,
        double temperature,
        Affinity affinity,
        RouterOptions.Predictions predictions,
        long indexBytes) {
    /** These over the options of one model's router. */
    public RouterOptions over(RouterOptions plain, int requestsPerWorker) {
        return new RouterOptions(
                plain.policy(),
                plain.blockTokens(),
                indexBytes,
                requestsPerWorker,
                plain.retryAfter(),
                weights,
                temperature,
                affinity,
                predictions);
    }
}

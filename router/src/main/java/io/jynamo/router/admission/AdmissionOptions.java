package io.jynamo.router.admission;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.router.BusyRule;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How requests wait for a worker.
 *
 * @param maxRequests that may wait; 0 refuses at once whatever finds no room
 * @param maxTokens prompt tokens of all that wait; one alone may have more
 * @param weights shares of tenants by name; others have 1
 * @param classes in which they wait
 */
public record AdmissionOptions(int maxRequests, long maxTokens, Map<String, Double> weights, PolicyClasses classes) {
    public static final int DEFAULT_MAX_REQUESTS = 1_024;
    public static final long DEFAULT_MAX_TOKENS = 16L << 20;

    public AdmissionOptions {
        require(maxRequests >= 0, "maxRequests must not be negative: " + maxRequests);
        require(maxTokens >= 1, "maxTokens must be at least 1: " + maxTokens);
        weights.forEach((tenant, weight) -> require(
                weight > 0 && weight < Double.POSITIVE_INFINITY,
                "the weight of tenant `" + tenant + "` must be above 0: " + weight));
        weights = Map.copyOf(weights);
    }

    /**
     * All requests in one class.
     *
     * @param busyShare requests wait while every worker they may go to has more prompt tokens booked and not computed than
     *     this share of the tokens of its step, or null to give workers as many requests as they may have
     */
    public AdmissionOptions(
            QueuePolicy policy,
            int maxRequests,
            long maxTokens,
            @Nullable Double busyShare,
            Map<String, Double> weights) {
        this(
                maxRequests,
                maxTokens,
                weights,
                PolicyClasses.single(policy, busyShare == null ? BusyRule.NEVER : BusyRule.above(busyShare)));
    }

    /** The same with requests in these classes. */
    public AdmissionOptions withClasses(PolicyClasses others) {
        return new AdmissionOptions(maxRequests, maxTokens, weights, others);
    }

    /** Fair shares, 1,024 requests, 16 Mi tokens, no threshold, all tenants alike. */
    public static final AdmissionOptions DEFAULT =
            new AdmissionOptions(QueuePolicy.FAIR, DEFAULT_MAX_REQUESTS, DEFAULT_MAX_TOKENS, null, Map.of());

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new JynamoException(ErrorCode.INVALID_CONFIGURATION, message);
        }
    }
}

package io.jynamo.router;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How a worker is chosen. */
public enum RoutingPolicy {
    /** Each in turn. */
    ROUND_ROBIN,
    /** Uniformly at random. */
    RANDOM,
    /** Of two drawn at random, the one with the least booked work. */
    POWER_OF_TWO,
    /** The one with the least booked work. */
    LEAST_LOADED,
    /** The one that the prompt's head hashes to, or the next that is not far above the others' load. */
    CONSISTENT_HASH,
    /** The one where uncached prefill and booked work together are least. */
    PREFIX_AFFINITY,
    /** The one where everybody together loses least time, as learned from what workers took so far. */
    TIME;

    /** The name as people write it, for example {@code prefix-affinity}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The policy of an {@link #id}.
     *
     * @throws JynamoException INVALID_CONFIGURATION for any other name
     */
    public static RoutingPolicy named(String id) {
        return Arrays.stream(values())
                .filter(policy -> policy.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new JynamoException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "no routing policy is called '" + id + "'; use one of "
                                + Arrays.stream(values()).map(RoutingPolicy::id).collect(Collectors.joining(", "))));
    }
}

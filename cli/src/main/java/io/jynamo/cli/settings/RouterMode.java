package io.jynamo.cli.settings;

/** How the worker of a request is chosen. Dynamo's names where it has the same policy. */
public enum RouterMode {
    ROUND_ROBIN,
    RANDOM,
    POWER_OF_TWO,
    LEAST_LOADED,
    CONSISTENT_HASH,
    PREFIX_AFFINITY,
    TIME
}

package io.jynamo.cli.settings;

/** How the worker of a request is chosen. Dynamo's names where it has the same policy. */
public enum RouterMode {
    ROUND_ROBIN,
    RANDOM,
    LEAST_LOADED,
    PREFIX_AFFINITY
}

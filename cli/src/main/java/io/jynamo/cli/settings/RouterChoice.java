package io.jynamo.cli.settings;

import java.time.Duration;

/**
 * How workers are chosen, and how often again.
 *
 * @param migrationLimit workers a request may lose
 * @param migrationPatience how long a stream waits for another
 * @param retryBudget share of all requests that may be given to another worker
 */
public record RouterChoice(RouterMode mode, int migrationLimit, Duration migrationPatience, double retryBudget) {}

package io.jynamo.cli.settings;

import java.time.Duration;

/**
 * How workers are chosen, and how often again.
 *
 * @param migrationLimit workers a request may lose
 * @param migrationPatience how long a stream waits for another
 */
public record RouterChoice(RouterMode mode, int migrationLimit, Duration migrationPatience) {}

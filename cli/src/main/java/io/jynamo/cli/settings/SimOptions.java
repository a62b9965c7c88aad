package io.jynamo.cli.settings;

import java.time.Duration;

/**
 * How fast the simulated engine runs, and what goes wrong in it.
 *
 * @param kvEventLoss share of KV events that get lost on the way
 */
public record SimOptions(double speedup, double decodeSpeedup, Duration startupTime, double kvEventLoss) {}

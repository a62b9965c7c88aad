package io.jynamo.cli.settings;

import java.time.Duration;
import java.util.Set;

/**
 * How fast the simulated engine runs, and what goes wrong in it.
 *
 * @param kvEventLoss share of KV events that get lost on the way
 * @param adapters LoRA adapters that it pretends to have
 */
public record SimOptions(
        double speedup, double decodeSpeedup, Duration startupTime, double kvEventLoss, Set<String> adapters) {}

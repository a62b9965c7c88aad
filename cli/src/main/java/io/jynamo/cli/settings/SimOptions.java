package io.jynamo.cli.settings;

import java.time.Duration;

/** How fast the simulated engine runs. */
public record SimOptions(double speedup, double decodeSpeedup, Duration startupTime) {}

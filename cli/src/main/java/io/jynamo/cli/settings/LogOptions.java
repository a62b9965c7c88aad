package io.jynamo.cli.settings;

import io.jynamo.cli.log.LogFormat;
import io.jynamo.cli.log.LogLevel;

/** How log records are written. */
public record LogOptions(LogFormat format, LogLevel level) {}

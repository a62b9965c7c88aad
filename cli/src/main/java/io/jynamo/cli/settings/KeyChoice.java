package io.jynamo.cli.settings;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where keys come from beside those given by flag, and what is written down of requests.
 *
 * @param file that lists keys
 * @param audit the audit log
 * @param payloads whether it holds what was asked and answered
 * @param auditMaxBytes size at which it is put aside
 * @param auditKeep how many of those put aside are kept
 */
public record KeyChoice(
        Optional<Path> file, Optional<Path> audit, boolean payloads, long auditMaxBytes, int auditKeep) {}

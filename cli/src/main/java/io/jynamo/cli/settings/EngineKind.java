package io.jynamo.cli.settings;

/** Which engine generates. */
public enum EngineKind {
    EMBEDDED,
    SIM
}

package io.jynamo.cli.serve;

/** Which engine generates. */
public enum EngineKind {
    EMBEDDED,
    SIM
}

package io.jynamo.cli.settings;

/** Which engine generates. */
public enum EngineKind {
    EMBEDDED,
    SIM,
    VLLM,
    SGLANG,
    TRTLLM,
    OPENAI;

    /** Whether it is a server of somebody else's, in a process of its own. */
    public boolean isForeign() {
        return this != EMBEDDED && this != SIM;
    }
}

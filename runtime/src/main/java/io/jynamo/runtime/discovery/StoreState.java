package io.jynamo.runtime.discovery;

/** Whether the store of announcements answers. */
public sealed interface StoreState {
    /** It answers, and what was told is what it has. */
    record Reachable() implements StoreState {}

    /**
     * It does not answer: what was told is what it had when it last did.
     *
     * @param reason for people
     */
    record Unreachable(String reason) implements StoreState {}
}

package io.jynamo.engine.process;

import java.util.Optional;

/**
 * A question whether a ready engine still works. An engine can answer {@code /health} with 200 while every request hangs,
 * so a good probe generates a token. Asked on a thread of its own and interrupted when it takes too long.
 */
@FunctionalInterface
public interface HealthProbe {
    /** Empty where it is well; otherwise what is wrong. */
    Optional<String> ask();
}

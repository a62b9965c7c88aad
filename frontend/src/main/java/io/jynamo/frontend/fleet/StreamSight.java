package io.jynamo.frontend.fleet;

import io.jynamo.protocol.WorkerId;
import org.jspecify.annotations.Nullable;

/**
 * A request in flight, seen from outside.
 *
 * @param id as its client sees it
 * @param worker that serves it now, or null while it looks for one
 * @param tokens of output so far, all choices together
 * @param arrivedNanos by {@link System#nanoTime()}
 * @param moves times it went on with another worker
 * @param movedFrom the worker it last lost, or null
 */
public record StreamSight(
        String id,
        String model,
        @Nullable WorkerId worker,
        int tokens,
        long arrivedNanos,
        int moves,
        @Nullable WorkerId movedFrom) {}

package io.jynamo.frontend.fleet;

import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerLoad;
import io.jynamo.protocol.WorkerState;
import org.jspecify.annotations.Nullable;

/**
 * A worker as whoever found it knows it.
 *
 * @param model the first name that clients may use for what it serves
 * @param engine for people: {@code embedded}, {@code sim}, {@code vllm}, ...
 * @param address host and port where it is called; empty for one of this process
 * @param pid its process on the machine it runs on, or null where that is not known
 * @param state UNREACHABLE only after it has answered once; until then LOADING
 * @param detail how far it is while it loads, or why it cannot be reached; empty where there is nothing to say
 */
public record FleetMember(
        WorkerId id,
        String model,
        String engine,
        String address,
        @Nullable Long pid,
        WorkerState state,
        WorkerLoad load,
        String detail) {}

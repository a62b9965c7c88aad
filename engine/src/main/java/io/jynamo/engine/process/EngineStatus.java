package io.jynamo.engine.process;

import io.jynamo.protocol.WorkerState;

/**
 * How far a supervised engine is.
 *
 * @param detail for people: what it loads, why it died, when it is tried again
 * @param starts how many times it was started
 * @param pid of the running process, 0 where there is none
 */
public record EngineStatus(WorkerState state, String detail, int starts, long pid) {}

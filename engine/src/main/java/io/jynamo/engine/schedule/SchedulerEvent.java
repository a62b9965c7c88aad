package io.jynamo.engine.schedule;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.RequestId;

/** What can happen to a {@link SchedulerCore}. */
public sealed interface SchedulerEvent {
    /**
     * A request arrived. Its id must not be that of a running one.
     *
     * @param seed of its random draws: the request's own, or one drawn for it
     */
    record Submit(GenerationRequest request, long seed) implements SchedulerEvent {}

    /** Nobody wants the request any more. */
    record Cancel(RequestId id) implements SchedulerEvent {}

    /** Nobody wants one choice any more. */
    record CancelChoice(RequestId id, int choice) implements SchedulerEvent {}

    /** The reader takes so many more tokens per choice. */
    record Grant(RequestId id, int tokens) implements SchedulerEvent {}

    /** The runner is free: expire deadlines and say what to compute next. Never between a step and its result. */
    record Plan() implements SchedulerEvent {}

    /** The step of the last {@link SchedulerEffect.Compute} was computed. */
    record Computed(StepResult result) implements SchedulerEvent {}

    /** No new requests from now on. */
    record Drain() implements SchedulerEvent {}

    /** Every request ends now with this failure. */
    record Abandon(ErrorCode code, String message) implements SchedulerEvent {}
}

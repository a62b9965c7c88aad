package io.jynamo.engine.schedule;

import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.TokenDelta;
import io.jynamo.protocol.TokenLogprobs;
import java.util.List;

/** What a {@link SchedulerCore} wants done. */
public sealed interface SchedulerEffect {
    /** Tell the request's sink that its prompt is in the cache. */
    record Prompt(RequestId id, int cachedTokens, List<TokenLogprobs> logprobs) implements SchedulerEffect {}

    /** Tell the request's sink of new output. */
    record Delta(RequestId id, TokenDelta delta) implements SchedulerEffect {}

    /** Tell the request's sink of its end; the core has forgotten it. */
    record Finished(RequestId id, GenerationEnd end) implements SchedulerEffect {}

    /** Tell the subscribers. */
    record KvChanged(List<KvEvent> events) implements SchedulerEffect {}

    /** Compute this and answer with {@link SchedulerEvent.Computed}. */
    record Compute(StepPlan plan) implements SchedulerEffect {}

    /**
     * There is nothing to compute until something arrives.
     *
     * @param untilNanos plan again at this time, when a deadline passes; {@link Long#MAX_VALUE} for none
     */
    record Idle(long untilNanos) implements SchedulerEffect {}
}

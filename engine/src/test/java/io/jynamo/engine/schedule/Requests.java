package io.jynamo.engine.schedule;

import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenIds;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Requests that tests of the scheduler write by hand. */
final class Requests {
    private Requests() {}

    static GenerationRequest request(String id, int prompt, int output) {
        return full(id, prompt, output, 1, 0, GenerationRequest.UNLIMITED_CREDIT, 1);
    }

    static GenerationRequest prioritised(String id, int priority) {
        return prioritised(id, priority, 5, 2);
    }

    static GenerationRequest prioritised(String id, int priority, int prompt, int output) {
        return full(id, prompt, output, 1, priority, GenerationRequest.UNLIMITED_CREDIT, id.length());
    }

    static GenerationRequest credited(String id, int credit, int prompt, int output, int promptSeed) {
        return full(id, prompt, output, 1, 0, credit, promptSeed);
    }

    static GenerationRequest choices(String id, int prompt, int choices, int output) {
        return full(id, prompt, output, choices, 0, GenerationRequest.UNLIMITED_CREDIT, 1);
    }

    static GenerationRequest full(
            String id, int prompt, int output, int choices, int priority, int credit, int promptSeed) {
        return new GenerationRequest(
                new RequestId(id),
                prompt(prompt, promptSeed),
                new Sampling(choices > 1 ? 1f : 0f, 1f, 0, 0f, 1f, 0f, 0f, Map.of(), null),
                new Stopping(output, 0, Set.of(), true),
                CacheScope.SHARED,
                choices,
                GenerationRequest.NO_LOGPROBS,
                GenerationRequest.NO_LOGPROBS,
                priority,
                Duration.ofMinutes(10),
                credit);
    }

    static TokenIds prompt(int count, int seed) {
        return TokenIds.of(IntStream.range(0, count)
                .map(i -> 1 + (i * 11 + seed * 29) % 96)
                .toArray());
    }

    static GenerationRequest withPriority(GenerationRequest r, int priority) {
        return changed(r, priority, r.timeLimit());
    }

    static GenerationRequest withTimeLimit(GenerationRequest r, Duration limit) {
        return changed(r, r.priority(), limit);
    }

    private static GenerationRequest changed(GenerationRequest r, int priority, Duration timeLimit) {
        return new GenerationRequest(
                r.id(),
                r.prompt(),
                r.sampling(),
                r.stopping(),
                r.scope(),
                r.choices(),
                r.topLogprobs(),
                r.promptLogprobs(),
                priority,
                timeLimit,
                r.credit());
    }
}

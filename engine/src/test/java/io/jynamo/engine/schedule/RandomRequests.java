package io.jynamo.engine.schedule;

import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenIds;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Requests with shared prompt heads, mixed sampling and several choices, from a seed. */
final class RandomRequests {
    private final Random random;
    private int count;

    RandomRequests(long seed) {
        random = new Random(seed);
    }

    GenerationRequest next(int credit) {
        int[] prompt = new int[1 + random.nextInt(70)];
        int head = random.nextInt(3);
        int shared = random.nextInt(prompt.length + 1);
        for (int i = 0; i < prompt.length; i++) {
            prompt[i] = i < shared ? 1 + (i * 7 + head * 13) % 90 : 1 + random.nextInt(CoreDriver.VOCABULARY - 1);
        }
        boolean ignoreEos = random.nextBoolean();
        int maxTokens = 1 + random.nextInt(40);
        Stopping stopping = new Stopping(
                maxTokens,
                random.nextInt(4) == 0 ? random.nextInt(maxTokens + 1) : 0,
                random.nextInt(3) == 0 ? Set.of(5, 17) : Set.of(),
                ignoreEos);
        return new GenerationRequest(
                new RequestId("r" + count++),
                TokenIds.of(prompt),
                sampling(),
                stopping,
                random.nextInt(5) == 0 ? new CacheScope(null, "tenant") : CacheScope.SHARED,
                random.nextInt(4) == 0 ? 1 + random.nextInt(4) : 1,
                GenerationRequest.NO_LOGPROBS,
                random.nextInt(8) == 0 ? 1 : GenerationRequest.NO_LOGPROBS,
                random.nextInt(4) - 1,
                Duration.ofHours(1),
                credit);
    }

    private Sampling sampling() {
        return switch (random.nextInt(4)) {
            case 0 -> Sampling.GREEDY;
            case 1 -> new Sampling(1f, 1f, 0, 0f, 1f, 0f, 0f, Map.of(), null);
            case 2 -> new Sampling(0.7f, 0.9f, 20, 0.01f, 1f, 0f, 0f, Map.of(), null);
            default -> new Sampling(0.9f, 0.95f, 0, 0f, 1.2f, 0.3f, 0.2f, Map.of(3, 4f), null);
        };
    }
}

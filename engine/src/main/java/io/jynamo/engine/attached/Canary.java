package io.jynamo.engine.attached;

import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Resumption;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenDelta;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.TokenLogprobs;
import io.jynamo.protocol.Worker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** A request for one token, sent to see whether it comes. */
final class Canary implements OutputSink {
    private static final TokenIds PROMPT = TokenIds.of(1);

    private final CompletableFuture<GenerationEnd> end = new CompletableFuture<>();

    private Canary() {}

    /** Sends one and waits for its end. */
    static GenerationEnd run(Worker worker, RequestId id, Duration limit) throws InterruptedException {
        Canary canary = new Canary();
        worker.start(
                new GenerationRequest(
                        id,
                        PROMPT,
                        Sampling.GREEDY,
                        Stopping.after(1),
                        CacheScope.SHARED,
                        1,
                        GenerationRequest.NO_LOGPROBS,
                        GenerationRequest.NO_LOGPROBS,
                        0,
                        limit,
                        GenerationRequest.UNLIMITED_CREDIT,
                        Resumption.NONE,
                        "a"),
                canary);
        try {
            return canary.end.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("nothing completes a canary with a failure", e);
        }
    }

    @Override
    public void onPrompt(int cachedTokens, List<TokenLogprobs> logprobs) {
        // Its end tells all.
    }

    @Override
    public void onDelta(TokenDelta delta) {
        // Its end tells all.
    }

    @Override
    public void onFinished(GenerationEnd generationEnd) {
        end.complete(generationEnd);
    }
}

package io.jynamo.runtime.session;

import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.TokenDelta;
import io.jynamo.protocol.TokenLogprobs;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** What one request brought. */
final class Collected implements OutputSink {
    final List<TokenDelta> deltas = new CopyOnWriteArrayList<>();
    final CompletableFuture<GenerationEnd> end = new CompletableFuture<>();
    volatile int cachedTokens = -1;

    @Override
    public void onPrompt(int cached, List<TokenLogprobs> logprobs) {
        cachedTokens = cached;
    }

    @Override
    public void onDelta(TokenDelta delta) {
        deltas.add(delta);
    }

    @Override
    public void onFinished(GenerationEnd how) {
        if (!end.complete(how)) {
            throw new AssertionError("ended twice");
        }
    }

    GenerationEnd await() throws Exception {
        return end.get(20, TimeUnit.SECONDS);
    }

    /** Why it failed, once it has. */
    GenerationEnd.Failure failure() throws Exception {
        return java.util.Objects.requireNonNull(await().failure(), "it did not fail");
    }

    /** Ids of one choice. */
    List<Integer> tokens(int choice) {
        return deltas.stream()
                .filter(delta -> delta.choice() == choice)
                .flatMapToInt(delta -> java.util.Arrays.stream(delta.tokens().toArray()))
                .boxed()
                .toList();
    }

    /** Waits until it holds; fails after 20 seconds. */
    static void await(String what, BooleanSupplier holds) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("never: " + what);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
    }
}

package io.jynamo.engine;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.FinishReason;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.TokenDelta;
import io.jynamo.protocol.TokenLogprobs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A sink that keeps everything and checks the order of calls. */
public class CollectingSink implements OutputSink {
    private final CountDownLatch finished = new CountDownLatch(1);
    private final Map<Integer, List<Integer>> tokens = new HashMap<>();
    private final Map<Integer, FinishReason> finishes = new HashMap<>();
    private final List<TokenDelta> deltas = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();
    private Consumer<TokenDelta> onDelta = delta -> {};
    private int cachedTokens = -1;
    private List<TokenLogprobs> promptLogprobs = List.of();
    private @Nullable GenerationEnd end;

    /** Also does this for each delta, in the caller's thread. */
    public CollectingSink andThen(Consumer<TokenDelta> action) {
        onDelta = action;
        return this;
    }

    @Override
    public synchronized void onPrompt(int cached, List<TokenLogprobs> logprobs) {
        check(cachedTokens < 0 && deltas.isEmpty() && end == null, "prompt told late or twice");
        cachedTokens = cached;
        promptLogprobs = logprobs;
    }

    @Override
    public void onDelta(TokenDelta delta) {
        synchronized (this) {
            check(end == null, "delta after the end");
            check(!finishes.containsKey(delta.choice()), "delta after the choice's end");
            deltas.add(delta);
            for (int i = 0; i < delta.tokens().count(); i++) {
                tokens.computeIfAbsent(delta.choice(), c -> new ArrayList<>())
                        .add(delta.tokens().at(i));
            }
            if (delta.finish() != null) {
                finishes.put(delta.choice(), delta.finish());
            }
        }
        onDelta.accept(delta);
    }

    @Override
    public void onFinished(GenerationEnd generationEnd) {
        synchronized (this) {
            check(end == null, "finished twice");
            end = generationEnd;
        }
        finished.countDown();
    }

    /** Waits for the end and checks that every call was in order. */
    public GenerationEnd await() {
        try {
            if (!finished.await(60, TimeUnit.SECONDS)) {
                throw new AssertionError("no end within a minute");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        synchronized (this) {
            if (!broken.isEmpty() || end == null) {
                throw new AssertionError("sink was called out of order: " + broken);
            }
            return end;
        }
    }

    public boolean isFinished() {
        return finished.getCount() == 0;
    }

    public synchronized List<Integer> tokens(int choice) {
        return List.copyOf(tokens.getOrDefault(choice, List.of()));
    }

    public synchronized Map<Integer, FinishReason> finishes() {
        return Map.copyOf(finishes);
    }

    public synchronized List<TokenDelta> deltas() {
        return List.copyOf(deltas);
    }

    public synchronized int cachedTokens() {
        return cachedTokens;
    }

    public synchronized List<TokenLogprobs> promptLogprobs() {
        return promptLogprobs;
    }

    /** The code it failed with, or null. */
    public @Nullable ErrorCode failure() {
        GenerationEnd.Failure failure = await().failure();
        return failure == null ? null : failure.code();
    }

    private void check(boolean holds, String what) {
        if (!holds) {
            broken.add(what);
        }
    }
}

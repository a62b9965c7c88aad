package io.jynamo.protocol;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One request to continue a prompt, as a worker receives it.
 *
 * @param prompt token ids, at least one
 * @param choices independent continuations of the prompt, at least 1; they share its KV blocks
 * @param topLogprobs {@link #NO_LOGPROBS}, or how many alternatives to report beside each output token (0 to 20)
 * @param promptLogprobs {@link #NO_LOGPROBS}, or how many alternatives to report beside each prompt token
 * @param priority higher goes first; 0 is ordinary
 * @param timeLimit what remains of the client's deadline when the worker gets the request
 * @param credit output tokens per choice that may be sent before {@link Generation#grant} allows more; bounds what a
 *     slow reader makes anybody hold
 * @param resumption what it goes on with that another worker began
 * @param text the prompt as text, for an engine that takes no ids; null where nobody will need it
 * @param constraint what the output must look like, output that another worker drew included; null for anything
 * @param chat the conversation with its media, of which {@code prompt} is only the text; null where there are none
 */
public record GenerationRequest(
        RequestId id,
        TokenIds prompt,
        Sampling sampling,
        Stopping stopping,
        CacheScope scope,
        int choices,
        int topLogprobs,
        int promptLogprobs,
        int priority,
        Duration timeLimit,
        int credit,
        Resumption resumption,
        @Nullable String text,
        @Nullable OutputConstraint constraint,
        @Nullable MediaChat chat) {

    public static final int NO_LOGPROBS = -1;
    public static final int UNLIMITED_CREDIT = Integer.MAX_VALUE;

    public GenerationRequest {
        if (prompt.isEmpty()) {
            throw new IllegalArgumentException("the prompt has no tokens");
        }
        if (choices < 1) {
            throw new IllegalArgumentException("choices must be at least 1: " + choices);
        }
        if (credit < 1) {
            throw new IllegalArgumentException("credit must be at least 1: " + credit);
        }
        if (resumption.outputTokens() >= prompt.count()) {
            throw new IllegalArgumentException("a prompt of " + prompt.count() + " tokens cannot hold "
                    + resumption.outputTokens() + " tokens of output");
        }
    }

    /** A request of text. */
    public GenerationRequest(
            RequestId id,
            TokenIds prompt,
            Sampling sampling,
            Stopping stopping,
            CacheScope scope,
            int choices,
            int topLogprobs,
            int promptLogprobs,
            int priority,
            Duration timeLimit,
            int credit,
            Resumption resumption,
            @Nullable String text,
            @Nullable OutputConstraint constraint) {
        this(
                id,
                prompt,
                sampling,
                stopping,
                scope,
                choices,
                topLogprobs,
                promptLogprobs,
                priority,
                timeLimit,
                credit,
                resumption,
                text,
                constraint,
                null);
    }

    /** A request whose output may be anything. */
    public GenerationRequest(
            RequestId id,
            TokenIds prompt,
            Sampling sampling,
            Stopping stopping,
            CacheScope scope,
            int choices,
            int topLogprobs,
            int promptLogprobs,
            int priority,
            Duration timeLimit,
            int credit,
            Resumption resumption,
            @Nullable String text) {
        this(
                id,
                prompt,
                sampling,
                stopping,
                scope,
                choices,
                topLogprobs,
                promptLogprobs,
                priority,
                timeLimit,
                credit,
                resumption,
                text,
                null);
    }

    /** A request that begins, for engines that take ids. */
    public GenerationRequest(
            RequestId id,
            TokenIds prompt,
            Sampling sampling,
            Stopping stopping,
            CacheScope scope,
            int choices,
            int topLogprobs,
            int promptLogprobs,
            int priority,
            Duration timeLimit,
            int credit) {
        this(
                id,
                prompt,
                sampling,
                stopping,
                scope,
                choices,
                topLogprobs,
                promptLogprobs,
                priority,
                timeLimit,
                credit,
                Resumption.NONE,
                null);
    }

    /** A plain request: one choice, shared cache, no logprobs, ordinary priority, unlimited credit, ten minutes. */
    public static GenerationRequest of(RequestId id, TokenIds prompt, Sampling sampling, Stopping stopping) {
        return new GenerationRequest(
                id,
                prompt,
                sampling,
                stopping,
                CacheScope.SHARED,
                1,
                NO_LOGPROBS,
                NO_LOGPROBS,
                0,
                Duration.ofMinutes(10),
                UNLIMITED_CREDIT);
    }

    /** The same under another id. */
    public GenerationRequest withId(RequestId other) {
        return new GenerationRequest(
                other,
                prompt,
                sampling,
                stopping,
                scope,
                choices,
                topLogprobs,
                promptLogprobs,
                priority,
                timeLimit,
                credit,
                resumption,
                text,
                constraint,
                chat);
    }

    /** The same with what is left of its time now. */
    public GenerationRequest withTimeLimit(Duration left) {
        return new GenerationRequest(
                id,
                prompt,
                sampling,
                stopping,
                scope,
                choices,
                topLogprobs,
                promptLogprobs,
                priority,
                left,
                credit,
                resumption,
                text,
                constraint,
                chat);
    }

    /** The same with another end. */
    public GenerationRequest withStopping(Stopping other) {
        return new GenerationRequest(
                id,
                prompt,
                sampling,
                other,
                scope,
                choices,
                topLogprobs,
                promptLogprobs,
                priority,
                timeLimit,
                credit,
                resumption,
                text,
                constraint,
                chat);
    }

    /** The same, asking for other log probabilities of its prompt. */
    public GenerationRequest withPromptLogprobs(int alternatives) {
        return new GenerationRequest(
                id,
                prompt,
                sampling,
                stopping,
                scope,
                choices,
                topLogprobs,
                alternatives,
                priority,
                timeLimit,
                credit,
                resumption,
                text,
                constraint,
                chat);
    }

    /** The same with its output held to something, or to nothing where that is null. */
    public GenerationRequest withConstraint(@Nullable OutputConstraint other) {
        return new GenerationRequest(
                id,
                prompt,
                sampling,
                stopping,
                scope,
                choices,
                topLogprobs,
                promptLogprobs,
                priority,
                timeLimit,
                credit,
                resumption,
                text,
                other,
                chat);
    }

    /** The same with media, or without where that is null. */
    public GenerationRequest withChat(@Nullable MediaChat other) {
        return new GenerationRequest(
                id,
                prompt,
                sampling,
                stopping,
                scope,
                choices,
                topLogprobs,
                promptLogprobs,
                priority,
                timeLimit,
                credit,
                resumption,
                text,
                constraint,
                other);
    }
}

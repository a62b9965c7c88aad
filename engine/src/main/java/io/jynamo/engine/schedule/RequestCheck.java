package io.jynamo.engine.schedule;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.TokenIds;
import org.jspecify.annotations.Nullable;

/** Says what is wrong with a request that no amount of waiting could cure. */
final class RequestCheck {
    private static final int MOST_LOGPROBS = 20;

    private final SchedulerOptions options;
    private final int capacity;
    private final int blockTokens;

    RequestCheck(SchedulerOptions options, BlockPool pool) {
        this.options = options;
        this.capacity = pool.capacity();
        this.blockTokens = pool.blockTokens();
    }

    /** Why the request is refused, or null if it is not. */
    GenerationEnd.@Nullable Failure refusal(GenerationRequest request) {
        String invalid = invalid(request);
        if (invalid != null) {
            return new GenerationEnd.Failure(ErrorCode.INVALID_REQUEST, invalid);
        }
        int prompt = request.prompt().count();
        if (prompt >= options.maxModelLen()) {
            return new GenerationEnd.Failure(
                    ErrorCode.CONTEXT_LENGTH_EXCEEDED,
                    "the prompt has " + prompt + " tokens and the context is " + options.maxModelLen()
                            + ", which must hold at least one token of output too; shorten the prompt");
        }
        long output = Math.min(request.stopping().maxTokens(), options.maxModelLen() - prompt);
        long blocks = (prompt + output - 1 + blockTokens - 1) / blockTokens;
        if (blocks > capacity) {
            return new GenerationEnd.Failure(
                    ErrorCode.KV_BLOCKS_EXHAUSTED,
                    "prompt and output of up to " + (prompt + output) + " tokens need " + blocks + " KV blocks of "
                            + blockTokens + " tokens and the pool has " + capacity
                            + "; ask for fewer tokens or give the worker more KV memory");
        }
        return null;
    }

    private @Nullable String invalid(GenerationRequest request) {
        if (request.choices() > options.maxSequences()) {
            return "n is " + request.choices() + " and this worker runs at most " + options.maxSequences()
                    + " sequences at once";
        }
        if (request.topLogprobs() > MOST_LOGPROBS || request.promptLogprobs() > MOST_LOGPROBS) {
            return "at most " + MOST_LOGPROBS + " alternatives per token can be reported";
        }
        TokenIds prompt = request.prompt();
        for (int i = 0; i < prompt.count(); i++) {
            int id = prompt.at(i);
            if (id < 0 || id >= options.vocabularySize()) {
                return "prompt token " + i + " is " + id + ", outside the vocabulary of " + options.vocabularySize();
            }
        }
        return invalid(request.sampling());
    }

    private @Nullable String invalid(Sampling sampling) {
        if (!(sampling.temperature() >= 0) || Float.isInfinite(sampling.temperature())) {
            return "temperature must be 0 or more: " + sampling.temperature();
        }
        if (!(sampling.topP() > 0 && sampling.topP() <= 1)) {
            return "top_p must be above 0 and at most 1: " + sampling.topP();
        }
        if (!(sampling.minP() >= 0 && sampling.minP() <= 1)) {
            return "min_p must be within 0 to 1: " + sampling.minP();
        }
        if (sampling.topK() < 0) {
            return "top_k must be 0 or more: " + sampling.topK();
        }
        if (!(sampling.repetitionPenalty() > 0) || Float.isInfinite(sampling.repetitionPenalty())) {
            return "repetition_penalty must be above 0: " + sampling.repetitionPenalty();
        }
        if (!Float.isFinite(sampling.presencePenalty()) || !Float.isFinite(sampling.frequencyPenalty())) {
            return "presence_penalty and frequency_penalty must be finite";
        }
        for (var bias : sampling.logitBias().entrySet()) {
            int id = bias.getKey();
            if (id < 0 || id >= options.vocabularySize() || Float.isNaN(bias.getValue())) {
                return "logit_bias names token " + id + " with " + bias.getValue()
                        + "; ids must be within the vocabulary of " + options.vocabularySize() + ", values numbers";
            }
        }
        return null;
    }
}

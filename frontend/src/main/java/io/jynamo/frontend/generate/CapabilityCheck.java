package io.jynamo.frontend.generate;

import io.jynamo.frontend.ServedModel;
import io.jynamo.frontend.openai.GenerationOptions;
import io.jynamo.frontend.openai.Refusal;
import io.jynamo.protocol.Capability;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.Sampling;
import org.jspecify.annotations.Nullable;

/** Refuses by name what a request asks of an engine that cannot do it: an answer without it would be another answer. */
final class CapabilityCheck {
    private final ServedModel model;

    private CapabilityCheck(ServedModel model) {
        this.model = model;
    }

    /**
     * Goes through all that a request asks for.
     *
     * @param cacheSalt what keeps its KV blocks apart, or null
     * @throws Refusal UNSUPPORTED_PARAMETER, naming the field
     */
    static void check(Prepared prepared, boolean promptLogprobs, @Nullable String cacheSalt) {
        var check = new CapabilityCheck(prepared.model());
        HeldOutput held = prepared.held();
        if (held != null) {
            check.require(true, held.constraint().needs(), held.field());
            check.require(
                    held.constraint().form().compact(),
                    Capability.COMPACT_OUTPUT,
                    "structured_outputs.disable_any_whitespace");
            check.requireThinking(held);
        }
        if (prepared.model().card().capabilities().containsAll(Capability.OWN)) {
            return; // most engines of a laptop, and every request would be looked through
        }
        check.check(prepared.options(), promptLogprobs, cacheSalt);
    }

    private void requireThinking(HeldOutput held) {
        if (held.constraint().thinking().begun() && !model.card().can(Capability.THINKING_FIRST)) {
            throw new Refusal(
                    ErrorCode.UNSUPPORTED_PARAMETER,
                    "`" + held.field() + "` cannot be had from the engine of `" + model.name()
                            + "` while the model thinks: it lacks " + Capability.THINKING_FIRST.id()
                            + "; switch thinking off with `reasoning_effort: none` where the model can, or leave it out.",
                    held.field());
        }
    }

    private void check(GenerationOptions options, boolean promptLogprobs, @Nullable String cacheSalt) {
        Sampling asked = options.sampling(ServedModel.PLAIN_SAMPLING);
        require(options.choices() > 1, Capability.CHOICES, "n");
        require(asked.seed() != null, Capability.SEED, "seed");
        require(asked.topK() > 0, Capability.TOP_K, "top_k");
        require(asked.minP() > 0, Capability.MIN_P, "min_p");
        require(asked.repetitionPenalty() != 1f, Capability.REPETITION_PENALTY, "repetition_penalty");
        require(asked.presencePenalty() != 0f, Capability.PENALTIES, "presence_penalty");
        require(asked.frequencyPenalty() != 0f, Capability.PENALTIES, "frequency_penalty");
        require(!asked.logitBias().isEmpty(), Capability.LOGIT_BIAS, "logit_bias");
        require(options.minTokens() > 0, Capability.MIN_TOKENS, "min_tokens");
        require(!options.stopTokenIds().isEmpty(), Capability.STOP_TOKEN_IDS, "stop_token_ids");
        require(options.ignoreEos(), Capability.IGNORE_EOS, "ignore_eos");
        require(options.topLogprobs() != GenerationRequest.NO_LOGPROBS, Capability.LOGPROBS, "logprobs");
        require(
                promptLogprobs || options.promptLogprobs() != GenerationRequest.NO_LOGPROBS,
                Capability.PROMPT_LOGPROBS,
                "prompt_logprobs");
        require(options.priority() != 0, Capability.PRIORITY, "priority");
        require(cacheSalt != null && !cacheSalt.isEmpty(), Capability.CACHE_SALT, "cache_salt");
    }

    private void require(boolean asked, Capability capability, String field) {
        if (asked && !model.card().can(capability)) {
            throw new Refusal(
                    ErrorCode.UNSUPPORTED_PARAMETER,
                    "`" + field + "` cannot be had from the engine of `" + model.name() + "`, which lacks "
                            + capability.id() + "; leave it out.",
                    field);
        }
    }
}

package io.jynamo.engine.openai;

import io.jynamo.engine.attached.LoadMetrics;
import io.jynamo.protocol.Capability;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * How one kind of server differs from the others behind {@code /v1/completions}.
 *
 * @param can what it does; {@code TOKEN_INPUT} says that prompts are sent as ids, {@code TOKEN_OUTPUT} that it is asked for
 *     ids
 * @param idsAsked how it is asked for ids
 * @param repetitionField its name for the repetition penalty
 * @param seedBits how many bits of a seed it takes
 * @param leastLogprobs how many alternatives it must be asked for to report any
 * @param refusesGreedyChoices whether several choices must not be greedy; drawing among the one most likely token is the
 *     same
 * @param lowerPriorityFirst whether its priorities run against ours
 * @param adaptersAreModels whether an adapter is asked for as the model
 * @param output how it is told what output must look like
 * @param chats how it is asked to answer conversations with media
 * @param healthPath the page that says whether it lives
 * @param metrics where it says how busy it is
 */
public record CompletionsTraits(
        Set<Capability> can,
        IdsAsked idsAsked,
        String repetitionField,
        int seedBits,
        int leastLogprobs,
        boolean refusesGreedyChoices,
        boolean lowerPriorityFirst,
        boolean adaptersAreModels,
        OutputDialect output,
        ChatKind chats,
        String healthPath,
        Optional<LoadMetrics> metrics) {
    /** How a server is asked to tell ids. */
    public enum IdsAsked {
        /** {@code return_token_ids}; an id that ends the output is its last, with nothing beside it. */
        BESIDE_TEXT,
        /** {@code "detokenize": false}; whether an id that ends the output is told is not documented. */
        INSTEAD_OF_TEXT
    }

    /** Stock vLLM. Its priorities count only with {@code --scheduling-policy priority}, which it does not show. */
    public static final CompletionsTraits VLLM = new CompletionsTraits(
            EnumSet.of(
                    Capability.TOKEN_INPUT,
                    Capability.TOKEN_OUTPUT,
                    Capability.COMPLETIONS,
                    Capability.LOGPROBS,
                    Capability.PROMPT_LOGPROBS,
                    Capability.CHOICES,
                    Capability.SEED,
                    Capability.TOP_K,
                    Capability.MIN_P,
                    Capability.REPETITION_PENALTY,
                    Capability.PENALTIES,
                    Capability.LOGIT_BIAS,
                    Capability.MIN_TOKENS,
                    Capability.STOP_TOKEN_IDS,
                    Capability.IGNORE_EOS,
                    Capability.CACHE_SALT,
                    Capability.CANCEL,
                    Capability.JSON_OUTPUT,
                    Capability.REGEX_OUTPUT,
                    Capability.CHOICE_OUTPUT,
                    Capability.GRAMMAR_OUTPUT),
            IdsAsked.BESIDE_TEXT,
            "repetition_penalty",
            63,
            0,
            true,
            true,
            true,
            OutputDialect.STRUCTURED_OUTPUTS,
            ChatKind.VLLM,
            "/health",
            Optional.of(LoadMetrics.VLLM));

    /**
     * llama.cpp's server. It reports ids beside log probabilities, but none for the tokens within a character, so its output
     * is text; {@code min_tokens} and {@code stop_token_ids} it takes and ignores.
     */
    public static final CompletionsTraits LLAMA_CPP = new CompletionsTraits(
            EnumSet.of(
                    Capability.TOKEN_INPUT,
                    Capability.COMPLETIONS,
                    Capability.LOGPROBS,
                    Capability.CHOICES,
                    Capability.SEED,
                    Capability.TOP_K,
                    Capability.MIN_P,
                    Capability.REPETITION_PENALTY,
                    Capability.PENALTIES,
                    Capability.LOGIT_BIAS,
                    Capability.IGNORE_EOS,
                    Capability.CANCEL,
                    Capability.JSON_OUTPUT,
                    Capability.CHOICE_OUTPUT,
                    Capability.GRAMMAR_OUTPUT),
            IdsAsked.BESIDE_TEXT,
            "repeat_penalty",
            31,
            1,
            false,
            false,
            false,
            OutputDialect.GBNF,
            ChatKind.LLAMA_CPP,
            "/health",
            Optional.of(LoadMetrics.LLAMA_CPP));

    /**
     * trtllm-serve, as its sources document it (not verified against the real server): fields it does not know it refuses,
     * several choices must not be greedy in any way, log probabilities name no ids.
     */
    public static final CompletionsTraits TRTLLM = new CompletionsTraits(
            EnumSet.of(
                    Capability.TOKEN_INPUT,
                    Capability.TOKEN_OUTPUT,
                    Capability.COMPLETIONS,
                    Capability.SEED,
                    Capability.TOP_K,
                    Capability.MIN_P,
                    Capability.REPETITION_PENALTY,
                    Capability.PENALTIES,
                    Capability.LOGIT_BIAS,
                    Capability.MIN_TOKENS,
                    Capability.STOP_TOKEN_IDS,
                    Capability.IGNORE_EOS,
                    Capability.CANCEL,
                    Capability.JSON_OUTPUT,
                    Capability.REGEX_OUTPUT,
                    Capability.CHOICE_OUTPUT,
                    Capability.GRAMMAR_OUTPUT),
            IdsAsked.INSTEAD_OF_TEXT,
            "repetition_penalty",
            63,
            1,
            true,
            false,
            false,
            OutputDialect.TYPED_FORMAT,
            ChatKind.TRTLLM,
            "/health",
            Optional.empty());

    /** A server of which nothing is known yet but that it streams text. */
    public static final CompletionsTraits PLAIN = new CompletionsTraits(
            EnumSet.of(Capability.COMPLETIONS, Capability.CANCEL),
            IdsAsked.BESIDE_TEXT,
            "repetition_penalty",
            31,
            1,
            false,
            false,
            false,
            OutputDialect.RESPONSE_FORMAT,
            ChatKind.OTHER,
            "/health",
            Optional.empty());

    /** SGLang's chats; for all else it is asked natively. It tells no ids of streamed chats. */
    public static CompletionsTraits sglangChats(Set<Capability> can, boolean lowerPriorityFirst) {
        return new CompletionsTraits(
                can,
                IdsAsked.BESIDE_TEXT,
                "repetition_penalty",
                31,
                0,
                false,
                lowerPriorityFirst,
                false,
                OutputDialect.SGLANG_CHAT,
                ChatKind.SGLANG,
                "/model_info",
                Optional.of(LoadMetrics.SGLANG));
    }

    public CompletionsTraits {
        can = Set.copyOf(can);
    }

    public boolean can(Capability capability) {
        return can.contains(capability);
    }

    /** The same server, with other capabilities. */
    public CompletionsTraits withCapabilities(Set<Capability> others) {
        return new CompletionsTraits(
                others,
                idsAsked,
                repetitionField,
                seedBits,
                leastLogprobs,
                refusesGreedyChoices,
                lowerPriorityFirst,
                adaptersAreModels,
                output,
                chats,
                healthPath,
                metrics);
    }

    /** The same server, whose pages are found elsewhere. */
    public CompletionsTraits withPages(String health, Optional<LoadMetrics> load) {
        return new CompletionsTraits(
                can,
                idsAsked,
                repetitionField,
                seedBits,
                leastLogprobs,
                refusesGreedyChoices,
                lowerPriorityFirst,
                adaptersAreModels,
                output,
                chats,
                health,
                load);
    }
}

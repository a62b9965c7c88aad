package io.jynamo.protocol;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a worker says of the model it serves.
 *
 * @param name the served name, as clients write it
 * @param architecture for example {@code llama}; {@code simulated} for the simulated engine
 * @param vocabularySize rows of the output matrix: ids are below it
 * @param maxModelLen tokens of prompt and output together that one request may use
 * @param trainedContextLength the context the model was trained for
 * @param blockTokens tokens per KV block
 * @param totalBlocks KV blocks of one worker
 * @param maxBatchedTokens tokens one engine step computes at most
 * @param maxSequences choices that run in one batch at most
 * @param eosTokenIds ids that end a sequence
 * @param bosTokenId id that begins one, or null
 * @param capabilities what its engine can do
 * @param encoding what it makes of texts, or null for a model that generates
 * @param modalities what it reads; always text, and media only where the engine is asked for whole conversations
 * @param parsers who reads its replies, as far as whoever offers it says
 */
public record ModelCard(
        String name,
        String architecture,
        int vocabularySize,
        int maxModelLen,
        int trainedContextLength,
        int blockTokens,
        int totalBlocks,
        int maxBatchedTokens,
        int maxSequences,
        Set<Integer> eosTokenIds,
        @Nullable Integer bosTokenId,
        Set<Capability> capabilities,
        @Nullable Encoding encoding,
        Set<Modality> modalities,
        ReplyParsers parsers) {
    public ModelCard {
        modalities = Set.copyOf(modalities);
        eosTokenIds = Set.copyOf(eosTokenIds);
        capabilities = Set.copyOf(capabilities);
    }

    /** The card of a model whose chat template shows how its replies are read. */
    public ModelCard(
            String name,
            String architecture,
            int vocabularySize,
            int maxModelLen,
            int trainedContextLength,
            int blockTokens,
            int totalBlocks,
            int maxBatchedTokens,
            int maxSequences,
            Set<Integer> eosTokenIds,
            @Nullable Integer bosTokenId,
            Set<Capability> capabilities,
            @Nullable Encoding encoding,
            Set<Modality> modalities) {
        this(
                name,
                architecture,
                vocabularySize,
                maxModelLen,
                trainedContextLength,
                blockTokens,
                totalBlocks,
                maxBatchedTokens,
                maxSequences,
                eosTokenIds,
                bosTokenId,
                capabilities,
                encoding,
                modalities,
                ReplyParsers.UNTOLD);
    }

    /** The card of a model that reads text. */
    public ModelCard(
            String name,
            String architecture,
            int vocabularySize,
            int maxModelLen,
            int trainedContextLength,
            int blockTokens,
            int totalBlocks,
            int maxBatchedTokens,
            int maxSequences,
            Set<Integer> eosTokenIds,
            @Nullable Integer bosTokenId,
            Set<Capability> capabilities,
            @Nullable Encoding encoding) {
        this(
                name,
                architecture,
                vocabularySize,
                maxModelLen,
                trainedContextLength,
                blockTokens,
                totalBlocks,
                maxBatchedTokens,
                maxSequences,
                eosTokenIds,
                bosTokenId,
                capabilities,
                encoding,
                Modality.TEXT_ONLY);
    }

    /** The card of a model that generates. */
    public ModelCard(
            String name,
            String architecture,
            int vocabularySize,
            int maxModelLen,
            int trainedContextLength,
            int blockTokens,
            int totalBlocks,
            int maxBatchedTokens,
            int maxSequences,
            Set<Integer> eosTokenIds,
            @Nullable Integer bosTokenId,
            Set<Capability> capabilities) {
        this(
                name,
                architecture,
                vocabularySize,
                maxModelLen,
                trainedContextLength,
                blockTokens,
                totalBlocks,
                maxBatchedTokens,
                maxSequences,
                eosTokenIds,
                bosTokenId,
                capabilities,
                null);
    }

    /** The card of an engine of ours that generates. */
    public ModelCard(
            String name,
            String architecture,
            int vocabularySize,
            int maxModelLen,
            int trainedContextLength,
            int blockTokens,
            int totalBlocks,
            int maxBatchedTokens,
            int maxSequences,
            Set<Integer> eosTokenIds,
            @Nullable Integer bosTokenId) {
        this(
                name,
                architecture,
                vocabularySize,
                maxModelLen,
                trainedContextLength,
                blockTokens,
                totalBlocks,
                maxBatchedTokens,
                maxSequences,
                eosTokenIds,
                bosTokenId,
                Capability.OWN);
    }

    public boolean can(Capability capability) {
        return capabilities.contains(capability);
    }

    public boolean reads(Modality modality) {
        return modalities.contains(modality);
    }

    /** The same model, which reads something else. */
    public ModelCard withModalities(Set<Modality> others) {
        return with(others, parsers);
    }

    /** The same model, whose replies others read. */
    public ModelCard withParsers(ReplyParsers others) {
        return with(modalities, others);
    }

    private ModelCard with(Set<Modality> reads, ReplyParsers readers) {
        return new ModelCard(
                name,
                architecture,
                vocabularySize,
                maxModelLen,
                trainedContextLength,
                blockTokens,
                totalBlocks,
                maxBatchedTokens,
                maxSequences,
                eosTokenIds,
                bosTokenId,
                capabilities,
                encoding,
                reads,
                readers);
    }
}

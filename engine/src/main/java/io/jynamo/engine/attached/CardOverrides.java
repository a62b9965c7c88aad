package io.jynamo.engine.attached;

import io.jynamo.protocol.Capability;
import io.jynamo.protocol.Modality;
import io.jynamo.protocol.ModelCard;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a model that its engine does not tell, or tells wrong. Null leaves what the engine says.
 *
 * @param name the served name, as clients write it; the engine is still asked by its own
 * @param vocabularySize ids are below it
 * @param maxModelLen tokens of prompt and output together
 * @param blockTokens tokens per KV block
 * @param totalBlocks KV blocks
 * @param maxSequences choices that run at once at most
 * @param eosTokenIds ids that end a sequence
 * @param bosTokenId id that begins one
 * @param modalities what it reads
 * @param thinksFirst whether it is known to let the model think before output that it holds to a form
 */
public record CardOverrides(
        @Nullable String name,
        @Nullable String architecture,
        @Nullable Integer vocabularySize,
        @Nullable Integer maxModelLen,
        @Nullable Integer blockTokens,
        @Nullable Integer totalBlocks,
        @Nullable Integer maxSequences,
        @Nullable Set<Integer> eosTokenIds,
        @Nullable Integer bosTokenId,
        @Nullable Set<Modality> modalities,
        boolean thinksFirst) {
    /** The engine is believed in everything. */
    public static final CardOverrides NONE =
            new CardOverrides(null, null, null, null, null, null, null, null, null, null, false);

    public CardOverrides {
        eosTokenIds = eosTokenIds == null ? null : Set.copyOf(eosTokenIds);
        modalities = modalities == null ? null : Set.copyOf(modalities);
    }

    /** Of what it can do nothing is known but what it tells. */
    public CardOverrides(
            @Nullable String name,
            @Nullable String architecture,
            @Nullable Integer vocabularySize,
            @Nullable Integer maxModelLen,
            @Nullable Integer blockTokens,
            @Nullable Integer totalBlocks,
            @Nullable Integer maxSequences,
            @Nullable Set<Integer> eosTokenIds,
            @Nullable Integer bosTokenId,
            @Nullable Set<Modality> modalities) {
        this(
                name,
                architecture,
                vocabularySize,
                maxModelLen,
                blockTokens,
                totalBlocks,
                maxSequences,
                eosTokenIds,
                bosTokenId,
                modalities,
                false);
    }

    /** Only the vocabulary is known better. */
    public static CardOverrides ofVocabulary(int size) {
        return of(size, null);
    }

    /**
     * The vocabulary is known better, and perhaps the context.
     *
     * @param maxModelLen tokens of prompt and output together, or null
     */
    public static CardOverrides of(int vocabularySize, @Nullable Integer maxModelLen) {
        return new CardOverrides(null, null, vocabularySize, maxModelLen, null, null, null, null, null, null);
    }

    /** The same, and what the model reads is known better, or not where that is null. */
    public CardOverrides withModalities(@Nullable Set<Modality> known) {
        return with(known, thinksFirst);
    }

    /** The same, and it is known to wait for the end of reasoning, or not. */
    public CardOverrides withThinkingFirst(boolean waits) {
        return with(modalities, waits);
    }

    private CardOverrides with(@Nullable Set<Modality> known, boolean waits) {
        return new CardOverrides(
                name,
                architecture,
                vocabularySize,
                maxModelLen,
                blockTokens,
                totalBlocks,
                maxSequences,
                eosTokenIds,
                bosTokenId,
                known,
                waits);
    }

    /** What the engine says, put right. */
    public ModelCard apply(ModelCard told) {
        Set<Capability> can = EnumSet.noneOf(Capability.class);
        can.addAll(told.capabilities());
        if (thinksFirst) {
            can.add(Capability.THINKING_FIRST);
        }
        return new ModelCard(
                name == null ? told.name() : name,
                architecture == null ? told.architecture() : architecture,
                vocabularySize == null ? told.vocabularySize() : vocabularySize,
                maxModelLen == null ? told.maxModelLen() : maxModelLen,
                maxModelLen == null ? told.trainedContextLength() : Math.max(maxModelLen, told.trainedContextLength()),
                blockTokens == null ? told.blockTokens() : blockTokens,
                totalBlocks == null ? told.totalBlocks() : totalBlocks,
                told.maxBatchedTokens(),
                maxSequences == null ? told.maxSequences() : maxSequences,
                eosTokenIds == null ? told.eosTokenIds() : eosTokenIds,
                bosTokenId == null ? told.bosTokenId() : bosTokenId,
                can,
                told.encoding(),
                modalities == null ? told.modalities() : modalities);
    }
}

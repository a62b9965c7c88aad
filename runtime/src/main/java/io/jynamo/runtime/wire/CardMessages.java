package io.jynamo.runtime.wire;

import io.jynamo.protocol.Capability;
import io.jynamo.protocol.Encoding;
import io.jynamo.protocol.Modality;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.OthersLoad;
import io.jynamo.protocol.ReplyParsers;
import io.jynamo.protocol.WorkerLoad;
import io.jynamo.protocol.WorkerState;
import io.jynamo.runtime.wire.v1.Card;
import io.jynamo.runtime.wire.v1.EncodingKind;
import io.jynamo.runtime.wire.v1.Load;
import io.jynamo.runtime.wire.v1.State;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;

/** A worker's card, load and state as messages and back. */
public final class CardMessages {
    private static final int MOST_PARSER_NAME = 64;

    private CardMessages() {}

    public static Card message(ModelCard card) {
        Card.Builder message = Card.newBuilder()
                .setName(card.name())
                .setArchitecture(card.architecture())
                .setVocabularySize(card.vocabularySize())
                .setMaxModelLen(card.maxModelLen())
                .setTrainedContextLength(card.trainedContextLength())
                .setBlockTokens(card.blockTokens())
                .setTotalBlocks(card.totalBlocks())
                .setMaxBatchedTokens(card.maxBatchedTokens())
                .setMaxSequences(card.maxSequences())
                .addAllEosTokenIds(new java.util.TreeSet<>(card.eosTokenIds()));
        if (card.bosTokenId() != null) {
            message.setBosTokenId(card.bosTokenId());
        }
        // In the order of the enum: the same card gives the same bytes.
        for (Capability capability : Capability.values()) {
            if (card.can(capability)) {
                message.addCapabilities(capability.id());
            }
        }
        for (Modality modality : Modality.values()) {
            if (modality != Modality.TEXT && card.reads(modality)) {
                message.addModalities(modality.id());
            }
        }
        ReplyParsers parsers = card.parsers();
        if (parsers.calls() != null) {
            message.setToolCallParser(parsers.calls());
        }
        if (parsers.reasoning() != null) {
            message.setReasoningParser(parsers.reasoning());
        }
        Encoding encoding = card.encoding();
        if (encoding != null) {
            message.setEncoding(io.jynamo.runtime.wire.v1.Encoding.newBuilder()
                    .setKind(
                            switch (encoding.kind()) {
                                case EMBEDDING -> EncodingKind.EMBEDDING;
                                case PAIR_SCORE -> EncodingKind.PAIR_SCORE;
                            })
                    .setWidth(encoding.width())
                    .setCuttable(encoding.cuttable())
                    .addAllCuts(new java.util.TreeSet<>(encoding.cuts()))
                    .setTwoSeparators(encoding.pairFrame() == Encoding.PairFrame.TWO_SEPARATORS));
        }
        return message.build();
    }

    private static Encoding encoding(io.jynamo.runtime.wire.v1.Encoding message) {
        return new Encoding(
                switch (message.getKind()) {
                    case EMBEDDING -> Encoding.Kind.EMBEDDING;
                    case PAIR_SCORE -> Encoding.Kind.PAIR_SCORE;
                    case UNRECOGNIZED ->
                        throw new IllegalArgumentException(
                                "vectors of a kind of a later version: " + message.getKindValue());
                },
                message.getWidth(),
                message.getCuttable(),
                new HashSet<>(message.getCutsList()),
                message.getTwoSeparators() ? Encoding.PairFrame.TWO_SEPARATORS : Encoding.PairFrame.ONE_SEPARATOR);
    }

    /**
     * The card of a message.
     *
     * @throws IllegalArgumentException for one that nobody could compute with
     */
    public static ModelCard card(Card message) {
        if (message.getName().isBlank()
                || message.getVocabularySize() <= 0
                || message.getMaxModelLen() <= 0
                || message.getBlockTokens() <= 0) {
            throw new IllegalArgumentException(
                    "a card has a name, a vocabulary, a context and blocks, each of one at least: '" + message.getName()
                            + "' says " + message.getVocabularySize() + ", " + message.getMaxModelLen() + ", "
                            + message.getBlockTokens());
        }
        if (message.getTrainedContextLength() < 0
                || message.getTotalBlocks() < 0
                || message.getMaxBatchedTokens() < 0
                || message.getMaxSequences() < 0) {
            throw new IllegalArgumentException("a number of the card of '" + message.getName() + "' is above 2^31");
        }
        return new ModelCard(
                message.getName(),
                message.getArchitecture(),
                message.getVocabularySize(),
                message.getMaxModelLen(),
                message.getTrainedContextLength(),
                message.getBlockTokens(),
                message.getTotalBlocks(),
                message.getMaxBatchedTokens(),
                message.getMaxSequences(),
                new HashSet<>(message.getEosTokenIdsList()),
                message.hasBosTokenId() ? message.getBosTokenId() : null,
                capabilities(message),
                message.hasEncoding() ? encoding(message.getEncoding()) : null,
                modalities(message),
                parsers(message));
    }

    public static Load message(WorkerLoad load) {
        return Load.newBuilder()
                .setRunning(load.running())
                .setWaiting(load.waiting())
                .setWaitingPrefillTokens(load.waitingPrefillTokens())
                .setUsedBlocks(load.usedBlocks())
                .setTotalBlocks(load.totalBlocks())
                .build();
    }

    public static WorkerLoad load(Load message) {
        return new WorkerLoad(
                count(message.getRunning()),
                count(message.getWaiting()),
                Math.max(0, message.getWaitingPrefillTokens()),
                count(message.getUsedBlocks()),
                count(message.getTotalBlocks()));
    }

    /** The same, with what other sessions gave. */
    public static Load message(WorkerLoad load, OthersLoad others) {
        return message(load).toBuilder()
                .setOthersRequests(others.requests())
                .setOthersPrefillTokens(others.prefillTokens())
                .setOthersBlocks(others.blocks())
                .build();
    }

    public static OthersLoad others(Load message) {
        return new OthersLoad(
                count(message.getOthersRequests()),
                Math.max(0, message.getOthersPrefillTokens()),
                Math.max(0, message.getOthersBlocks()));
    }

    /** A number above what an int holds is taken for the largest: no load is below nothing. */
    private static int count(int unsigned) {
        return unsigned < 0 ? Integer.MAX_VALUE : unsigned;
    }

    /** A worker does not say that it cannot be reached: that is for others to find. */
    public static State message(WorkerState state) {
        return switch (state) {
            case LOADING, UNREACHABLE -> State.LOADING;
            case READY -> State.READY;
            case DRAINING -> State.DRAINING;
            case GONE -> State.GONE;
        };
    }

    /** A state of a later version takes no requests, as far as we know. */
    public static WorkerState state(State message) {
        return switch (message) {
            case LOADING, STATE_UNSPECIFIED, UNRECOGNIZED -> WorkerState.LOADING;
            case READY -> WorkerState.READY;
            case DRAINING -> WorkerState.DRAINING;
            case GONE -> WorkerState.GONE;
        };
    }

    private static ReplyParsers parsers(Card message) {
        return new ReplyParsers(
                message.hasToolCallParser() ? parser(message.getToolCallParser()) : null,
                message.hasReasoningParser() ? parser(message.getReasoningParser()) : null);
    }

    /** Whether anybody knows the name is for others to find: this only keeps a page of text out of logs. */
    private static String parser(String name) {
        if (name.isBlank() || name.length() > MOST_PARSER_NAME) {
            throw new IllegalArgumentException("the name of a parser has 1 to " + MOST_PARSER_NAME
                    + " characters, and one of the card has " + name.length());
        }
        return name;
    }

    private static Set<Modality> modalities(Card message) {
        Set<Modality> known = EnumSet.of(Modality.TEXT);
        for (Modality modality : Modality.values()) {
            if (message.getModalitiesList().contains(modality.id())) {
                known.add(modality);
            }
        }
        return known;
    }

    private static Set<Capability> capabilities(Card message) {
        Set<Capability> known = EnumSet.noneOf(Capability.class);
        for (Capability capability : Capability.values()) {
            if (message.getCapabilitiesList().contains(capability.id())) {
                known.add(capability);
            }
        }
        return known;
    }
}

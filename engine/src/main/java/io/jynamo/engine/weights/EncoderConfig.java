package io.jynamo.engine.weights;

import java.util.Set;

/**
 * The hyperparameters of a BERT-like encoder and what is made of its last layer.
 *
 * @param architecture {@code bert}, {@code roberta} or {@code xlm-roberta}
 * @param hiddenSize width of the residual stream, and of an embedding
 * @param positions rows of the position embedding
 * @param firstPosition row of a text's first token
 * @param tokenTypes rows of the token type embedding
 * @param maxTokens of one text, its begin and end included
 * @param pooling how the rows of a text become one
 * @param normalised whether vectors are brought to length 1
 * @param score whether a head makes one number of a pair of texts, and how
 * @param cuttable whether the first numbers of an embedding are one by themselves
 * @param cuts the widths it may be cut to; empty for any, where it is cuttable
 */
public record EncoderConfig(
        String architecture,
        int layers,
        int hiddenSize,
        int ffnSize,
        int heads,
        int vocabularySize,
        int positions,
        int firstPosition,
        int tokenTypes,
        float normEpsilon,
        int maxTokens,
        Pooling pooling,
        boolean normalised,
        Score score,
        boolean cuttable,
        Set<Integer> cuts) {

    public EncoderConfig {
        cuts = Set.copyOf(cuts);
    }

    /** How the rows of a text become one vector. */
    public enum Pooling {
        /** The first token's. */
        CLS,
        /** The mean of all tokens'. */
        MEAN,
        /** The last token's. */
        LAST
    }

    /** What the head of a cross-encoder tells. */
    public enum Score {
        /** There is no head. */
        NONE,
        /** Its number between 0 and 1, by the logistic function. */
        SIGMOID,
        /** Its number as it is. */
        RAW
    }

    public int headSize() {
        return hiddenSize / heads;
    }

    /** Whether it makes one number of a pair of texts. */
    public boolean scores() {
        return score != Score.NONE;
    }

    /** Whether its pairs have two separators between them, as RoBERTa's have. */
    public boolean separatesTwice() {
        return !architecture.equals("bert");
    }
}

package io.jynamo.protocol;

import java.util.Set;

/**
 * What a model that turns texts into vectors makes of them; models that generate have none.
 *
 * @param kind what the vectors are
 * @param width numbers of one vector, at least 1
 * @param cuttable whether the first numbers of a vector are one by themselves (Matryoshka training)
 * @param cuts the widths it may be cut to; empty for any, where it is cuttable
 * @param pairFrame how two texts stand in one sequence
 */
public record Encoding(Kind kind, int width, boolean cuttable, Set<Integer> cuts, PairFrame pairFrame) {
    /** What a vector says. */
    public enum Kind {
        /** Where a text lies: similar texts lie in similar directions. */
        EMBEDDING,
        /** How well the second text of a pair answers the first: one number. */
        PAIR_SCORE
    }

    /** What separates the texts of a pair. */
    public enum PairFrame {
        /** {@code [CLS] a [SEP] b [SEP]}: the second text's own beginning is left out. */
        ONE_SEPARATOR,
        /** {@code <s> a </s> </s> b </s>}: it becomes another separator. */
        TWO_SEPARATORS
    }

    public Encoding {
        cuts = Set.copyOf(cuts);
        if (width < 1) {
            throw new IllegalArgumentException("a vector has at least one number: " + width);
        }
    }

    /** Vectors that are not to be cut. */
    public static Encoding embedding(int width) {
        return new Encoding(Kind.EMBEDDING, width, false, Set.of(), PairFrame.ONE_SEPARATOR);
    }
}

package io.jynamo.engine;

import io.jynamo.protocol.OutputConstraint;

/**
 * Where an engine has the masks of constrained requests from. It is handed in by whoever knows the model's vocabulary; an engine without one refuses
 * such requests.
 */
public interface OutputMasks {
    /**
     * The constraint, ready to be followed. Called off the engine's thread, by several threads at once; may take a while.
     *
     * @throws io.jynamo.protocol.JynamoException INVALID_REQUEST or UNSUPPORTED_PARAMETER, saying what of it is wrong or not built
     */
    Compiled compile(OutputConstraint constraint);

    /** A constraint that texts can be held to. Used by the engine's thread once it has been made. */
    interface Compiled {
        /** A text that has no tokens yet. */
        Text begin();
    }

    /**
     * A text that is held to a constraint. Its state follows from the tokens it took. Used by the engine's thread only; what it throws ends the
     * request that it belongs to and nothing else.
     */
    interface Text {
        /**
         * Sets the bits of the tokens that may come next and clears all others; bit {@code id & 63} of word {@code id >> 6}.
         *
         * @param bits as many as the model's vocabulary needs
         */
        void mask(long[] bits);

        /** Goes on by a token; false, and nothing changes, where it must not come. */
        boolean accept(int token);

        /** Whether the text may end here. Exactly then, end-of-sequence ids are in the mask. */
        boolean isWhole();
    }
}

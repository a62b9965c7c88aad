package io.jynamo.text.tokenizer;

/** A stage that cuts text into the pieces the model sees, one by one and each for itself. */
interface PreTokenizer {
    /** Cuts the pieces of {@code in} further and leaves the result in {@code out}; {@code in} is spent. */
    void apply(Pieces in, Pieces out);

    /** Whether what comes out is always what went in, cut and nothing else. */
    default boolean keepsText() {
        return false;
    }
}

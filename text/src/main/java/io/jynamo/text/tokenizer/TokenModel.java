package io.jynamo.text.tokenizer;

/** What turns one piece of text into ids, without regard to its neighbours. Immutable; scratch comes from the lane. */
interface TokenModel {
    /** Adds the ids of the bytes from {@code from} to {@code to}, never empty, to {@code out}. */
    void encode(byte[] s, int from, int to, Lane lane, IdBuffer out);

    /** Words that are one token each, looked for before {@link #encode} is asked. */
    default WholeWords wholeWords() {
        return WholeWords.NONE;
    }
}

package io.jynamo.text.tokenizer;

/** What turns one piece of text into ids, without regard to its neighbours. Immutable; scratch comes from the lane. */
interface TokenModel {
    /** Adds the ids of the bytes from {@code from} to {@code to}, never empty, to {@code out}. */
    void encode(byte[] s, int from, int to, Lane lane, IdBuffer out);

    /**
     * How many ids {@link #encode} gives for these bytes, cut into words or not, at the least: 0 where that is not cheap to know. Counting ends
     * with more than {@code enough}.
     */
    default int fewest(byte[] s, int from, int to, int enough) {
        return 0;
    }

    /** The most bytes of a text that one id can stand for, {@link Integer#MAX_VALUE} where nothing is certain. */
    default int longest() {
        return Integer.MAX_VALUE;
    }

    /** Words that are one token each, looked for before {@link #encode} is asked. */
    default WholeWords wholeWords() {
        return WholeWords.NONE;
    }
}

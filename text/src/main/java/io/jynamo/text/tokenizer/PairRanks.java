package io.jynamo.text.tokenizer;

/** Which neighbouring symbols merge, into what, and which merge goes first. */
interface PairRanks {
    /** No merge; greater than every merge. */
    long NONE = Long.MAX_VALUE;

    /**
     * The merge of two neighbours.
     *
     * @param from where the left symbol's bytes begin in {@code s}
     * @param to where the right symbol's bytes end
     * @return the rank in the high half, the lower the earlier, and what {@link #merged} needs in the low half; or {@link #NONE}
     */
    long find(int left, int right, byte[] s, int from, int to);

    /** The id that a merge found makes. */
    int merged(long pair);
}

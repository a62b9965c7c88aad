package io.jynamo.text.tokenizer;

/** Merges that are not listed: two neighbours merge where their joined bytes are a token, lowest rank first (SentencePiece, tiktoken). */
final class ConcatRanks implements PairRanks {
    private final ByteIndex index;
    private final int[] ranks;

    /** {@code ranks[id]} is the rank of merging into that id; -1 where nothing merges into it. */
    ConcatRanks(ByteIndex index, int[] ranks) {
        this.index = index;
        this.ranks = ranks;
    }

    @Override
    public long find(int left, int right, byte[] s, int from, int to) {
        int id = index.find(s, from, to);
        if (id < 0 || ranks[id] < 0) {
            return NONE;
        }
        return ((long) ranks[id] << 32) | id;
    }

    @Override
    public int merged(long pair) {
        return (int) pair;
    }
}

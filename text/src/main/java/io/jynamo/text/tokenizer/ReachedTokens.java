package io.jynamo.text.tokenizer;

import java.util.Arrays;

/** Which tokens merging arrives at from their own bytes, as {@link WholeWords} describes it. */
final class ReachedTokens {
    private static final int NEVER = Integer.MAX_VALUE;

    private final MergeTable merges;
    private final int[] byteIds;
    private final BpeMerger merger = new BpeMerger();
    /** For each token the rank of the merge that makes it, -1 for a byte, {@link #NEVER} where it is not arrived at. */
    private final int[] births;

    private final int[] lefts;
    private final int[] rights;
    /** The first eight bytes and the others, of tokens short enough for the table; the length is 0 where no merge makes the token. */
    private final long[] lows;

    private final long[] rests;
    private final byte[] lengths;
    private final int[] inOrder;
    private int count;

    /** Receives a token and its bytes. */
    interface Visitor {
        void token(long low, long rest, int length, int id);
    }

    /** {@code byteIds} are the symbols of the 256 bytes, -1 where there is none. */
    ReachedTokens(MergeTable merges, int[] byteIds) {
        this.merges = merges;
        int size = Math.max(merges.maxId(), Arrays.stream(byteIds).max().orElse(-1)) + 1;
        births = new int[size];
        lefts = new int[size];
        rights = new int[size];
        lows = new long[size];
        rests = new long[size];
        lengths = new byte[size];
        inOrder = new int[2 * size];
        Arrays.fill(births, NEVER);
        for (int b = 0; b < byteIds.length; b++) {
            int id = byteIds[b];
            if (id >= 0 && births[id] == NEVER) {
                lows[id] = b;
                lengths[id] = 1;
                births[id] = -1;
                inOrder[count++] = id;
            }
        }
        this.byteIds = byteIds.clone();
        merges.forEachByRank(this::merge);
    }

    int count() {
        return count;
    }

    /** Every token of at most {@link WholeWords#MAX_BYTES}, lowest rank first. */
    void forEach(Visitor visitor) {
        for (int i = 0; i < count; i++) {
            int id = inOrder[i];
            if (lengths[id] <= WholeWords.MAX_BYTES) {
                visitor.token(lows[id], rests[id], lengths[id], id);
            }
        }
    }

    private void merge(int left, int right, int rank, int result) {
        if (births[result] != NEVER) {
            return;
        }
        boolean seen = lengths[result] > 0;
        if (!seen && lengths[left] > 0 && lengths[right] > 0) {
            join(left, right, result);
        }
        if (births[left] < rank && births[right] < rank && staysApart(left, right, rank)) {
            lefts[result] = left;
            rights[result] = right;
            births[result] = rank;
        } else if (seen || !isMerged(result)) {
            return;
        }
        inOrder[count++] = result;
    }

    /** Whether merging arrives at a token that is short enough: by merging. */
    private boolean isMerged(int id) {
        int length = lengths[id];
        if (length == 0 || length > WholeWords.MAX_BYTES) {
            return false;
        }
        merger.clear();
        for (int i = 0; i < length; i++) {
            long eight = i < 8 ? lows[id] >>> (8 * i) : rests[id] >>> (8 * (i - 8));
            merger.add(byteIds[(int) eight & 0xFF], i);
        }
        merger.merge(merges, new byte[0], length);
        return merger.count() == 1 && merger.id(0) == id;
    }

    private void join(int left, int right, int result) {
        int length = lengths[left] + lengths[right];
        lengths[result] = (byte) Math.min(length, WholeWords.MAX_BYTES + 1);
        if (length > WholeWords.MAX_BYTES) {
            return;
        }
        int bits = 8 * lengths[left];
        if (bits < 64) {
            lows[result] = lows[left] | lows[right] << bits;
            rests[result] = lows[right] >>> (64 - bits) | rests[right] << bits;
        } else {
            lows[result] = lows[left];
            rests[result] = rests[left] | lows[right] << (bits - 64);
        }
    }

    /** Whether no symbols merge across the border of two tokens before the tokens themselves do, at {@code rank}. */
    private boolean staysApart(int left, int right, int rank) {
        int x = left;
        int y = right;
        int xEnds = rank;
        int yEnds = rank;
        while (births[x] >= 0 || births[y] >= 0) {
            if (births[x] == births[y]) {
                return false; // One token twice: which of its merges is first depends on the place.
            }
            // The one that came later is replaced by its part at the border: what was there before it.
            if (births[x] > births[y]) {
                xEnds = births[x];
                x = rights[x];
            } else {
                yEnds = births[y];
                y = lefts[y];
            }
            int across = merges.rank(x, y);
            if (across >= 0 && across <= Math.min(xEnds, yEnds)) {
                return false;
            }
        }
        return true;
    }
}

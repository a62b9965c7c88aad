package io.jynamo.text.tokenizer;

/**
 * Encodes pieces one after the other: words that are one token come from the model's table, words that the lane has met from its own, long ones
 * from the shared cache, the rest from the model.
 *
 * <p>How it works: words go in batches. First all are looked for in the model's table, without a branch that depends on a word, so that the
 * memory's answers are waited for together; then what is not there is looked for by and by.
 */
final class WordEncoder {
    private final TokenModel model;
    private final LongWords longWords = new LongWords();

    WordEncoder(TokenModel model) {
        this.model = model;
    }

    /** The words of one batch. */
    static final class Batch {
        static final int SIZE = 64;

        /** Their first eight bytes and their others, up to {@link HotWords#MAX_BYTES}. */
        private final long[] lows = new long[SIZE];

        private final long[] rests = new long[SIZE];
        /** The ids of those that are one token, else -1. */
        private final int[] ids = new int[SIZE];
        /** Which have no id, and where the lane's table has them, or -1. */
        private final int[] others = new int[SIZE];

        private final int[] found = new int[SIZE];
    }

    void encode(Pieces pieces, Lane lane, IdBuffer out) {
        Batch batch = lane.batch;
        for (int from = 0; from < pieces.count && !out.isOver(); from += Batch.SIZE) {
            int count = Math.min(Batch.SIZE, pieces.count - from);
            int others = findWhole(pieces, from, count, batch);
            findHot(pieces, from, others, batch, lane.hot);
            emit(pieces, from, count, others, lane, out);
        }
    }

    /** Fills the batch and returns how many words have no id. */
    private int findWhole(Pieces pieces, int first, int count, Batch batch) {
        byte[] s = pieces.text;
        int[] starts = pieces.starts;
        int[] ends = pieces.ends;
        long[] lows = batch.lows;
        long[] rests = batch.rests;
        int[] ids = batch.ids;
        WholeWords whole = model.wholeWords();
        for (int i = 0; i < count; i++) {
            int from = starts[first + i];
            int length = ends[first + i] - from;
            int within = Math.min(length, HotWords.MAX_BYTES);
            long low = HotWords.low(s, from, within);
            long rest = HotWords.rest(s, from, within);
            lows[i] = low;
            rests[i] = rest;
            ids[i] = whole.findAtHome(low, rest, length);
        }
        int others = 0;
        for (int i = 0; i < count; i++) {
            batch.others[others] = i;
            others += ids[i] >>> 31;
        }
        return others;
    }

    private static void findHot(Pieces pieces, int first, int others, Batch batch, HotWords hot) {
        for (int k = 0; k < others; k++) {
            int i = batch.others[k];
            int length = pieces.ends[first + i] - pieces.starts[first + i];
            batch.found[k] = hot.find(batch.lows[i], batch.rests[i], length);
        }
    }

    private void emit(Pieces pieces, int first, int count, int others, Lane lane, IdBuffer out) {
        Batch batch = lane.batch;
        int[] single = batch.ids;
        int i = 0;
        for (int k = 0; k <= others; k++) {
            int end = k < others ? batch.others[k] : count;
            out.reserve(end - i + HotWords.MAX_IDS);
            int[] ids = out.ids;
            int n = out.count;
            while (i < end) {
                ids[n++] = single[i++];
            }
            out.count = n;
            if (k == others) {
                return;
            }
            int found = batch.found[k];
            int length = pieces.ends[first + i] - pieces.starts[first + i];
            if (found >= 0 && lane.hot.holds(found, batch.lows[i], batch.rests[i], length)) {
                out.count += lane.hot.write(found, ids, n);
            } else {
                other(pieces, first + i, i, lane, out);
            }
            i++;
        }
    }

    /** A word that was in no table when the batch was looked up; an earlier word of the batch may have been the same. */
    private void other(Pieces pieces, int piece, int inBatch, Lane lane, IdBuffer out) {
        byte[] s = pieces.text;
        int from = pieces.starts[piece];
        int to = pieces.ends[piece];
        int length = to - from;
        if (length > HotWords.MAX_BYTES) {
            longer(s, from, to, lane, out);
            return;
        }
        long low = lane.batch.lows[inBatch];
        long rest = lane.batch.rests[inBatch];
        int found = lane.hot.find(low, rest, length);
        if (found >= 0) {
            out.count += lane.hot.write(found, out.ids, out.count);
            return;
        }
        int before = out.count;
        int id = model.wholeWords().find(low, rest, length);
        if (id >= 0) {
            out.add(id);
        } else {
            model.encode(s, from, to, lane, out);
        }
        lane.hot.put(low, rest, length, out.ids, before, out.count);
    }

    private void longer(byte[] s, int from, int to, Lane lane, IdBuffer out) {
        if (out.isOver()) {
            return;
        }
        if (to - from > LongWords.MAX_BYTES) {
            // A word of a megabyte costs a hundred times its length to merge: first whether that can be of use.
            if (to - from > out.left() && model.fewest(s, from, to, out.left()) > out.left()) {
                out.giveUp();
            } else {
                model.encode(s, from, to, lane, out);
            }
            return;
        }
        int[] known = longWords.find(s, from, to);
        if (known != null) {
            out.addAll(known);
            return;
        }
        int before = out.count;
        model.encode(s, from, to, lane, out);
        longWords.put(s, from, to, out.toArray(before));
    }
}

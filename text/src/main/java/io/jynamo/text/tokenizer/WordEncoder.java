package io.jynamo.text.tokenizer;

/** Encodes pieces one after the other: common words from the lane's own table, others from the shared cache, the rest by the model. */
final class WordEncoder {
    private static final long[] LOW = WordCache.LOW;
    private static final long[] HIGH = WordCache.HIGH;

    private final TokenModel model;
    private final WordCache cache = new WordCache();

    WordEncoder(TokenModel model) {
        this.model = model;
    }

    void encode(Pieces pieces, Lane lane, IdBuffer out) {
        byte[] s = pieces.text;
        int[] starts = pieces.starts;
        int[] ends = pieces.ends;
        int count = pieces.count;
        long[] hot = lane.hot.slots;
        out.reserve(count);
        int[] ids = out.ids;
        int n = out.count;
        for (int i = 0; i < count; i++) {
            int from = starts[i];
            int length = ends[i] - from;
            if (length <= HotWords.MAX_BYTES) {
                long low = Utf8.longAt(s, from) & LOW[length];
                long key = (Utf8.longAt(s, from + 8) & HIGH[length]) | ((long) length << 32);
                int slot = HotWords.slot(low, key);
                long found = hot[slot + 1];
                if (hot[slot] == low && (found & HotWords.KEY) == key) {
                    // Room for one id per remaining piece was made.
                    ids[n++] = (int) (found >>> HotWords.ID_SHIFT);
                    continue;
                }
            }
            out.count = n;
            other(s, from, ends[i], lane, out);
            n = out.count;
            if (out.ids.length - n < count - i) {
                out.reserve(count - i);
            }
            ids = out.ids;
        }
        out.count = n;
    }

    /** A word that is not hot. */
    private void other(byte[] s, int from, int to, Lane lane, IdBuffer out) {
        int length = to - from;
        if (length > WordCache.SHORT_BYTES) {
            longer(s, from, to, lane, out);
            return;
        }
        long low = WordCache.low(s, from, length);
        long high = WordCache.high(s, from, length);
        WordCache.Entry entry = cache.findShort(low, high);
        int id;
        if (entry == null) {
            int before = out.count;
            model.encode(s, from, to, lane, out);
            int[] found = out.toArray(before);
            cache.putShort(low, high, found);
            id = found.length == 1 ? found[0] : -1;
        } else {
            id = entry.id;
            if (id >= 0) {
                out.add(id);
            } else {
                out.addAll(entry.ids);
            }
        }
        if (id >= 0 && length <= HotWords.MAX_BYTES) {
            lane.hot.put(low, (high & 0xFFFFFFFFL) | ((long) length << 32), id);
        }
    }

    private void longer(byte[] s, int from, int to, Lane lane, IdBuffer out) {
        if (to - from > WordCache.MAX_BYTES) {
            model.encode(s, from, to, lane, out);
            return;
        }
        WordCache.Entry entry = cache.findLong(s, from, to);
        if (entry != null) {
            out.addAll(entry.ids);
            return;
        }
        int before = out.count;
        model.encode(s, from, to, lane, out);
        cache.putLong(s, from, to, out.toArray(before));
    }
}

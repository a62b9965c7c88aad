package io.jynamo.text.tokenizer;

/** Encodes pieces one after the other, through the cache where they are short enough to be kept. */
final class WordEncoder {
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
        out.reserve(count);
        int[] ids = out.ids;
        int n = out.count;
        for (int i = 0; i < count; i++) {
            int from = starts[i];
            int length = ends[i] - from;
            if (length <= WordCache.SHORT_BYTES) {
                long low = WordCache.low(s, from, length);
                long high = WordCache.high(s, from, length);
                WordCache.Entry entry = cache.findShort(low, high);
                if (entry != null && entry.id >= 0) {
                    // Room for one id per remaining piece was made.
                    ids[n++] = entry.id;
                    continue;
                }
                out.count = n;
                if (entry != null) {
                    out.addAll(entry.ids);
                } else {
                    model.encode(s, from, ends[i], lane, out);
                    cache.putShort(low, high, out.toArray(n));
                }
            } else {
                out.count = n;
                encodeLong(s, from, ends[i], lane, out);
            }
            out.reserve(count - i);
            ids = out.ids;
            n = out.count;
        }
        out.count = n;
    }

    private void encodeLong(byte[] s, int from, int to, Lane lane, IdBuffer out) {
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

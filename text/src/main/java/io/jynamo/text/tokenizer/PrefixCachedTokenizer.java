package io.jynamo.text.tokenizer;

import io.jynamo.text.Encoded;
import io.jynamo.text.IncrementalDecoder;
import io.jynamo.text.Tokenizer;
import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A tokenizer that remembers the ids of long prompts' parts, so that a prompt that shares its beginning (or any part) with an earlier one
 * costs only what is new.
 *
 * <p>How it works: a text is cut at {@link SafeCuts} at least {@link #PART} characters apart. Cuts depend on what stands before them alone,
 * so texts with one beginning are cut alike. Every part but the last is looked up by its text (compared in full, not by hash alone) and
 * kept, least recently used first out, within a budget of bytes. Ids are exactly those of the tokenizer underneath.
 */
public final class PrefixCachedTokenizer implements Tokenizer {
    /** The least characters of a part. */
    static final int PART = 1024;

    private static final int ENTRY_BYTES = 160;

    private final PipelineTokenizer tokenizer;
    private final SafeCuts cuts;
    private final long capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final LinkedHashMap<Part, int[]> parts = new LinkedHashMap<>(64, 0.75f, true);
    private long size;

    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder cachedTokens = new LongAdder();
    private final LongAdder uncachedTokens = new LongAdder();

    /**
     * What the cache has done so far.
     *
     * @param hits parts found
     * @param misses parts looked for and not found
     * @param cachedTokens ids that were not computed again
     * @param uncachedTokens ids that were computed
     */
    public record Counts(long hits, long misses, long cachedTokens, long uncachedTokens) {}

    private record Part(String text, boolean plain, boolean first) {}

    /**
     * Puts a cache before a tokenizer.
     *
     * @param tokenizer one that {@link Tokenizers} made
     * @param capacity bytes the cache may hold, texts and ids together
     * @throws IllegalArgumentException for a tokenizer of another kind, or a capacity below zero
     */
    public PrefixCachedTokenizer(Tokenizer tokenizer, long capacity) {
        if (!(tokenizer instanceof PipelineTokenizer pipeline)) {
            throw new IllegalArgumentException("only tokenizers made by Tokenizers can be cached");
        }
        if (capacity < 0) {
            throw new IllegalArgumentException("capacity " + capacity + " is below zero");
        }
        this.tokenizer = pipeline;
        this.cuts = new SafeCuts(pipeline);
        this.capacity = capacity;
    }

    public Counts counts() {
        return new Counts(hits.sum(), misses.sum(), cachedTokens.sum(), uncachedTokens.sum());
    }

    /** Bytes held now. */
    public long size() {
        lock.lock();
        try {
            return size;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int[] encode(String text, SpecialText specials) {
        return Objects.requireNonNull(tryEncode(text, specials, IdBuffer.UNLIMITED));
    }

    @Override
    public Encoded encode(String text, SpecialText specials, int limit) {
        int[] ids = tryEncode(text, specials, limit);
        return ids == null ? new Encoded.MoreThan(limit) : new Encoded.Whole(ids);
    }

    /** Null where there are more ids than the limit. */
    private int @Nullable [] tryEncode(String text, SpecialText specials, int limit) {
        boolean plain = specials == SpecialText.PLAIN;
        if (limit < 0 || tokenizer.isSurelyOver(text, limit)) {
            return null;
        }
        int[] at = text.length() <= PART ? new int[0] : cuts.of(text, plain, PART);
        if (at.length == 0) {
            return counted(tokenizer.tryEncode(text, plain, true, limit));
        }
        var all = new IdBuffer();
        int from = 0;
        for (int to : at) {
            int[] ids = part(text.substring(from, to), plain, from == 0, limit - all.count);
            if (ids == null) {
                return null;
            }
            all.addAll(ids);
            from = to;
        }
        int[] ids = counted(tokenizer.tryEncode(text.substring(from), plain, false, limit - all.count));
        if (ids == null) {
            return null;
        }
        all.addAll(ids);
        return all.toArray();
    }

    private int @Nullable [] part(String text, boolean plain, boolean first, int limit) {
        var key = new Part(text, plain, first);
        int[] known = find(key);
        if (known != null) {
            hits.increment();
            cachedTokens.add(known.length);
            return known.length > limit ? null : known;
        }
        misses.increment();
        int[] ids = counted(tokenizer.tryEncode(text, plain, first, limit));
        if (ids != null) {
            keep(key, ids);
        }
        return ids;
    }

    private int @Nullable [] counted(int @Nullable [] ids) {
        if (ids != null) {
            uncachedTokens.add(ids.length);
        }
        return ids;
    }

    private int @Nullable [] find(Part key) {
        lock.lock();
        try {
            return parts.get(key);
        } finally {
            lock.unlock();
        }
    }

    private void keep(Part key, int[] ids) {
        long bytes = bytes(key, ids);
        if (bytes > capacity) {
            return;
        }
        lock.lock();
        try {
            if (parts.putIfAbsent(key, ids) == null) {
                size += bytes;
            }
            var eldest = parts.entrySet().iterator();
            while (size > capacity) {
                var entry = eldest.next();
                size -= bytes(entry.getKey(), entry.getValue());
                eldest.remove();
            }
        } finally {
            lock.unlock();
        }
    }

    private static long bytes(Part key, int[] ids) {
        return ENTRY_BYTES + 2L * key.text.length() + 4L * ids.length;
    }

    @Override
    public int[] encodeFramed(String text, SpecialText specials) {
        return tokenizer.parts().frame().around(encode(text, specials));
    }

    @Override
    public Encoded encodeFramed(String text, SpecialText specials, int limit) {
        return tokenizer.parts().frame().around(limit, within -> encode(text, specials, within));
    }

    @Override
    public String decode(int[] ids, boolean skipSpecial) {
        return tokenizer.decode(ids, skipSpecial);
    }

    @Override
    public IncrementalDecoder newDecoder(boolean skipSpecial) {
        return tokenizer.newDecoder(skipSpecial);
    }

    @Override
    public int vocabularySize() {
        return tokenizer.vocabularySize();
    }

    @Override
    public OptionalInt findId(String token) {
        return tokenizer.findId(token);
    }

    @Override
    public String token(int id) {
        return tokenizer.token(id);
    }

    @Override
    public byte[] bytes(int id) {
        return tokenizer.bytes(id);
    }

    @Override
    public boolean isSpecial(int id) {
        return tokenizer.isSpecial(id);
    }
}

package io.jynamo.text.tokenizer;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Byte pair encoding, over bytes or over characters.
 *
 * <p>How it works: a piece becomes symbols (each byte's id, or each character's id, the ids of its bytes, or the unknown id), which {@link
 * BpeMerger} merges by rank. Where merges are by text ({@link ConcatRanks}) a symbol may be no token yet; what is still none after merging
 * falls back to its bytes.
 */
final class BpeModel implements TokenModel {
    private final PairRanks ranks;
    private final ByteIndex index;
    private final Settings settings;
    /** Ids of single bytes: of the byte itself over bytes, of its {@code <0xXX>} token over characters; -1 where there is none. */
    private final int[] byteIds;

    private final boolean bytesComplete;
    private final @Nullable ByteMerger byteMerger;
    private final WholeWords wholeWords;
    private final Cover cover = new Cover();

    /**
     * What differs between the families.
     *
     * @param overBytes symbols are bytes, not characters
     * @param wholeFirst a piece that is a token is that token, whatever the merges say
     * @param fallbackLast unknown characters fall back after merging, as SentencePiece does, not before
     * @param unknownId the id of what has no token, or -1: it is dropped
     * @param fuseUnknown neighbouring unknown characters make one unknown token
     * @param continuing prefix that characters after the first carry in the vocabulary, or empty
     * @param last suffix that the last character carries, or empty
     */
    record Settings(
            boolean overBytes,
            boolean wholeFirst,
            boolean fallbackLast,
            int unknownId,
            boolean fuseUnknown,
            String continuing,
            String last) {}

    BpeModel(PairRanks ranks, ByteIndex index, int[] byteIds, Settings settings) {
        this.ranks = ranks;
        this.index = index;
        this.byteIds = byteIds.clone();
        this.settings = settings;
        boolean complete = true;
        for (int id : byteIds) {
            complete &= id >= 0;
        }
        this.bytesComplete = complete;
        boolean listed = settings.overBytes && ranks instanceof MergeTable;
        this.byteMerger = listed ? ByteMerger.of((MergeTable) ranks, this.byteIds) : null;
        if (settings.overBytes && settings.wholeFirst) {
            this.wholeWords = WholeWords.all(index);
        } else {
            this.wholeWords = listed ? WholeWords.reached((MergeTable) ranks, this.byteIds) : WholeWords.NONE;
        }
    }

    @Override
    public WholeWords wholeWords() {
        return wholeWords;
    }

    @Override
    public int fewest(byte[] s, int from, int to, int enough) {
        PieceCover known = cover.get();
        return known == null ? 0 : known.fewest(s, from, to, enough);
    }

    @Override
    public int longest() {
        PieceCover known = bytesComplete ? cover.get() : null;
        return known == null ? Integer.MAX_VALUE : known.longest();
    }

    /** Made when the first huge text comes, which for most servers is never. */
    private final class Cover {
        private boolean made;
        private @Nullable PieceCover cover;

        synchronized @Nullable PieceCover get() {
            if (!made) {
                cover = BpePieces.cover(ranks, index, byteIds, settings);
                made = true;
            }
            return cover;
        }
    }

    /** Whether every text has ids without the unknown one, so that pieces can be cut anywhere no merge crosses. */
    boolean isComplete() {
        return bytesComplete;
    }

    @Override
    public void encode(byte[] s, int from, int to, Lane lane, IdBuffer out) {
        if (settings.wholeFirst && !(settings.overBytes && to - from <= WholeWords.MAX_BYTES)) {
            int whole = index.find(s, from, to);
            if (whole >= 0) {
                out.add(whole);
                return;
            }
        }
        if (byteMerger != null && to - from <= ByteMerger.MAX_BYTES) {
            byteMerger.encode(s, from, to, lane.bytes, out);
            return;
        }
        BpeMerger merger = lane.merger;
        merger.clear();
        merger.reserve(to - from);
        if (settings.overBytes) {
            addBytes(merger, s, from, to);
        } else {
            addCharacters(merger, s, from, to);
        }
        merger.merge(ranks, s, to);
        out.reserve(merger.count());
        boolean afterUnknown = false;
        for (int i = 0; i < merger.count(); i++) {
            int id = merger.id(i);
            if (id >= 0) {
                out.add(id);
                afterUnknown = false;
            } else {
                afterUnknown = fallback(s, merger.start(i), merger.start(i + 1), afterUnknown, out);
            }
        }
    }

    private void addBytes(BpeMerger merger, byte[] s, int from, int to) {
        boolean afterUnknown = false;
        for (int i = from; i < to; i++) {
            int id = byteIds[s[i] & 0xFF];
            if (id >= 0) {
                merger.add(id, i);
                afterUnknown = false;
            } else if (settings.unknownId >= 0) {
                if (!(settings.fuseUnknown && afterUnknown)) {
                    merger.add(settings.unknownId, i);
                }
                afterUnknown = true;
            }
        }
    }

    private void addCharacters(BpeMerger merger, byte[] s, int from, int to) {
        boolean afterUnknown = false;
        for (int p = from; p < to; ) {
            int after = p + Utf8.width(s[p]);
            int id = characterId(s, p, after, p == from, after == to);
            if (id >= 0 || settings.fallbackLast) {
                merger.add(id, p);
                afterUnknown = false;
            } else if (hasBytes(s, p, after)) {
                for (int i = p; i < after; i++) {
                    merger.add(byteIds[s[i] & 0xFF], i);
                }
                afterUnknown = false;
            } else if (settings.unknownId >= 0) {
                if (!(settings.fuseUnknown && afterUnknown)) {
                    merger.add(settings.unknownId, p);
                }
                afterUnknown = true;
            }
            p = after;
        }
    }

    private int characterId(byte[] s, int from, int to, boolean first, boolean last) {
        boolean prefixed = !first && !settings.continuing.isEmpty();
        boolean suffixed = last && !settings.last.isEmpty();
        if (!prefixed && !suffixed) {
            return index.find(s, from, to);
        }
        String key = (prefixed ? settings.continuing : "") + Utf8.string(s, from, to) + (suffixed ? settings.last : "");
        return index.find(key.getBytes(StandardCharsets.UTF_8));
    }

    private boolean hasBytes(byte[] s, int from, int to) {
        for (int i = from; i < to; i++) {
            if (byteIds[s[i] & 0xFF] < 0) {
                return false;
            }
        }
        return true;
    }

    private boolean fallback(byte[] s, int from, int to, boolean afterUnknown, IdBuffer out) {
        if (hasBytes(s, from, to)) {
            for (int i = from; i < to; i++) {
                out.add(byteIds[s[i] & 0xFF]);
            }
            return false;
        }
        if (settings.unknownId >= 0 && !(settings.fuseUnknown && afterUnknown)) {
            out.add(settings.unknownId);
        }
        return true;
    }

    /** Ids of the {@code <0x00>} to {@code <0xFF>} tokens of a vocabulary, -1 for those it lacks. */
    static int[] byteTokens(Vocabulary vocabulary) {
        var ids = new int[256];
        for (int b = 0; b < 256; b++) {
            ids[b] = vocabulary.find(String.format("<0x%02X>", b));
        }
        return ids;
    }

    /** The byte a token such as {@code <0x0A>} stands for, or -1. */
    static int byteOf(@Nullable String token) {
        if (token == null || token.length() != 6 || !token.startsWith("<0x") || token.charAt(5) != '>') {
            return -1;
        }
        int high = Character.digit(token.charAt(3), 16);
        int low = Character.digit(token.charAt(4), 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }
}

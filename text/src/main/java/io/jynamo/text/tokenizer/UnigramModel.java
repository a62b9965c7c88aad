package io.jynamo.text.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Unigram: the segmentation whose summed scores are highest, found by dynamic programming from left to right; among equals the one found
 * first. A character without a token costs ten less than the worst token.
 */
final class UnigramModel implements TokenModel {
    private static final double UNKNOWN_PENALTY = 10;
    private static final int NO_BYTE = 1 << 8;

    private final ByteTrie trie;
    private final double[] scores;
    private final double unknownScore;
    private final Settings settings;
    private final int[] byteIds;
    private final boolean bytesComplete;
    /** What the unknown token's own text begins with, or beyond all bytes: where a text spells it, it is unknown. */
    private final int unknownFirst;

    private @Nullable PieceCover cover;

    /**
     * What differs between the libraries.
     *
     * @param singlePrecision sums are kept in float, as SentencePiece keeps them
     */
    record Settings(int unknownId, boolean singlePrecision) {}

    /**
     * @param keys the bytes of each id that takes part, null for others
     * @param byteIds what an unknown character falls back to, or an empty array
     */
    UnigramModel(String[] keys, double[] scores, int[] byteIds, Settings settings) {
        this.trie = new ByteTrie();
        double worst = Double.POSITIVE_INFINITY;
        for (int id = 0; id < keys.length; id++) {
            if (keys[id] != null && !keys[id].isEmpty()) {
                trie.add(keys[id].getBytes(StandardCharsets.UTF_8), id);
                worst = Math.min(worst, scores[id]);
            }
        }
        this.scores = scores.clone();
        this.unknownScore = worst - UNKNOWN_PENALTY;
        this.byteIds = byteIds.clone();
        this.settings = settings;
        this.bytesComplete = byteIds.length == 256 && Arrays.stream(byteIds).allMatch(id -> id >= 0);
        String unknown = settings.unknownId < 0 || settings.unknownId >= keys.length ? null : keys[settings.unknownId];
        this.unknownFirst =
                unknown == null || unknown.isEmpty() ? NO_BYTE : unknown.getBytes(StandardCharsets.UTF_8)[0];
    }

    @Override
    public void encode(byte[] s, int from, int to, Lane lane, IdBuffer out) {
        int n = to - from;
        Lattice lattice = lane.lattice;
        lattice.ensure(n + 1);
        for (int i = 1; i <= n; i++) {
            lattice.starts[i] = -1;
        }
        lattice.scores[0] = 0;
        for (int at = 0; at < n; at += Utf8.width(s[from + at])) {
            extend(s, from, at, n, lattice);
        }
        write(s, from, n, lattice, out);
    }

    @Override
    public int fewest(byte[] s, int from, int to, int enough) {
        return cover().fewest(s, from, bytesComplete ? to : endOfKnown(s, from, to), enough);
    }

    @Override
    public int longest() {
        return bytesComplete ? cover().longest() : Integer.MAX_VALUE;
    }

    /** Made when the first huge text comes, which for most servers is never. */
    private synchronized PieceCover cover() {
        PieceCover known = cover;
        if (known == null) {
            known = new PieceCover(trie, new BitSet());
            cover = known;
        }
        return known;
    }

    /** Up to where each character has a token of its own, so that none is unknown: many unknown ones may share one id. */
    private int endOfKnown(byte[] s, int from, int to) {
        int p = from;
        while (p < to && s[p] != unknownFirst) {
            int end = p + Utf8.width(s[p]);
            int node = 0;
            for (int i = p; i < end && node >= 0; i++) {
                node = trie.child(node, s[i]);
            }
            if (node < 0 || trie.id(node) < 0) {
                break;
            }
            p = end;
        }
        return p;
    }

    private void extend(byte[] s, int from, int at, int n, Lattice lattice) {
        int width = Utf8.width(s[from + at]);
        double here = lattice.scores[at];
        boolean single = false;
        int node = 0;
        for (int end = at; end < n; ) {
            node = trie.child(node, s[from + end++]);
            if (node < 0) {
                break;
            }
            int id = trie.id(node);
            if (id >= 0) {
                offer(lattice, at, end, id, here, scores[id]);
                single |= end - at == width;
            }
        }
        if (!single) {
            offer(lattice, at, at + width, settings.unknownId, here, unknownScore);
        }
    }

    private void offer(Lattice lattice, int start, int end, int id, double here, double score) {
        double total = settings.singlePrecision ? (float) here + (float) score : here + score;
        if (lattice.starts[end] < 0 || total > lattice.scores[end]) {
            lattice.scores[end] = total;
            lattice.starts[end] = start;
            lattice.ids[end] = id;
        }
    }

    /** Follows the best path back and writes it forwards; neighbouring unknown characters are one. */
    private void write(byte[] s, int from, int n, Lattice lattice, IdBuffer out) {
        int first = out.count;
        for (int end = n; end > 0; ) {
            int start = lattice.starts[end];
            int id = lattice.ids[end];
            boolean unknown = id == settings.unknownId;
            if (unknown) {
                while (start > 0 && lattice.ids[start] == settings.unknownId) {
                    start = lattice.starts[start];
                }
            }
            if (unknown && hasBytes(s, from + start, from + end)) {
                for (int i = end - 1; i >= start; i--) {
                    out.add(byteIds[s[from + i] & 0xFF]);
                }
            } else if (id >= 0) {
                out.add(id);
            }
            end = start;
        }
        for (int i = first, j = out.count - 1; i < j; i++, j--) {
            int id = out.ids[i];
            out.ids[i] = out.ids[j];
            out.ids[j] = id;
        }
    }

    private boolean hasBytes(byte[] s, int from, int to) {
        if (byteIds.length == 0) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (byteIds[s[i] & 0xFF] < 0) {
                return false;
            }
        }
        return true;
    }
}

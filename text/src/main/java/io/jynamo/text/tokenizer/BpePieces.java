package io.jynamo.text.tokenizer;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Which bytes the ids of a {@link BpeModel} stand for, all that merging can arrive at, as a trie. */
final class BpePieces {
    private BpePieces() {}

    /** The pieces, or null where an id may stand for other bytes than its own: then nothing is certain of how many a text has. */
    static @Nullable ByteTrie of(PairRanks ranks, ByteIndex index, int[] byteIds, BpeModel.Settings settings) {
        boolean plain = settings.continuing().isEmpty() && settings.last().isEmpty();
        boolean complete = Arrays.stream(byteIds).allMatch(id -> id >= 0);
        // Unknown characters share an id or have none.
        if (!plain || !complete) {
            return null;
        }
        var trie = new ByteTrie();
        for (int id = 0; id < index.size(); id++) {
            byte[] key = index.key(id);
            if (key.length > 0) {
                trie.add(key, id);
            }
        }
        if (ranks instanceof MergeTable merges) {
            if (settings.overBytes()) {
                addMerged(merges, byteIds, trie);
            } else if (mergesBytes(merges, byteIds)) {
                return null;
            }
        }
        return trie;
    }

    /** Whether tokens such as {@code <0x0A>} are merged: what they become is spelled otherwise than the bytes it stands for. */
    private static boolean mergesBytes(MergeTable merges, int[] byteIds) {
        var ofBytes = new BitSet();
        Arrays.stream(byteIds).forEach(ofBytes::set);
        boolean[] found = {false};
        merges.forEachByRank((left, right, rank, result) -> found[0] |= ofBytes.get(left) || ofBytes.get(right));
        return found[0];
    }

    /** Parts mostly come before what they make; where they do not, it takes another round. */
    private static void addMerged(MergeTable merges, int[] byteIds, ByteTrie trie) {
        int ids = 1 + Math.max(merges.maxId(), Arrays.stream(byteIds).max().orElse(0));
        var bytes = new byte[ids][];
        for (int b = 0; b < byteIds.length; b++) {
            bytes[byteIds[b]] = new byte[] {(byte) b};
        }
        boolean[] more = {true};
        while (more[0]) {
            more[0] = false;
            merges.forEachByRank((left, right, rank, result) -> {
                if (bytes[result] == null && bytes[left] != null && bytes[right] != null) {
                    byte[] joined = Arrays.copyOf(bytes[left], bytes[left].length + bytes[right].length);
                    System.arraycopy(bytes[right], 0, joined, bytes[left].length, bytes[right].length);
                    bytes[result] = joined;
                    trie.add(joined, result);
                    more[0] = true;
                }
            });
        }
    }
}

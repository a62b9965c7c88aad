package io.jynamo.text.tokenizer;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Which bytes the ids of a {@link BpeModel} stand for, all that merging can arrive at, as a trie. */
final class BpePieces {
    private BpePieces() {}

    /** The cover of texts by the pieces, or null where an id may stand for other bytes than its own: then nothing is certain. */
    static @Nullable PieceCover cover(PairRanks ranks, ByteIndex index, int[] byteIds, BpeModel.Settings settings) {
        if (!settings.continuing().isEmpty() || !settings.last().isEmpty()) {
            return null;
        }
        var lacking = new BitSet();
        for (int b = 0; b < byteIds.length; b++) {
            lacking.set(b, byteIds[b] < 0);
        }
        // Unknown characters share an id or have none; unknown bytes are as if they were not there.
        if (!settings.overBytes() && !lacking.isEmpty()) {
            return null;
        }
        var trie = new ByteTrie();
        for (int id = 0; id < index.size(); id++) {
            byte[] key = without(lacking, index.key(id));
            if (key.length > 0) {
                trie.add(key, id);
            }
        }
        if (ranks instanceof MergeTable merges) {
            var foreign = new BitSet();
            if (settings.unknownId() >= 0) {
                foreign.set(settings.unknownId());
            }
            if (!settings.overBytes()) {
                Arrays.stream(byteIds).forEach(foreign::set);
            }
            if (mergesAny(merges, foreign)) {
                return null;
            }
            if (settings.overBytes()) {
                addMerged(merges, byteIds, trie);
            }
        }
        return new PieceCover(trie, lacking);
    }

    private static byte[] without(BitSet lacking, byte[] key) {
        var kept = new byte[key.length];
        int count = 0;
        for (byte b : key) {
            if (!lacking.get(b & 0xFF)) {
                kept[count++] = b;
            }
        }
        return Arrays.copyOf(kept, count);
    }

    /** Whether the unknown token, or one such as {@code <0x0A>}, is merged: what that becomes is spelled otherwise than what it stands for. */
    private static boolean mergesAny(MergeTable merges, BitSet ids) {
        boolean[] found = {false};
        merges.forEachByRank((left, right, rank, result) -> found[0] |= ids.get(left) || ids.get(right));
        return found[0];
    }

    /** Parts mostly come before what they make; where they do not, it takes another round. */
    private static void addMerged(MergeTable merges, int[] byteIds, ByteTrie trie) {
        int ids = 1 + Math.max(merges.maxId(), Arrays.stream(byteIds).max().orElse(0));
        var bytes = new byte[ids][];
        for (int b = 0; b < byteIds.length; b++) {
            if (byteIds[b] >= 0) {
                bytes[byteIds[b]] = new byte[] {(byte) b};
            }
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

package io.jynamo.text.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A SentencePiece vocabulary: text, score and kind of each piece. From it come the models, added tokens and decoding of that family. */
final class ScoredVocabulary {
    static final int NORMAL = 1;
    static final int UNKNOWN = 2;
    static final int CONTROL = 3;
    static final int USER_DEFINED = 4;
    static final int UNUSED = 5;
    static final int BYTE = 6;

    private final String[] texts;
    private final float[] scores;
    private final int[] kinds;
    private final Vocabulary vocabulary;

    ScoredVocabulary(String[] texts, float[] scores, int[] kinds) {
        this.texts = texts.clone();
        this.scores = scores.clone();
        this.kinds = kinds.clone();
        this.vocabulary = new Vocabulary(texts.length);
        for (int id = 0; id < texts.length; id++) {
            if (Float.isNaN(scores[id])) {
                throw Refusal.corrupt("the score of token " + id + " is not a number");
            }
            vocabulary.add(id, texts[id]);
        }
    }

    Vocabulary vocabulary() {
        return vocabulary;
    }

    int size() {
        return texts.length;
    }

    int kind(int id) {
        return kinds[id];
    }

    int firstOf(int kind) {
        for (int id = 0; id < kinds.length; id++) {
            if (kinds[id] == kind) {
                return id;
            }
        }
        return -1;
    }

    /** Merges by score: the higher the earlier; equal scores share a rank, so that the leftmost goes first. */
    BpeModel bpe(int unknownId) {
        var keys = new byte[texts.length][];
        for (int id = 0; id < keys.length; id++) {
            if (kinds[id] == NORMAL || kinds[id] == USER_DEFINED || kinds[id] == UNUSED) {
                keys[id] = texts[id].getBytes(StandardCharsets.UTF_8);
            }
        }
        float[] distinct = scores.clone();
        Arrays.sort(distinct);
        var ranks = new int[texts.length];
        for (int id = 0; id < ranks.length; id++) {
            // Any entry of equal scores must give the same rank: go to the first.
            ranks[id] = keys[id] == null ? -1 : distinct.length - 1 - lowest(distinct, scores[id]);
        }
        ByteIndex index = ByteIndex.of(keys);
        var settings = new BpeModel.Settings(false, false, true, unknownId, true, "", "");
        return new BpeModel(new ConcatRanks(index, ranks), index, byteIds(), settings);
    }

    private static int lowest(float[] sorted, float value) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Float.compare(sorted[middle], value) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Unigram with SentencePiece's scores for user-defined pieces, which always win. */
    UnigramModel unigram(int unknownId, boolean singlePrecision, boolean byteFallback) {
        float best = Float.NEGATIVE_INFINITY;
        for (int id = 0; id < scores.length; id++) {
            if (kinds[id] == NORMAL) {
                best = Math.max(best, scores[id]);
            }
        }
        var keys = new String[texts.length];
        var own = new double[texts.length];
        for (int id = 0; id < keys.length; id++) {
            own[id] = scores[id];
            if (kinds[id] == NORMAL || kinds[id] == USER_DEFINED) {
                keys[id] = texts[id];
            }
            if (kinds[id] == USER_DEFINED) {
                own[id] = texts[id].getBytes(StandardCharsets.UTF_8).length * best - 0.1;
            }
        }
        int[] bytes = byteFallback ? byteIds() : new int[0];
        return new UnigramModel(keys, own, bytes, new UnigramModel.Settings(unknownId, singlePrecision));
    }

    private int[] byteIds() {
        var ids = new int[256];
        Arrays.fill(ids, -1);
        for (int id = 0; id < texts.length; id++) {
            int b = kinds[id] == BYTE ? BpeModel.byteOf(texts[id]) : -1;
            if (b >= 0) {
                ids[b] = id;
            }
        }
        return ids;
    }

    /** Control and unknown pieces are special; user-defined ones are looked for in the normalized text, or as they stand. */
    List<AddedToken> added(boolean userDefinedNormalized) {
        var tokens = new ArrayList<AddedToken>();
        for (int id = 0; id < texts.length; id++) {
            if (kinds[id] == CONTROL || kinds[id] == UNKNOWN) {
                tokens.add(AddedToken.special(id, texts[id]));
            } else if (kinds[id] == USER_DEFINED) {
                tokens.add(new AddedToken(id, texts[id], false, userDefinedNormalized, false, false, false));
            }
        }
        return tokens;
    }

    ByteTrie userDefinedTrie() {
        var trie = new ByteTrie();
        for (int id = 0; id < texts.length; id++) {
            if (kinds[id] == USER_DEFINED) {
                trie.add(texts[id].getBytes(StandardCharsets.UTF_8), id);
            }
        }
        return trie;
    }
}

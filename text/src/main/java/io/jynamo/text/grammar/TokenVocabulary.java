package io.jynamo.text.grammar;

import io.jynamo.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * The tokens of a model as the bytes they stand for, prepared once for masks and shared by all requests. Tokens without bytes are never allowed;
 * those that end a text are allowed where a constraint may end. A special token stands for its text behind a byte that is in no text, so that
 * only a constraint that speaks of the token allows it ({@link Markup}).
 */
public final class TokenVocabulary {
    private static final int MAX_PIECE = 1 << 14;
    /** The common rules have some 300 nodes. */
    private static final long COMMON_BYTES = 16L << 20;
    /** In no UTF-8 text. */
    private static final byte NO_TEXT = (byte) 0xFF;

    private final byte[][] pieces;
    private final int[] endIds;
    /** Tokens that {@link PlainText} speaks of. */
    private final long[] plain;
    /** The plain ones in the first tree, all others that have bytes in the second. */
    private final TokenTrie trie;

    private final LocalMasks common;

    private TokenVocabulary(byte[][] pieces, int[] endIds) {
        this.pieces = pieces;
        this.endIds = endIds;
        BitSet plainIds = PlainText.tokens(pieces);
        this.plain = plainIds.toLongArray();
        this.trie = new TokenTrie(
                pieces,
                plainIds.stream().toArray(),
                IntStream.range(0, pieces.length)
                        .filter(id -> pieces[id].length > 0 && !plainIds.get(id))
                        .toArray());
        this.common = new LocalMasks(this, COMMON_BYTES);
    }

    /**
     * A vocabulary.
     *
     * @param pieces the bytes of each id; empty for tokens that no text holds, and those longer than 16 KiB count as such
     * @param endIds ids that end a text, below {@code pieces.length}; their bytes do not count
     */
    public static TokenVocabulary of(byte[][] pieces, int... endIds) {
        var own = new byte[pieces.length][];
        for (int id = 0; id < own.length; id++) {
            own[id] = pieces[id].length > MAX_PIECE ? new byte[0] : pieces[id].clone();
        }
        for (int id : endIds) {
            own[id] = new byte[0];
        }
        return new TokenVocabulary(own, endIds.clone());
    }

    /** The vocabulary of a tokenizer. */
    public static TokenVocabulary of(Tokenizer tokenizer, int... endIds) {
        var pieces = new byte[tokenizer.vocabularySize()][];
        for (int id = 0; id < pieces.length; id++) {
            pieces[id] = tokenizer.isSpecial(id)
                    ? special(tokenizer.token(id).getBytes(StandardCharsets.UTF_8))
                    : ofText(tokenizer.bytes(id));
        }
        return of(pieces, endIds);
    }

    /** What a special token of this text stands for. */
    static byte[] special(byte[] text) {
        var piece = new byte[text.length + 1];
        piece[0] = NO_TEXT;
        System.arraycopy(text, 0, piece, 1, text.length);
        return piece;
    }

    /** A token with a byte that no text holds is never allowed, as with those after it it could pass for a special one. */
    private static byte[] ofText(byte[] piece) {
        for (byte b : piece) {
            if (b == NO_TEXT) {
                return new byte[0];
            }
        }
        return piece;
    }

    /** Number of ids. */
    public int size() {
        return pieces.length;
    }

    /** How many longs a mask has, 64 ids each. */
    public int maskLength() {
        return (pieces.length + 63) >> 6;
    }

    /** The bytes an id stands for; empty for those that are never allowed. */
    public byte[] bytes(int id) {
        return pieces[id].clone();
    }

    byte[] piece(int id) {
        return pieces[id];
    }

    boolean ends(int id) {
        return Arrays.stream(endIds).anyMatch(end -> end == id);
    }

    void addEnds(long[] bits) {
        for (int id : endIds) {
            bits[id >> 6] |= 1L << id;
        }
    }

    void addPlain(long[] bits) {
        for (int i = 0; i < plain.length; i++) {
            bits[i] |= plain[i];
        }
    }

    TokenTrie trie() {
        return trie;
    }

    /** Local masks of the rules that all grammars share. */
    LocalMasks common() {
        return common;
    }
}

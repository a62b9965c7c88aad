package io.jynamo.text.grammar;

import java.util.Arrays;

/**
 * Follows one text token by token and tells which may come next. Its state is a function of the tokens accepted: one that is fed the same
 * tokens, on another machine or after a migration, is where this one is. Belongs to one thread at a time.
 */
public final class TokenMatcher {
    private final TokenMasks masks;
    private Configuration at;
    private boolean ended;

    TokenMatcher(TokenMasks masks, Configuration at) {
        this.masks = masks;
        this.at = at;
    }

    /**
     * Sets the bits of the tokens that may come next and clears all others; bit {@code id & 63} of word {@code id >> 6}. After an end token
     * none may. With a vocabulary that lacks single bytes it can be that none may before the text is complete.
     *
     * @param bits at least {@link TokenVocabulary#maskLength()} longs
     */
    public void mask(long[] bits) {
        if (bits.length < masks.vocabulary().maskLength()) {
            throw new IllegalArgumentException(
                    "A mask has " + masks.vocabulary().maskLength() + " longs, not " + bits.length);
        }
        if (ended) {
            Arrays.fill(bits, 0);
            return;
        }
        probe(new Effort()).copyTo(bits);
    }

    /** The tokens that may come next, and what it takes to find out. */
    TokenSet probe(Effort effort) {
        at = masks.current(at);
        try {
            return masks.mask(at, effort);
        } finally {
            at = masks.current(at); // nothing that was found out is kept past its time
        }
    }

    /** How many longs a mask has at least. */
    public int maskLength() {
        return masks.vocabulary().maskLength();
    }

    /** Whether the token may come next, without a mask. */
    public boolean allows(int token) {
        var vocabulary = masks.vocabulary();
        if (ended || token < 0 || token >= vocabulary.size()) {
            return false;
        }
        if (vocabulary.ends(token)) {
            return at.complete;
        }
        return vocabulary.piece(token).length > 0 && !masks.after(at, token).isDead();
    }

    /** Goes on by a token; false, and nothing changes, where it is not allowed. */
    public boolean accept(int token) {
        if (!allows(token)) {
            return false;
        }
        if (masks.vocabulary().ends(token)) {
            ended = true;
        } else {
            at = masks.after(masks.current(at), token);
        }
        return true;
    }

    /** Goes on by tokens generated before; how many were accepted, all unless one is not allowed. */
    public int acceptAll(int... tokens) {
        for (int i = 0; i < tokens.length; i++) {
            if (!accept(tokens[i])) {
                return i;
            }
        }
        return tokens.length;
    }

    /** Whether the text may end here: exactly then end tokens are allowed. */
    public boolean isComplete() {
        return at.complete;
    }

    /** Whether an end token was accepted. */
    public boolean isEnded() {
        return ended;
    }

    /** Bytes that must follow whatever tokens they come in, at most {@code limit} of them; none where there is a choice. */
    public byte[] forced(int limit) {
        at = masks.current(at);
        return ended ? new byte[0] : masks.forced(at, limit);
    }

    /** Another matcher at the same place, for a text that goes its own way from here. */
    public TokenMatcher copy() {
        var copy = new TokenMatcher(masks, at);
        copy.ended = ended;
        return copy;
    }
}

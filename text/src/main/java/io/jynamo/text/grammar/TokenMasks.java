package io.jynamo.text.grammar;

import java.util.Arrays;

/**
 * A grammar bound to a vocabulary: gives out matchers, and keeps what they find out about masks for one another. Nothing is computed before it
 * is asked for. For use by many threads at once; none waits for another.
 */
public final class TokenMasks {
    private static final long MAX_BYTES = 32L << 20;

    private final CompiledGrammar grammar;
    private final TokenVocabulary vocabulary;
    private final LocalMasks locals;
    private final long maxBytes;
    private volatile Exploration exploration = new Exploration();

    public TokenMasks(CompiledGrammar grammar, TokenVocabulary vocabulary) {
        this(grammar, vocabulary, MAX_BYTES);
    }

    /**
     * A grammar bound to a vocabulary.
     *
     * @param maxBytes what may be remembered, about; past it it is forgotten, and found again as needed
     */
    public TokenMasks(CompiledGrammar grammar, TokenVocabulary vocabulary, long maxBytes) {
        this.grammar = grammar;
        this.vocabulary = vocabulary;
        this.maxBytes = maxBytes;
        this.locals = new LocalMasks(vocabulary, maxBytes / 4);
    }

    /** A matcher at the beginning of a text. */
    public TokenMatcher matcher() {
        return new TokenMatcher(this, exploration.at(grammar.start(), null));
    }

    public TokenVocabulary vocabulary() {
        return vocabulary;
    }

    /** The same place, where what has been forgotten is not kept alive by it. */
    Configuration current(Configuration configuration) {
        var own = exploration;
        if (own.weight() > maxBytes / 2) {
            own = new Exploration();
            exploration = own;
        }
        return own.adopt(configuration);
    }

    /** The tokens that may follow. */
    TokenSet mask(Configuration at) {
        return mask(at, new Effort());
    }

    TokenSet mask(Configuration at, Effort effort) {
        var known = at.mask();
        if (known != null) {
            return known;
        }
        var bits = new long[vocabulary.maskLength()];
        if (!new MaskParts(vocabulary, locals, at.home, bits, effort).tryAdd(at)) {
            var trie = vocabulary.trie();
            trie.walk(0, at, bits, _ -> {}, effort);
            trie.walk(trie.secondRoot(), at, bits, _ -> {}, effort);
        }
        if (at.complete) {
            vocabulary.addEnds(bits);
        }
        var made = TokenSet.of(bits);
        at.mask(made);
        at.home.weigh(made.bytes());
        return made;
    }

    /** Where a token leads, dead where it must not come. */
    Configuration after(Configuration at, int token) {
        byte[] piece = vocabulary.piece(token);
        var effort = new Effort();
        var to = at;
        for (byte b : piece) {
            to = to.next(b & 0xFF, effort);
        }
        return to;
    }

    /** The bytes that must follow, at most {@code limit} of them. */
    byte[] forced(Configuration at, int limit) {
        var bytes = new byte[limit];
        int count = 0;
        var here = at;
        while (count < limit && !here.complete) {
            int only = -1;
            for (int value = 0; value < 256; value++) {
                if (!here.next(value).isDead()) {
                    if (only >= 0) {
                        return Arrays.copyOf(bytes, count);
                    }
                    only = value;
                }
            }
            if (only < 0) {
                break;
            }
            bytes[count++] = (byte) only;
            here = here.next(only);
        }
        return Arrays.copyOf(bytes, count);
    }
}

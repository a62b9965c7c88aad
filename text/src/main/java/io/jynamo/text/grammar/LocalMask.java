package io.jynamo.text.grammar;

/**
 * What a node alone says of a vocabulary.
 *
 * @param tokens those that can be taken from the node without crossing the end of its rule
 * @param exits nodes of the trie, with tokens below them, whose bytes lead from the node to where its rule may end
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, and not changed once made.
record LocalMask(TokenSet tokens, int[] exits) {
    long bytes() {
        return tokens.bytes() + 4L * exits.length + 64;
    }
}

package io.jynamo.text.tokenizer;

import java.util.BitSet;

/**
 * The fewest pieces of a vocabulary that can cover a text: a lower bound of what any encoding has whose ids each stand for the bytes of one
 * piece. Single bytes count as pieces whether the vocabulary has them or not, and so do beginnings of pieces.
 *
 * <p>How it works: an Aho-Corasick automaton reads the text once. Its state is the longest end of what was read that begins some piece; where
 * that end starts never moves back. A piece that covers the byte just read starts there or later. So of all pieces that start at or before a
 * cut, none reaches past the byte with which that end first starts behind the cut, and there the next cut is: what is between two cuts costs a
 * piece at least.
 */
final class PieceCover {
    private final ByteTrie trie;
    /** By node: the bytes from the root to it. */
    private final int[] depths;
    /** By node: the node of the longest proper end of its bytes that has one. */
    private final int[] shorter;

    private final int longest;

    /** Which bytes have no id: a text is as it would be without them. */
    private final boolean[] lacking = new boolean[256];

    PieceCover(ByteTrie trie, BitSet lacking) {
        this.trie = trie;
        lacking.stream().forEach(b -> this.lacking[b] = true);
        int nodes = trie.nodes();
        var parents = new int[nodes];
        var bytes = new byte[nodes];
        trie.forEachEdge((node, b, child) -> {
            parents[child] = node;
            bytes[child] = b;
        });
        this.depths = new int[nodes];
        int deepest = 0;
        for (int node = 1; node < nodes; node++) {
            depths[node] = depths[parents[node]] + 1;
            deepest = Math.max(deepest, depths[node]);
        }
        this.longest = Math.max(1, deepest);
        this.shorter = new int[nodes];
        for (int node : byDepth(depths, deepest)) {
            if (depths[node] > 1) {
                shorter[node] = after(shorter[parents[node]], bytes[node]);
            }
        }
    }

    /** All nodes, the shallowest first. */
    private static int[] byDepth(int[] depths, int deepest) {
        var next = new int[deepest + 2];
        for (int depth : depths) {
            next[depth + 1]++;
        }
        for (int depth = 1; depth < next.length; depth++) {
            next[depth] += next[depth - 1];
        }
        var order = new int[depths.length];
        for (int node = 0; node < depths.length; node++) {
            order[next[depths[node]]++] = node;
        }
        return order;
    }

    /** The state after one more byte. */
    private int after(int state, byte b) {
        int from = state;
        int found = trie.child(from, b);
        while (found < 0 && from != 0) {
            from = shorter[from];
            found = trie.child(from, b);
        }
        return Math.max(found, 0);
    }

    /** The bytes of the longest piece. */
    int longest() {
        return longest;
    }

    /** The fewest pieces for the bytes from {@code from} to {@code to}; counting ends with more than {@code enough}. */
    int fewest(byte[] s, int from, int to, int enough) {
        int pieces = 0;
        int cut = -1;
        int state = 0;
        int count = 0;
        for (int p = from; p < to && pieces <= enough; p++) {
            if (lacking[s[p] & 0xFF]) {
                continue;
            }
            state = after(state, s[p]);
            count++;
            if (count - Math.max(1, depths[state]) > cut) {
                cut = count - 1;
                pieces++;
            }
        }
        return pieces;
    }
}

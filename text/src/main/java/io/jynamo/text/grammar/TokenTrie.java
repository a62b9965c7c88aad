package io.jynamo.text.grammar;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The tokens of a vocabulary as a tree of bytes, laid out in the order of a walk: a node's first child follows it, and {@code ends} tells where
 * the walk goes on when its subtree is passed over. Node 0 is the root. The tokens of a subtree lie together in {@code tokens}.
 */
final class TokenTrie {
    private final byte[] labels;
    private final short[] depths;
    private final int[] ends;
    /** For each node where its own tokens begin; those of the next node end them. */
    private final int[] firsts;

    private final int[] tokens;
    private final int maxDepth;

    /** Takes those of {@code ids} as they are; all of them have bytes. */
    TokenTrie(byte[][] pieces, IntStream ids) {
        tokens = ids.boxed()
                .sorted(Comparator.comparing((Integer id) -> pieces[id], Arrays::compareUnsigned))
                .mapToInt(Integer::intValue)
                .toArray();
        int size = 1;
        byte[] before = {};
        int deepest = 0;
        for (int id : tokens) {
            size += pieces[id].length - common(before, pieces[id]);
            before = pieces[id];
            deepest = Math.max(deepest, before.length);
        }
        maxDepth = deepest;
        labels = new byte[size];
        depths = new short[size];
        ends = new int[size];
        firsts = new int[size + 1];
        fill(pieces);
    }

    private static int common(byte[] a, byte[] b) {
        int mismatch = Arrays.mismatch(a, b);
        return mismatch < 0 ? a.length : mismatch;
    }

    private void fill(byte[][] pieces) {
        var path = new int[maxDepth + 1];
        int depth = 0;
        int count = 1;
        byte[] before = {};
        for (int i = 0; i < tokens.length; i++) {
            byte[] piece = pieces[tokens[i]];
            int shared = common(before, piece);
            while (depth > shared) {
                ends[path[depth--]] = count;
            }
            while (depth < piece.length) {
                labels[count] = piece[depth];
                path[++depth] = count;
                depths[count] = (short) depth;
                firsts[count++] = i;
            }
            before = piece;
        }
        while (depth >= 0) {
            ends[path[depth--]] = count;
        }
        firsts[count] = tokens.length;
    }

    /** What a walk meets. */
    interface Visitor {
        /** The text has just led to a place where the rule may end, after the bytes of {@code node}, below which there are more tokens. */
        void ended(int node);
    }

    /**
     * Walks the nodes below {@code root} as far as texts lead on from {@code start}, and sets the bits of the tokens met.
     *
     * @param visitor told of each node where the configuration is complete
     */
    void walk(int root, Configuration start, long[] bits, Visitor visitor) {
        int base = depths[root];
        var path = new Configuration[maxDepth + 1 - base];
        path[0] = start;
        int end = ends[root];
        int node = root + 1;
        while (node < end) {
            int depth = depths[node] - base;
            var to = path[depth - 1].next(labels[node] & 0xFF);
            if (to.isDead()) {
                node = ends[node];
                continue;
            }
            path[depth] = to;
            for (int i = firsts[node]; i < firsts[node + 1]; i++) {
                int id = tokens[i];
                bits[id >> 6] |= 1L << id;
            }
            if (to.complete && ends[node] > node + 1) {
                visitor.ended(node);
            }
            node++;
        }
    }
}

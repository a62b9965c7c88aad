package io.jynamo.text.grammar;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Tokens as trees of bytes, one for each part of a vocabulary, laid out in the order of a walk: a node's first child follows it, and {@code ends}
 * tells where the walk goes on when its subtree is passed over. The tokens of a subtree lie together in {@code tokens}.
 */
final class TokenTrie {
    private final byte[] labels;
    private final short[] depths;
    private final int[] ends;
    /** For each node where its own tokens begin; those of the next node end them. */
    private final int[] firsts;

    private final int[] tokens;
    private final int maxDepth;
    /** The second tree's; the first one's is 0. */
    private final int secondRoot;

    /** Two trees of ids that all have bytes. */
    TokenTrie(byte[][] pieces, int[] first, int[] second) {
        int[] left = sorted(pieces, first);
        int[] right = sorted(pieces, second);
        tokens = IntStream.concat(Arrays.stream(left), Arrays.stream(right)).toArray();
        maxDepth = Arrays.stream(tokens).map(id -> pieces[id].length).max().orElse(0);
        secondRoot = nodes(pieces, left);
        int size = secondRoot + nodes(pieces, right);
        labels = new byte[size];
        depths = new short[size];
        ends = new int[size];
        firsts = new int[size + 1];
        fill(pieces, left, 0, 0);
        fill(pieces, right, secondRoot, left.length);
        firsts[size] = tokens.length;
    }

    private static int[] sorted(byte[][] pieces, int[] ids) {
        return Arrays.stream(ids)
                .boxed()
                .sorted(Comparator.comparing((Integer id) -> pieces[id], Arrays::compareUnsigned))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static int nodes(byte[][] pieces, int[] sorted) {
        int size = 1;
        byte[] before = {};
        for (int id : sorted) {
            size += pieces[id].length - common(before, pieces[id]);
            before = pieces[id];
        }
        return size;
    }

    private static int common(byte[] a, byte[] b) {
        int mismatch = Arrays.mismatch(a, b);
        return mismatch < 0 ? a.length : mismatch;
    }

    private void fill(byte[][] pieces, int[] sorted, int root, int offset) {
        var path = new int[maxDepth + 1];
        path[0] = root;
        firsts[root] = offset;
        int depth = 0;
        int count = root + 1;
        byte[] before = {};
        for (int i = 0; i < sorted.length; i++) {
            byte[] piece = pieces[sorted[i]];
            int shared = common(before, piece);
            while (depth > shared) {
                ends[path[depth--]] = count;
            }
            while (depth < piece.length) {
                labels[count] = piece[depth];
                path[++depth] = count;
                depths[count] = (short) depth;
                firsts[count++] = offset + i;
            }
            before = piece;
        }
        while (depth >= 0) {
            ends[path[depth--]] = count;
        }
    }

    /** Nodes of both trees. */
    int size() {
        return labels.length;
    }

    int secondRoot() {
        return secondRoot;
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
    void walk(int root, Configuration start, long[] bits, Visitor visitor, Effort effort) {
        int base = depths[root];
        var path = new Configuration[maxDepth + 1 - base];
        path[0] = start;
        int end = ends[root];
        int node = root + 1;
        int walked = 0;
        while (node < end) {
            walked++;
            int depth = depths[node] - base;
            var to = path[depth - 1].next(labels[node] & 0xFF, effort);
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
        effort.walked(walked);
    }
}

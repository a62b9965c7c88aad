package io.jynamo.text.tokenizer;

import java.util.Arrays;

/** A trie over bytes that maps keys to ids; edges lie in one open-addressing table. */
final class ByteTrie {
    private long[] edges = new long[1 << 12];
    private int edgeCount;
    private int[] ids = new int[1 << 11];
    private int nodes = 1;

    ByteTrie() {
        Arrays.fill(edges, -1);
        Arrays.fill(ids, -1);
    }

    /** Adds a key; the first id given for a key stays. */
    void add(byte[] key, int id) {
        int node = 0;
        for (byte b : key) {
            int child = child(node, b);
            if (child < 0) {
                child = nodes++;
                if (child == ids.length) {
                    ids = Arrays.copyOf(ids, child * 2);
                    Arrays.fill(ids, child, ids.length, -1);
                }
                insert(node, b, child);
            }
            node = child;
        }
        if (ids[node] < 0) {
            ids[node] = id;
        }
    }

    /** The root is 0. Returns the child along a byte, or -1. */
    int child(int node, byte b) {
        int key = (node << 8) | (b & 0xFF);
        int mask = edges.length - 1;
        for (int slot = home(key, mask); ; slot = (slot + 1) & mask) {
            long edge = edges[slot];
            if (edge == -1) {
                return -1;
            }
            if ((int) (edge >>> 32) == key) {
                return (int) edge;
            }
        }
    }

    /** The id of the key that ends at a node, or -1. */
    int id(int node) {
        return ids[node];
    }

    /** Nodes there are, the root included; a child's number is above its parent's. */
    int nodes() {
        return nodes;
    }

    /** Receives an edge. */
    interface Visitor {
        void edge(int node, byte b, int child);
    }

    void forEachEdge(Visitor visitor) {
        for (long edge : edges) {
            if (edge != -1) {
                visitor.edge((int) (edge >>> 40), (byte) (edge >>> 32), (int) edge);
            }
        }
    }

    private void insert(int node, byte b, int child) {
        if (++edgeCount * 2 > edges.length) {
            long[] old = edges;
            edges = new long[old.length * 2];
            Arrays.fill(edges, -1);
            for (long edge : old) {
                if (edge != -1) {
                    place(edge);
                }
            }
        }
        place(((long) ((node << 8) | (b & 0xFF)) << 32) | child);
    }

    private void place(long edge) {
        int mask = edges.length - 1;
        int slot = home((int) (edge >>> 32), mask);
        while (edges[slot] != -1) {
            slot = (slot + 1) & mask;
        }
        edges[slot] = edge;
    }

    private static int home(int key, int mask) {
        int h = key * 0x9E3779B1;
        return (h ^ (h >>> 15)) & mask;
    }
}

package io.jynamo.text.tokenizer;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Finds added tokens in a text, leftmost first and the longest at each place, and hands out what is between. A token that is passed over
 * (special ones where they count as text, single words inside others) still takes its place in the search, as in the library.
 */
final class AddedTokens {
    private final AddedToken[] tokens;
    /** The one character all tokens begin with, or -1. */
    private final int onlyFirst;

    private final boolean[] asciiFirst = new boolean[128];
    private final BitSet firstSet = new BitSet();
    /** Edges of the trie: node and character to node. */
    private long[] edges;

    private int[] targets;
    private int edgeCount;
    /** For each node the token that ends there, or -1. */
    private int[] ends;

    private int nodes = 1;

    /** Receives the parts of a text in order. */
    interface Sink {
        void text(int from, int to);

        /** A token found, with the white space it takes. */
        void token(int id, int from, int to);
    }

    AddedTokens(List<AddedToken> tokens) {
        this.tokens = tokens.stream().filter(t -> !t.content().isEmpty()).toArray(AddedToken[]::new);
        this.edges = new long[64];
        this.targets = new int[64];
        this.ends = new int[64];
        Arrays.fill(edges, -1);
        Arrays.fill(ends, -1);
        for (int i = 0; i < this.tokens.length; i++) {
            insert(this.tokens[i].content(), i);
            firstSet.set(this.tokens[i].content().charAt(0));
        }
        this.onlyFirst = firstSet.cardinality() == 1 ? firstSet.nextSetBit(0) : -1;
        for (int c = 0; c < 128; c++) {
            asciiFirst[c] = firstSet.get(c);
        }
    }

    boolean isEmpty() {
        return tokens.length == 0;
    }

    List<AddedToken> all() {
        return List.of(tokens);
    }

    /** Splits {@code text}; with {@code plain} special tokens are text. */
    void split(String text, boolean plain, Sink sink) {
        int start = 0;
        int at = candidate(text, 0);
        while (at >= 0) {
            int match = longest(text, at);
            if (match < 0) {
                at = candidate(text, at + 1);
                continue;
            }
            AddedToken token = tokens[match];
            int end = at + token.content().length();
            if (!(plain && token.special()) && !(token.singleWord() && touchesWord(text, at, end))) {
                int from = token.leftStrip() ? Math.max(start, spacesBefore(text, at)) : at;
                int to = token.rightStrip() ? spacesAfter(text, end) : end;
                if (start < from) {
                    sink.text(start, from);
                }
                sink.token(token.id(), from, to);
                start = to;
            }
            at = candidate(text, end);
        }
        if (start < text.length()) {
            sink.text(start, text.length());
        }
    }

    /** The next index from {@code from} where a token may begin, or -1. */
    private int candidate(String text, int from) {
        if (from >= text.length() || tokens.length == 0) {
            return -1;
        }
        if (onlyFirst >= 0) {
            return text.indexOf(onlyFirst, from);
        }
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 128 ? asciiFirst[c] : firstSet.get(c)) {
                return i;
            }
        }
        return -1;
    }

    private int longest(String text, int from) {
        int node = 0;
        int found = -1;
        for (int i = from; i < text.length(); i++) {
            node = child(node, text.charAt(i));
            if (node < 0) {
                break;
            }
            if (ends[node] >= 0) {
                found = ends[node];
            }
        }
        return found;
    }

    private int child(int node, char c) {
        long key = ((long) node << 16) | c;
        int mask = edges.length - 1;
        int slot = home(key, mask);
        while (edges[slot] != -1) {
            if (edges[slot] == key) {
                return targets[slot];
            }
            slot = (slot + 1) & mask;
        }
        return -1;
    }

    private static int home(long key, int mask) {
        return (int) ((key * 0x9E3779B97F4A7C15L) >>> 40) & mask;
    }

    private void insert(String content, int token) {
        int node = 0;
        for (int i = 0; i < content.length(); i++) {
            int next = child(node, content.charAt(i));
            if (next < 0) {
                next = nodes++;
                if (next == ends.length) {
                    ends = Arrays.copyOf(ends, next * 2);
                    Arrays.fill(ends, next, ends.length, -1);
                }
                link(((long) node << 16) | content.charAt(i), next);
            }
            node = next;
        }
        if (ends[node] < 0) {
            ends[node] = token;
        }
    }

    private void link(long key, int target) {
        if (++edgeCount * 2 > edges.length) {
            long[] oldEdges = edges;
            int[] oldTargets = targets;
            edges = new long[oldEdges.length * 2];
            targets = new int[edges.length];
            Arrays.fill(edges, -1);
            for (int i = 0; i < oldEdges.length; i++) {
                if (oldEdges[i] != -1) {
                    place(oldEdges[i], oldTargets[i]);
                }
            }
        }
        place(key, target);
    }

    private void place(long key, int target) {
        int mask = edges.length - 1;
        int slot = home(key, mask);
        while (edges[slot] != -1) {
            slot = (slot + 1) & mask;
        }
        edges[slot] = key;
        targets[slot] = target;
    }

    private static boolean touchesWord(String text, int from, int to) {
        return (from > 0 && isWord(text.codePointBefore(from))) || (to < text.length() && isWord(text.codePointAt(to)));
    }

    private static boolean isWord(int c) {
        int type = Character.getType(c);
        return Character.isAlphabetic(c)
                || (CharClass.of(c) & CharClass.MARK) != 0
                || type == Character.DECIMAL_DIGIT_NUMBER
                || type == Character.CONNECTOR_PUNCTUATION
                || c == 0x200C
                || c == 0x200D;
    }

    private static int spacesBefore(String text, int index) {
        int i = index;
        while (i > 0 && CharClass.isSpace(text.charAt(i - 1))) {
            i--;
        }
        return i;
    }

    private static int spacesAfter(String text, int index) {
        int i = index;
        while (i < text.length() && CharClass.isSpace(text.charAt(i))) {
            i++;
        }
        return i;
    }
}

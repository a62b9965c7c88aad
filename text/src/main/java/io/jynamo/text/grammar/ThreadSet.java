package io.jynamo.text.grammar;

import io.jynamo.text.grammar.automaton.Node;
import io.jynamo.text.grammar.automaton.Refusal;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Threads being collected, and then the key under which their configuration is interned. */
final class ThreadSet {
    /** At most so many; only ambiguous grammars come near. */
    private static final int MAX = 5_000;

    private Node[] nodes = new Node[2];
    private @Nullable Frame[] frames = new Frame[2];
    private int count;

    void add(Node node, @Nullable Frame frame) {
        for (int i = 0; i < Math.min(count, 16); i++) {
            if (nodes[i] == node && frames[i] == frame) {
                return;
            }
        }
        if (count == nodes.length) {
            if (count >= 2 * MAX) {
                normalize();
            }
            nodes = Arrays.copyOf(nodes, 2 * count);
            frames = Arrays.copyOf(frames, 2 * count);
        }
        nodes[count] = node;
        frames[count++] = frame;
    }

    /** Brings the threads into order, each once. */
    void normalize() {
        if (count < 2) {
            return;
        }
        long[] keys = new long[count];
        for (int i = 0; i < count; i++) {
            keys[i] = key(i);
        }
        var order = new Integer[count];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> Long.compare(keys[a], keys[b]));
        var sortedNodes = new Node[count];
        var sortedFrames = new Frame[count];
        int kept = 0;
        for (int i = 0; i < order.length; i++) {
            if (i == 0 || keys[order[i]] != keys[order[i - 1]]) {
                sortedNodes[kept] = nodes[order[i]];
                sortedFrames[kept++] = frames[order[i]];
            }
        }
        if (kept > MAX) {
            throw Refusal.invalid(
                    "the grammar is too ambiguous: a text can be read in more than " + MAX + " ways at once");
        }
        nodes = sortedNodes;
        frames = sortedFrames;
        count = kept;
    }

    private long key(int i) {
        Frame frame = frames[i];
        return ((long) nodes[i].id() << 32) | (frame == null ? 0 : frame.id + 1);
    }

    Configuration configuration(Exploration home) {
        boolean complete = false;
        for (int i = 0; i < count; i++) {
            complete |= canEnd(nodes[i], frames[i]);
        }
        return new Configuration(home, Arrays.copyOf(nodes, count), Arrays.copyOf(frames, count), complete);
    }

    private static boolean canEnd(Node node, @Nullable Frame frame) {
        return node.accepting() && (frame == null || frame.mayEnd);
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof ThreadSet that) || count != that.count) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            if (nodes[i] != that.nodes[i] || frames[i] != that.frames[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        long hash = count;
        for (int i = 0; i < count; i++) {
            hash = hash * 0x9E3779B97F4A7C15L + key(i);
        }
        return Long.hashCode(hash);
    }
}

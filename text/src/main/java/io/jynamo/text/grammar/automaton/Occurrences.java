package io.jynamo.text.grammar.automaton;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The automaton of Aho and Corasick over a few texts, as graphs of all that holds none of them before its end, or none at all. */
final class Occurrences {
    /** What no text holds; only special tokens begin so, and only those among the texts are let through, whole. */
    private static final int NO_TEXT = 0xFF;

    private static final int NOWHERE = -1;

    private final List<Map<Integer, Integer>> children = new ArrayList<>();
    private final List<Integer> fallbacks = new ArrayList<>();
    private final List<Boolean> found = new ArrayList<>();
    /** Whether a state is inside a special token. */
    private final List<Boolean> special = new ArrayList<>();

    Occurrences(List<byte[]> texts) {
        add(false);
        for (byte[] text : texts) {
            int at = 0;
            for (byte b : text) {
                Integer next = children.get(at).get(b & 0xFF);
                if (next == null) {
                    next = add(special.get(at) || (b & 0xFF) == NO_TEXT);
                    children.get(at).put(b & 0xFF, next);
                }
                at = next;
            }
            found.set(at, true);
        }
        linkBack();
    }

    private int add(boolean inSpecial) {
        special.add(inSpecial);
        children.add(new HashMap<>());
        fallbacks.add(0);
        found.add(false);
        return children.size() - 1;
    }

    /** In order of depth, so that a state's fallback, which is less deep, is linked before it. */
    private void linkBack() {
        var order = new ArrayList<>(List.of(0));
        for (int i = 0; i < order.size(); i++) {
            int at = order.get(i);
            children.get(at).forEach((value, child) -> {
                int fallback = at == 0 || special.get(child) ? 0 : next(fallbacks.get(at), value);
                fallbacks.set(child, fallback);
                found.set(child, found.get(child) || found.get(fallback));
                order.add(child);
            });
        }
    }

    private int next(int state, int value) {
        int at = state;
        while (true) {
            Integer child = children.get(at).get(value);
            if (child != null) {
                return child;
            }
            if (special.get(at) || (at == 0 && value == NO_TEXT)) {
                return NOWHERE;
            }
            if (at == 0) {
                return 0;
            }
            at = fallbacks.get(at);
        }
    }

    /**
     * The states as a graph's.
     *
     * @param atEnd whether texts end with the first occurrence; else they end anywhere before it
     */
    Graph graph(boolean atEnd) {
        var states = new ArrayList<Graph.State>();
        for (int at = 0; at < children.size(); at++) {
            var state = new Graph.State();
            state.accepting = atEnd ? found.get(at) : !found.get(at) && !special.get(at);
            if (!found.get(at)) {
                state.edges = edges(at, atEnd);
            }
            states.add(state);
        }
        return new Graph(states);
    }

    private int[] edges(int at, boolean atEnd) {
        var edges = new Graph.Edges();
        for (int value = 0; value <= 0xFF; value++) {
            int to = next(at, value);
            if (to != NOWHERE && (atEnd || !found.get(to))) {
                edges.add(value, value, to);
            }
        }
        return edges.toArray();
    }
}

package io.jynamo.text.grammar.automaton;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An automaton as plain numbered states, the form in which it is made and transformed; state 0 is the start. Deterministic unless {@link
 * Determinizer} had to give up: then a state may have several edges for one byte.
 */
public final class Graph {
    /** An edge that takes a text of {@code rule}. */
    record CallEdge(Rule rule, int target) {}

    /** A state: edges as triples low, high, target, in order of {@code low}. */
    static final class State {
        private static final int[] NONE = {};

        int[] edges = NONE;
        List<CallEdge> calls = List.of();
        boolean accepting;

        int edgeCount() {
            return edges.length / 3;
        }

        int low(int edge) {
            return edges[3 * edge];
        }

        int high(int edge) {
            return edges[3 * edge + 1];
        }

        int target(int edge) {
            return edges[3 * edge + 2];
        }

        /** Where {@code value} leads in a deterministic graph, or -1. */
        int next(int value) {
            for (int i = 0; i < edgeCount(); i++) {
                if (low(i) <= value && value <= high(i)) {
                    return target(i);
                }
            }
            return -1;
        }
    }

    /** Collects triples, joining what touches and leads to the same state. */
    static final class Edges {
        private int[] triples = new int[12];
        private int count;

        void add(int low, int high, int target) {
            if (count > 0 && triples[count - 1] == target && triples[count - 2] == low - 1) {
                triples[count - 2] = high;
                return;
            }
            if (count == triples.length) {
                triples = Arrays.copyOf(triples, 2 * count);
            }
            triples[count++] = low;
            triples[count++] = high;
            triples[count++] = target;
        }

        int lastTarget() {
            return triples[count - 1];
        }

        int[] toArray() {
            return Arrays.copyOf(triples, count);
        }
    }

    private final List<State> states;

    Graph(List<State> states) {
        this.states = new ArrayList<>(states);
    }

    /**
     * The deterministic graph of an expression without calls.
     *
     * @throws io.jynamo.protocol.JynamoException INVALID_REQUEST where it would be too large
     */
    public static Graph of(Expression expression) {
        return Determinizer.strict(expression);
    }

    /** Whole numbers, written without leading zeros, that {@code modulus} divides. */
    public static Graph multiplesOf(int modulus) {
        var states = new ArrayList<State>();
        for (int i = 0; i < modulus + 3; i++) {
            states.add(new State());
        }
        for (int start = 0; start <= 1; start++) {
            var edges = new Edges();
            if (start == 0) {
                edges.add('-', '-', 1);
            }
            edges.add('0', '0', 2);
            for (int digit = 1; digit <= 9; digit++) {
                edges.add('0' + digit, '0' + digit, 3 + digit % modulus);
            }
            states.get(start).edges = edges.toArray();
        }
        states.get(2).accepting = true;
        for (int residue = 0; residue < modulus; residue++) {
            var edges = new Edges();
            for (int digit = 0; digit <= 9; digit++) {
                edges.add('0' + digit, '0' + digit, 3 + (10 * residue + digit) % modulus);
            }
            states.get(3 + residue).edges = edges.toArray();
            states.get(3 + residue).accepting = residue == 0;
        }
        return new Graph(states);
    }

    /** All texts that end with the first occurrence in them of one of {@code ends}. */
    public static Graph upTo(List<byte[]> ends) {
        return new Occurrences(ends).graph(true);
    }

    /** All texts in which none of {@code texts} occurs. */
    public static Graph without(List<byte[]> texts) {
        return new Occurrences(texts).graph(false);
    }

    int size() {
        return states.size();
    }

    State state(int index) {
        return states.get(index);
    }

    /** Whether the text is one of the graph's. Only for deterministic graphs without calls. */
    public boolean accepts(byte[] text) {
        int at = 0;
        for (byte b : text) {
            at = states.get(at).next(b & 0xFF);
            if (at < 0) {
                return false;
            }
        }
        return states.get(at).accepting;
    }
}

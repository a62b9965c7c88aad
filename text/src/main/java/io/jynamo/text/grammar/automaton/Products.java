package io.jynamo.text.grammar.automaton;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Intersections and differences of regular expressions, by walking two deterministic graphs together. */
public final class Products {
    private static final int MAX_STATES = 50_000;
    /** Stands for the state of a graph that has no way on. */
    private static final int DEAD = -1;

    private final Graph left;
    private final Graph right;
    private final boolean difference;
    private final Map<Long, Integer> ids = new HashMap<>();
    private final List<long[]> pairs = new ArrayList<>();

    private Products(Graph left, Graph right, boolean difference) {
        this.left = left;
        this.right = right;
        this.difference = difference;
    }

    /** The texts of both. Neither may call rules. */
    public static Expression intersection(Expression left, Expression right) {
        return combine(left, right, false);
    }

    /** The texts of {@code left} that are not of {@code right}. Neither may call rules. */
    public static Expression difference(Expression left, Expression right) {
        return combine(left, right, true);
    }

    private static Expression combine(Expression left, Expression right, boolean difference) {
        return new Expression.Embedded(
                new Products(Determinizer.strict(left), Determinizer.strict(right), difference).build());
    }

    private Graph build() {
        var states = new ArrayList<Graph.State>();
        id(0, 0);
        for (int i = 0; i < pairs.size(); i++) {
            int a = (int) pairs.get(i)[0];
            int b = (int) pairs.get(i)[1];
            boolean second = b != DEAD && right.state(b).accepting;
            var state = new Graph.State();
            state.accepting = left.state(a).accepting && (difference != second);
            state.edges = edges(a, b);
            states.add(state);
        }
        return new Graph(states);
    }

    private int[] edges(int a, int b) {
        var edges = new Graph.Edges();
        var from = left.state(a);
        for (int i = 0; i < from.edgeCount(); i++) {
            int low = from.low(i);
            while (low <= from.high(i)) {
                int high = from.high(i);
                int target = DEAD;
                if (b != DEAD) {
                    var other = right.state(b);
                    target = other.next(low);
                    for (int k = 0; k < other.edgeCount(); k++) {
                        if (other.low(k) > low) {
                            high = Math.min(high, other.low(k) - 1);
                        } else if (other.high(k) >= low) {
                            high = Math.min(high, other.high(k));
                        }
                    }
                }
                if (target != DEAD || difference) {
                    edges.add(low, high, id(from.target(i), target));
                }
                low = high + 1;
            }
        }
        return edges.toArray();
    }

    private int id(int a, int b) {
        return ids.computeIfAbsent(((long) a << 32) | (b & 0xFFFFFFFFL), _ -> {
            if (pairs.size() == MAX_STATES) {
                throw Refusal.invalid("the constraint is too complex: its patterns together need more than "
                        + MAX_STATES + " states");
            }
            pairs.add(new long[] {a, b});
            return pairs.size() - 1;
        });
    }
}

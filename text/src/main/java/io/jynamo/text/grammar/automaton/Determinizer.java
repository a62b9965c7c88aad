package io.jynamo.text.grammar.automaton;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The subset construction, over bytes and called rules alike. Where it would make far more states than it is given (as for "the 20th byte
 * from the end is an a"), the graph is left with several edges for one byte, and the work is done lazily while texts are matched.
 */
final class Determinizer {
    private static final int MAX_EDGES = 1_000_000;
    /** Of states of the nfa looked at, all sets together. */
    private static final long MAX_WORK = 5_000_000;

    private final Nfa nfa;
    private final int maxStates;
    private final Map<Ints, Integer> ids = new HashMap<>();
    private final List<Ints> sets = new ArrayList<>();
    private long work;
    private final BitSet seen = new BitSet();
    private final Ints pending = new Ints();

    private Determinizer(Nfa nfa, int maxStates) {
        this.nfa = nfa;
        this.maxStates = maxStates;
    }

    static Graph graph(Expression expression, Predicate<Expression> nullable) {
        var nfa = Nfa.of(expression, nullable);
        var tries = new Determinizer(nfa, 4 * nfa.size() + 1000);
        return tries.deterministic().orElseGet(() -> new Determinizer(nfa, nfa.size()).nondeterministic());
    }

    /**
     * A deterministic graph of an expression without calls.
     *
     * @throws io.jynamo.protocol.JynamoException INVALID_REQUEST where it would be too large
     */
    static Graph strict(Expression expression) {
        if (expression instanceof Expression.Embedded embedded) {
            return embedded.graph();
        }
        var nfa = Nfa.regular(expression);
        return new Determinizer(nfa, 4 * nfa.size() + 20_000)
                .deterministic()
                .orElseThrow(() -> Refusal.invalid("the constraint is too complex: a pattern has too many states"));
    }

    private Optional<Graph> deterministic() {
        var states = new ArrayList<Graph.State>();
        var start = new Ints();
        start.add(Nfa.START);
        id(close(start));
        for (int i = 0; i < sets.size(); i++) {
            if (sets.size() > maxStates || work > MAX_WORK) {
                return Optional.empty();
            }
            Refusal.ifInterrupted();
            states.add(state(sets.get(i)));
        }
        return Optional.of(new Graph(states));
    }

    private Graph.State state(Ints set) {
        var state = new Graph.State();
        var byByte = new Ints[256];
        Map<Rule, Ints> byRule = new LinkedHashMap<>();
        for (int i = 0; i < set.size(); i++) {
            int member = set.get(i);
            state.accepting |= member == Nfa.END;
            var from = nfa.get(member);
            for (int k = 0; k < from.edges.size(); k += 3) {
                for (int b = from.edges.get(k); b <= from.edges.get(k + 1); b++) {
                    if (byByte[b] == null) {
                        byByte[b] = new Ints();
                    }
                    byByte[b].add(from.edges.get(k + 2));
                }
            }
            for (Graph.CallEdge call : from.calls) {
                byRule.computeIfAbsent(call.rule(), _ -> new Ints()).add(call.target());
            }
        }
        var edges = new Graph.Edges();
        for (int b = 0; b < 256; b++) {
            if (byByte[b] != null) {
                boolean same = b > 0 && byByte[b].equals(byByte[b - 1]);
                edges.add(b, b, same ? edges.lastTarget() : id(close(byByte[b])));
            }
        }
        state.edges = edges.toArray();
        var calls = new ArrayList<Graph.CallEdge>();
        byRule.forEach((rule, targets) -> calls.add(new Graph.CallEdge(rule, id(close(targets)))));
        state.calls = calls;
        return state;
    }

    private int id(Ints set) {
        return ids.computeIfAbsent(set, _ -> {
            sets.add(set);
            return sets.size() - 1;
        });
    }

    /** What can be reached without taking anything, less the states that only lead on. */
    private Ints close(Ints from) {
        seen.clear();
        pending.clear();
        for (int i = 0; i < from.size(); i++) {
            visit(from.get(i));
        }
        var closed = new Ints();
        while (pending.size() > 0) {
            int at = pending.removeLast();
            work++;
            if (at == Nfa.END || nfa.get(at).matters()) {
                closed.add(at);
            }
            var epsilons = nfa.get(at).epsilons;
            for (int i = 0; i < epsilons.size(); i++) {
                visit(epsilons.get(i));
            }
        }
        closed.normalize();
        return closed;
    }

    private void visit(int state) {
        if (!seen.get(state)) {
            seen.set(state);
            pending.add(state);
        }
    }

    /** One state for each state of the nfa that something leads to, with the edges of all it reaches without taking anything. */
    private Graph nondeterministic() {
        var states = new ArrayList<Graph.State>();
        var order = new ArrayList<Integer>(List.of(Nfa.START));
        var numbers = new HashMap<Integer, Integer>(Map.of(Nfa.START, 0));
        int edgeCount = 0;
        for (int i = 0; i < order.size(); i++) {
            Refusal.ifInterrupted();
            var only = new Ints();
            only.add(order.get(i));
            var closed = close(only);
            var state = new Graph.State();
            var edges = new Graph.Edges();
            var calls = new ArrayList<Graph.CallEdge>();
            for (int k = 0; k < closed.size(); k++) {
                state.accepting |= closed.get(k) == Nfa.END;
                var from = nfa.get(closed.get(k));
                for (int e = 0; e < from.edges.size(); e += 3) {
                    edges.add(from.edges.get(e), from.edges.get(e + 1), number(from.edges.get(e + 2), numbers, order));
                }
                from.calls.forEach(
                        call -> calls.add(new Graph.CallEdge(call.rule(), number(call.target(), numbers, order))));
            }
            state.edges = edges.toArray();
            state.calls = calls;
            edgeCount += state.edges.length / 3 + calls.size();
            if (edgeCount > MAX_EDGES) {
                throw Refusal.invalid(
                        "the constraint is too complex: a pattern of it needs more than " + MAX_EDGES + " edges");
            }
            states.add(state);
        }
        return new Graph(states);
    }

    private static int number(int state, Map<Integer, Integer> numbers, List<Integer> order) {
        return numbers.computeIfAbsent(state, _ -> {
            order.add(state);
            return order.size() - 1;
        });
    }
}

package io.jynamo.text.grammar.automaton;

import java.util.BitSet;
import java.util.function.Predicate;

/** Which states of a graph can be reached from its start, when only calls of some rules can be passed. */
record Reach(Graph graph, BitSet states) {
    static Reach from(Graph graph, Predicate<Rule> passable) {
        var reached = new BitSet();
        var pending = new Ints();
        pending.add(0);
        reached.set(0);
        while (pending.size() > 0) {
            var state = graph.state(pending.removeLast());
            for (int i = 0; i < state.edgeCount(); i++) {
                visit(state.target(i), reached, pending);
            }
            for (Graph.CallEdge call : state.calls) {
                if (passable.test(call.rule())) {
                    visit(call.target(), reached, pending);
                }
            }
        }
        return new Reach(graph, reached);
    }

    private static void visit(int state, BitSet reached, Ints pending) {
        if (!reached.get(state)) {
            reached.set(state);
            pending.add(state);
        }
    }

    boolean accepts() {
        return states.stream().anyMatch(i -> graph.state(i).accepting);
    }
}

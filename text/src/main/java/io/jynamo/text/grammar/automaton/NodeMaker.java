package io.jynamo.text.grammar.automaton;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Makes the nodes of one graph. States from which no end can be reached are left out. States are visited after those they lead to, and join
 * an earlier one with the same edges; so the ends of long lists of words become one. Loops stay as they are.
 */
final class NodeMaker {
    private final Graph graph;
    private final Predicate<Rule> passable;
    private final boolean common;
    private final BitSet alive;
    /** For each state the one that stands for it, or -1 while it has not been visited. */
    private final int[] stand;

    private final Map<Ints, Integer> known = new HashMap<>();
    private final Map<Rule, Integer> ruleNumbers = new HashMap<>();
    private final Node[] nodes;

    NodeMaker(Graph graph, Predicate<Rule> passable, boolean common) {
        this.graph = graph;
        this.passable = passable;
        this.common = common;
        this.alive = alive();
        this.stand = new int[graph.size()];
        this.nodes = new Node[graph.size()];
        Arrays.fill(stand, -1);
    }

    Node make() {
        if (!alive.get(0)) {
            return new Node(false, common);
        }
        for (int state : afterwards()) {
            stand[state] = state;
            Integer same = known.putIfAbsent(signature(state), state);
            stand[state] = same == null ? state : same;
        }
        for (int i = 0; i < nodes.length; i++) {
            if (stand[i] == i) {
                nodes[i] = new Node(graph.state(i).accepting, common);
            }
        }
        for (int i = 0; i < nodes.length; i++) {
            if (stand[i] == i) {
                wire(i);
            }
        }
        return nodes[stand[0]];
    }

    /** States from which the end can be reached: a search against the edges. */
    private BitSet alive() {
        var sources = new ArrayList<Ints>();
        for (int i = 0; i < graph.size(); i++) {
            sources.add(new Ints());
        }
        var found = new BitSet();
        var pending = new Ints();
        for (int i = 0; i < graph.size(); i++) {
            for (int target : targets(i)) {
                sources.get(target).add(i);
            }
            if (graph.state(i).accepting) {
                found.set(i);
                pending.add(i);
            }
        }
        while (pending.size() > 0) {
            var into = sources.get(pending.removeLast());
            for (int i = 0; i < into.size(); i++) {
                if (!found.get(into.get(i))) {
                    found.set(into.get(i));
                    pending.add(into.get(i));
                }
            }
        }
        return found;
    }

    private int[] targets(int state) {
        var from = graph.state(state);
        var passed = from.calls.stream()
                .filter(call -> passable.test(call.rule()))
                .mapToInt(Graph.CallEdge::target)
                .toArray();
        var targets = Arrays.copyOf(passed, passed.length + from.edgeCount());
        for (int i = 0; i < from.edgeCount(); i++) {
            targets[passed.length + i] = from.target(i);
        }
        return targets;
    }

    /** The reachable living states, each after those it leads to, as far as there is no circle. */
    private List<Integer> afterwards() {
        var order = new ArrayList<Integer>();
        var seen = new BitSet();
        var path = new ArrayList<int[]>();
        seen.set(0);
        path.add(new int[] {0, 0});
        while (!path.isEmpty()) {
            int[] top = path.getLast();
            int[] targets = targets(top[0]);
            if (top[1] == targets.length) {
                order.add(top[0]);
                path.removeLast();
            } else {
                int next = targets[top[1]++];
                if (alive.get(next) && !seen.get(next)) {
                    seen.set(next);
                    path.add(new int[] {next, 0});
                }
            }
        }
        return order;
    }

    private Ints signature(int state) {
        var from = graph.state(state);
        var signature = new Ints();
        signature.add(from.accepting ? 1 : 0);
        for (int i = 0; i < from.edgeCount(); i++) {
            if (alive.get(from.target(i))) {
                signature.add(from.low(i));
                signature.add(from.high(i));
                signature.add(standFor(from.target(i)));
            }
        }
        for (Graph.CallEdge call : from.calls) {
            if (alive.get(call.target()) && passable.test(call.rule())) {
                signature.add(-1 - ruleNumbers.computeIfAbsent(call.rule(), _ -> ruleNumbers.size()));
                signature.add(standFor(call.target()));
            }
        }
        return signature;
    }

    /** A state not visited yet, at the end of an edge that closes a circle, stands for itself. */
    private int standFor(int state) {
        return stand[state] < 0 ? state : stand[state];
    }

    private void wire(int state) {
        var from = graph.state(state);
        var edges = new Graph.Edges();
        for (int i = 0; i < from.edgeCount(); i++) {
            if (alive.get(from.target(i))) {
                edges.add(from.low(i), from.high(i), stand[from.target(i)]);
            }
        }
        var calls = from.calls.stream()
                .filter(call -> alive.get(call.target()) && passable.test(call.rule()))
                .toList();
        int[] triples = edges.toArray();
        int count = triples.length / 3;
        var lows = new int[count];
        var highs = new int[count];
        var targets = new Node[count];
        for (int i = 0; i < count; i++) {
            lows[i] = triples[3 * i];
            highs[i] = triples[3 * i + 1];
            targets[i] = nodes[triples[3 * i + 2]];
        }
        nodes[state].wire(
                lows,
                highs,
                targets,
                calls.stream().map(Graph.CallEdge::rule).toArray(Rule[]::new),
                calls.stream().map(call -> nodes[stand[call.target()]]).toArray(Node[]::new));
    }
}

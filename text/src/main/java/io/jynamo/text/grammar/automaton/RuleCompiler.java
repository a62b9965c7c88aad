package io.jynamo.text.grammar.automaton;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compiles a rule and those it calls: each becomes a graph, what can never end is cut off, equal states are joined, and the states become
 * {@link Node}s. Refused are rules that call themselves before taking a byte (left recursion), sets of rules that may begin in too many ways
 * at once, and rules that match nothing at all.
 */
public final class RuleCompiler {
    private static final int MAX_RULES = 10_000;
    private static final int MAX_STATES = 1_000_000;
    /** Of ways in which calls may nest before the first byte. */
    private static final long MAX_BEGINNINGS = 20_000;

    private final boolean common;
    private final Map<Rule, Graph> graphs = new LinkedHashMap<>();
    private final Set<Rule> nullable = new HashSet<>();
    private final Set<Rule> productive = new HashSet<>();
    private int states;

    private RuleCompiler(boolean common) {
        this.common = common;
    }

    /**
     * Compiles {@code root} and everything it calls that is not compiled yet.
     *
     * @throws io.jynamo.protocol.JynamoException INVALID_REQUEST or UNSUPPORTED_PARAMETER
     */
    public static void compile(Rule root) {
        new RuleCompiler(false).run(List.of(root));
    }

    /** Compiles rules that all grammars share and that stay for the life of the process. */
    public static void compileCommon(List<Rule> roots) {
        new RuleCompiler(true).run(roots);
    }

    private void run(List<Rule> roots) {
        List<Rule> rules = reachable(roots);
        findNullable(rules);
        makeGraphs(rules);
        findProductive();
        for (Rule root : roots) {
            if (!isProductive(root)) {
                throw Refusal.invalid("no text satisfies the constraint");
            }
        }
        graphs.forEach((rule, graph) -> rule.compiled(new NodeMaker(graph, this::isProductive, common).make()));
        Beginnings.check(graphs.keySet(), MAX_BEGINNINGS);
    }

    private static List<Rule> reachable(List<Rule> roots) {
        var found = new ArrayList<Rule>(roots);
        var seen = new HashSet<Rule>(roots);
        for (int i = 0; i < found.size(); i++) {
            collect(found.get(i).body(), found, seen);
        }
        return found;
    }

    private static void collect(Expression expression, List<Rule> found, Set<Rule> seen) {
        switch (expression) {
            case Expression.Call(Rule rule) -> {
                if (!rule.isCompiled() && seen.add(rule)) {
                    found.add(rule);
                }
            }
            case Expression.Sequence sequence -> sequence.parts().forEach(part -> collect(part, found, seen));
            case Expression.Choice choice -> choice.options().forEach(option -> collect(option, found, seen));
            case Expression.Repeat repeat -> collect(repeat.body(), found, seen);
            case Expression.Members members -> {
                members.members().forEach(member -> collect(member.body(), found, seen));
                collect(members.rest(), found, seen);
                collect(members.separator(), found, seen);
            }
            case Expression.Range _, Expression.Embedded _ -> {}
        }
    }

    private void findNullable(List<Rule> rules) {
        boolean changed = true;
        while (changed) {
            changed = false;
            for (Rule rule : rules) {
                changed |= !nullable.contains(rule) && isNullable(rule.body()) && nullable.add(rule);
            }
        }
    }

    private boolean isNullable(Expression expression) {
        return switch (expression) {
            case Expression.Range _ -> false;
            case Expression.Sequence sequence -> sequence.parts().stream().allMatch(this::isNullable);
            case Expression.Choice choice -> choice.options().stream().anyMatch(this::isNullable);
            case Expression.Repeat repeat -> repeat.min() == 0 || isNullable(repeat.body());
            case Expression.Call(Rule rule) -> rule.isCompiled() ? rule.start().accepting() : nullable.contains(rule);
            case Expression.Members members ->
                members.min() == 0
                        && members.members().stream()
                                .allMatch(member -> !member.required() || isNullable(member.body()));
            case Expression.Embedded(Graph graph) -> graph.state(0).accepting;
        };
    }

    /** Also of the rules that making a graph makes. */
    private void makeGraphs(List<Rule> rules) {
        var pending = new ArrayList<>(rules);
        for (int i = 0; i < pending.size(); i++) {
            Rule rule = pending.get(i);
            if (rule.isCompiled() || graphs.containsKey(rule)) {
                continue;
            }
            var graph = Determinizer.graph(rule.body(), this::isNullable);
            graphs.put(rule, graph);
            states += graph.size();
            if (graphs.size() > MAX_RULES || states > MAX_STATES) {
                throw Refusal.invalid(
                        "the constraint is too large: more than " + MAX_RULES + " rules or " + MAX_STATES + " states");
            }
            for (int k = 0; k < graph.size(); k++) {
                graph.state(k).calls.forEach(call -> pending.add(call.rule()));
            }
        }
    }

    private boolean isProductive(Rule rule) {
        return rule.isCompiled() || productive.contains(rule);
    }

    private void findProductive() {
        Map<Rule, Graph> open = new LinkedHashMap<>(graphs);
        boolean changed = true;
        while (changed) {
            changed = open.entrySet()
                    .removeIf(entry ->
                            Reach.from(entry.getValue(), this::isProductive).accepts()
                                    && productive.add(entry.getKey()));
        }
    }
}

package io.jynamo.text.grammar.automaton;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Looks at how rules may begin: in circles they must not (left recursion), and in how many ways is bounded. */
final class Beginnings {
    private static final int OPEN = -1;

    private final Map<Rule, Long> ways = new HashMap<>();
    private final List<Rule> path = new ArrayList<>();
    private final long limit;

    private Beginnings(long limit) {
        this.limit = limit;
    }

    static void check(Collection<Rule> rules, long limit) {
        var beginnings = new Beginnings(limit);
        for (Rule rule : rules) {
            beginnings.ways(rule);
        }
    }

    private long ways(Rule rule) {
        Long known = ways.get(rule);
        if (known != null) {
            if (known == OPEN) {
                throw leftRecursion(rule);
            }
            return known;
        }
        if (path.size() > 1000) {
            throw Refusal.invalid(
                    "rule '" + rule + "' is too deep: over 1000 rules call one another before the first byte");
        }
        ways.put(rule, (long) OPEN);
        path.add(rule);
        long sum = 1;
        for (int i = 0; i < rule.start().calls(); i++) {
            sum += ways(rule.start().callee(i));
        }
        if (sum > limit) {
            throw Refusal.invalid("rule '" + rule + "' may begin in more than " + limit + " ways");
        }
        path.removeLast();
        ways.put(rule, sum);
        return sum;
    }

    private RuntimeException leftRecursion(Rule rule) {
        var circle = new StringBuilder();
        for (Rule on : path.subList(path.indexOf(rule), path.size())) {
            circle.append(on).append(" → ");
        }
        return Refusal.unsupported("rule '" + rule + "' is left-recursive: " + circle + rule
                + " before any text is taken; write it as a repetition");
    }
}

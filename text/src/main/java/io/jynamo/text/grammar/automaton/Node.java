package io.jynamo.text.grammar.automaton;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A state of a rule's automaton. From it lead edges that take a byte and calls that take a text of another rule; from every node some text
 * leads to the rule's end. Wired once while its rule is compiled, then immutable.
 */
public final class Node {
    private static final AtomicInteger IDS = new AtomicInteger();

    private final int id = IDS.getAndIncrement();
    private final boolean accepting;
    private final boolean common;
    private int[] lows = {};
    private int[] highs = {};
    private Node[] targets = {};
    private Rule[] callees = {};
    private Node[] returns = {};

    Node(boolean accepting, boolean common) {
        this.accepting = accepting;
        this.common = common;
    }

    void wire(int[] lows, int[] highs, Node[] targets, Rule[] callees, Node[] returns) {
        this.lows = lows;
        this.highs = highs;
        this.targets = targets;
        this.callees = callees;
        this.returns = returns;
    }

    /** Distinct for each node of this process. */
    public int id() {
        return id;
    }

    /** Whether the rule may end here. */
    public boolean accepting() {
        return accepting;
    }

    /** Whether the rule must end here. */
    public boolean isEnd() {
        return accepting && targets.length == 0 && callees.length == 0;
    }

    /** Whether it belongs to a rule that all grammars share. */
    public boolean common() {
        return common;
    }

    public int edges() {
        return targets.length;
    }

    public int low(int edge) {
        return lows[edge];
    }

    public int high(int edge) {
        return highs[edge];
    }

    public Node target(int edge) {
        return targets[edge];
    }

    public int calls() {
        return callees.length;
    }

    public Rule callee(int call) {
        return callees[call];
    }

    /** Where a call goes on when the rule it called has ended. */
    public Node returnTo(int call) {
        return returns[call];
    }
}

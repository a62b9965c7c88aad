package io.jynamo.text.grammar.automaton;

import org.jspecify.annotations.Nullable;

/**
 * A named part of a grammar that others, and itself, can call. It is defined once, then compiled once by {@link RuleCompiler}, and does not
 * change after that; until then it belongs to one thread.
 */
public final class Rule {
    private final String name;
    private @Nullable Expression body;
    private @Nullable Node start;

    /** A rule to be defined later, so that others can call it before. */
    public Rule(String name) {
        this.name = name;
    }

    public Rule(String name, Expression body) {
        this.name = name;
        this.body = body;
    }

    public String name() {
        return name;
    }

    public void define(Expression expression) {
        if (body != null) {
            throw new IllegalStateException("Rule " + name + " is defined twice");
        }
        body = expression;
    }

    public boolean isDefined() {
        return body != null;
    }

    Expression body() {
        if (body == null) {
            throw new IllegalStateException("Rule " + name + " is not defined");
        }
        return body;
    }

    boolean isCompiled() {
        return start != null;
    }

    void compiled(Node node) {
        start = node;
    }

    /** Where a text of this rule begins. */
    public Node start() {
        if (start == null) {
            throw new IllegalStateException("Rule " + name + " is not compiled");
        }
        return start;
    }

    @Override
    public String toString() {
        return name;
    }
}

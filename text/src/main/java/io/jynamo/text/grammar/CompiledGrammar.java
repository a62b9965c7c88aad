package io.jynamo.text.grammar;

import io.jynamo.text.grammar.automaton.Expression;
import io.jynamo.text.grammar.automaton.Node;
import io.jynamo.text.grammar.automaton.Rule;
import io.jynamo.text.grammar.automaton.RuleCompiler;

/** A constraint as an automaton over bytes. Immutable, independent of any vocabulary, and shared by all who ask for the same. */
public final class CompiledGrammar {
    private final Node start;

    private CompiledGrammar(Node start) {
        this.start = start;
    }

    static CompiledGrammar of(Expression expression) {
        var root = expression instanceof Expression.Call(Rule rule) ? rule : new Rule("root", expression);
        RuleCompiler.compile(root);
        return new CompiledGrammar(root.start());
    }

    Node start() {
        return start;
    }

    /** Whether {@code text} as a whole is one that the constraint asks for. */
    public boolean accepts(byte[] text) {
        var exploration = new Exploration();
        var at = exploration.at(start, null);
        for (byte b : text) {
            at = at.next(b & 0xFF);
        }
        return at.complete;
    }

    /** Whether some text that the constraint asks for begins with {@code text}. */
    public boolean acceptsPrefix(byte[] text) {
        var at = new Exploration().at(start, null);
        for (byte b : text) {
            at = at.next(b & 0xFF);
        }
        return !at.isDead();
    }
}

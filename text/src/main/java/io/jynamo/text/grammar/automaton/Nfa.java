package io.jynamo.text.grammar.automaton;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Thompson's construction: an expression as states with edges that take a byte, a rule or nothing. State 0 is the start, state 1 the end. A
 * call of a rule that may be empty gets an edge that takes nothing beside it, so that no call needs to take the empty text.
 */
final class Nfa {
    /** Of one rule. */
    private static final int MAX_STATES = 250_000;
    /** What is repeated and larger than this becomes a rule of its own, where that saves states. */
    private static final int INLINE = 3;

    private static final int INLINE_COPIES = 64;

    static final class State {
        final Ints epsilons = new Ints();
        /** Triples low, high, target. */
        final Ints edges = new Ints();

        final List<Graph.CallEdge> calls = new ArrayList<>(0);

        /** Whether it does more than lead on without taking anything. */
        boolean matters() {
            return edges.size() > 0 || !calls.isEmpty();
        }
    }

    static final int START = 0;
    static final int END = 1;

    private final List<State> states = new ArrayList<>();
    private final Predicate<Expression> nullable;
    private final boolean mayCall;
    /** Rules made here that may be empty. */
    private final Set<Rule> emptyRepeats = new HashSet<>();

    private Nfa(Predicate<Expression> nullable, boolean mayCall) {
        this.nullable = nullable;
        this.mayCall = mayCall;
    }

    /** The automaton of {@code expression}; {@code nullable} tells which expressions hold the empty text. */
    static Nfa of(Expression expression, Predicate<Expression> nullable) {
        return of(expression, new Nfa(nullable, true));
    }

    /** The automaton, without calls, of an expression without calls. */
    static Nfa regular(Expression expression) {
        return of(expression, new Nfa(_ -> false, false));
    }

    private static Nfa of(Expression expression, Nfa nfa) {
        nfa.state();
        nfa.state();
        nfa.build(expression, START, END);
        return nfa;
    }

    int size() {
        return states.size();
    }

    State get(int index) {
        return states.get(index);
    }

    private int state() {
        if (states.size() == MAX_STATES) {
            throw Refusal.invalid(
                    "the constraint is too large: a part of it needs more than " + MAX_STATES + " states");
        }
        states.add(new State());
        return states.size() - 1;
    }

    private void epsilon(int from, int to) {
        if (from != to) {
            states.get(from).epsilons.add(to);
        }
    }

    private void edge(int low, int high, int from, int to) {
        var edges = states.get(from).edges;
        edges.add(low);
        edges.add(high);
        edges.add(to);
    }

    private void build(Expression expression, int from, int to) {
        switch (expression) {
            case Expression.Range range -> edge(range.low(), range.high(), from, to);
            case Expression.Sequence sequence -> sequence(sequence.parts(), from, to);
            case Expression.Choice choice -> choice(choice.options(), from, to);
            case Expression.Repeat repeat -> repeat(repeat, from, to);
            case Expression.Call call -> call(call, from, to);
            case Expression.Members members -> members(members, from, to);
            case Expression.Embedded embedded -> embed(embedded.graph(), from, to);
        }
    }

    private void sequence(List<Expression> parts, int from, int to) {
        if (parts.isEmpty()) {
            epsilon(from, to);
            return;
        }
        int at = from;
        for (int i = 0; i < parts.size(); i++) {
            int next = i == parts.size() - 1 ? to : state();
            build(parts.get(i), at, next);
            at = next;
        }
    }

    /** Options share their first state: nothing leads back to it, since a repetition has a state of its own. */
    private void choice(List<Expression> options, int from, int to) {
        for (Expression option : options) {
            build(option, from, to);
        }
    }

    private void call(Expression.Call call, int from, int to) {
        if (!mayCall) {
            throw new IllegalArgumentException("Only regular expressions can be combined, not rule " + call.rule());
        }
        states.get(from).calls.add(new Graph.CallEdge(call.rule(), to));
        if (emptyRepeats.contains(call.rule()) || nullable.test(call)) {
            epsilon(from, to);
        }
    }

    private void repeat(Expression.Repeat repeat, int from, int to) {
        int copies = Math.max(repeat.min(), repeat.max());
        Expression body = repeat.body();
        if (mayCall && copies > 1 && Expression.size(body) > INLINE && Expression.size(body) * copies > INLINE_COPIES) {
            body = sharedRepeat(body);
        }
        int at = from;
        for (int i = 0; i < repeat.min(); i++) {
            int next = state();
            build(body, at, next);
            at = next;
        }
        if (repeat.max() == Expression.UNBOUNDED) {
            int loop = state();
            epsilon(at, loop);
            build(body, loop, loop);
            epsilon(loop, to);
            return;
        }
        for (int i = repeat.min(); i < repeat.max(); i++) {
            int next = state();
            epsilon(at, to);
            build(body, at, next);
            at = next;
        }
        epsilon(at, to);
    }

    /**
     * A line of states for each number of members written so far, up to where more make no difference; a member leads from one line to the
     * next. Into a member that is not the first leads the separator.
     */
    private void members(Expression.Members members, int from, int to) {
        int top = members.max() != Expression.UNBOUNDED ? members.max() : Math.max(members.min(), 1);
        int[] lines = new int[top + 1];
        lines[0] = from;
        for (int line = 1; line <= top; line++) {
            lines[line] = state();
        }
        for (Expression.Member member : members.members()) {
            int[] after = new int[top + 1];
            Arrays.setAll(after, _ -> state());
            member(member.body(), members, lines, after);
            for (int line = 0; line <= top && !member.required(); line++) {
                epsilon(lines[line], after[line]);
            }
            lines = after;
        }
        member(members.rest(), members, lines, lines);
        for (int line = members.min(); line <= top; line++) {
            epsilon(lines[line], to);
        }
    }

    private void member(Expression body, Expression.Members members, int[] lines, int[] after) {
        int top = lines.length - 1;
        Expression once = mayCall && top > 1 ? sharedRepeat(body) : body;
        for (int line = 1; line <= top; line++) {
            int before = state();
            enter(line - 1, lines, members.separator(), before);
            if (line == top && members.max() == Expression.UNBOUNDED) {
                enter(line, lines, members.separator(), before);
            }
            build(once, before, after[line]);
        }
    }

    private void enter(int line, int[] lines, Expression separator, int before) {
        if (line == 0) {
            epsilon(lines[0], before);
        } else {
            build(separator, lines[line], before);
        }
    }

    private Expression sharedRepeat(Expression body) {
        boolean empty = nullable.test(body);
        var shared = Expression.shared("repeated", body);
        if (empty && shared instanceof Expression.Call(Rule rule)) {
            emptyRepeats.add(rule);
        }
        return shared;
    }

    private void embed(Graph graph, int from, int to) {
        int offset = states.size();
        for (int i = 0; i < graph.size(); i++) {
            state();
        }
        epsilon(from, offset);
        for (int i = 0; i < graph.size(); i++) {
            var state = graph.state(i);
            for (int k = 0; k < state.edgeCount(); k++) {
                edge(state.low(k), state.high(k), offset + i, offset + state.target(k));
            }
            if (state.accepting) {
                epsilon(offset + i, to);
            }
        }
    }
}

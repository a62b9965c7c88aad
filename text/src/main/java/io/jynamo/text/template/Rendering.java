package io.jynamo.text.template;

import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One render: its variables, its output so far, and what is left of its budgets. Used by one thread. */
final class Rendering {
    private final Map<String, ? extends @Nullable Object> variables;
    private final TemplateLimits limits;
    private final Clock clock;
    private StringBuilder output = new StringBuilder(1024);
    private long stepsLeft;
    private long charsLeft;
    private int depth;
    private int line = 1;

    Rendering(Map<String, ? extends @Nullable Object> variables, TemplateLimits limits, Clock clock) {
        this.variables = variables;
        this.limits = limits;
        this.clock = clock;
        this.stepsLeft = limits.steps();
        this.charsLeft = limits.allocatedChars();
    }

    Clock clock() {
        return clock;
    }

    int line() {
        return line;
    }

    void at(int sourceLine) {
        line = sourceLine;
    }

    void step() {
        if (--stepsLeft < 0) {
            throw TemplateFailure.limit("the template ran more than " + limits.steps() + " steps");
        }
    }

    /** Pays for work on {@code size} chars or elements. */
    void work(long size) {
        stepsLeft -= size >> 6;
        step();
    }

    /** Pays for {@code steps} steps at once. */
    void steps(long steps) {
        stepsLeft -= steps;
        step();
    }

    /** Pays for memory of {@code size} chars or elements before it is taken. */
    void allocate(long size) {
        charsLeft -= size;
        work(size);
        if (size > limits.outputChars()) {
            throw TemplateFailure.limit("the template makes a text or list longer than " + limits.outputChars());
        }
        if (charsLeft < 0) {
            throw TemplateFailure.limit("the template made more than " + limits.allocatedChars() + " chars in total");
        }
    }

    /** Pays for {@code more} chars that a text being built is about to grow by. */
    void grow(StringBuilder text, long more) {
        if (more > limits.outputChars() - text.length()) {
            throw TemplateFailure.limit("the template makes a text longer than " + limits.outputChars() + " chars");
        }
        allocate(more);
    }

    /** Pays for {@code count} elements of a list or dict: a reference weighs as much as several chars. */
    void elements(long count) {
        allocate(count * 8);
    }

    /** The same for a text already made of bounded parts. */
    String allocated(String text) {
        allocate(text.length());
        return text;
    }

    void enter(int levels) {
        depth += levels;
        if (depth > limits.depth()) {
            throw new TemplateFailure(
                    "RecursionError", "the template calls itself more than " + limits.depth() + " levels deep");
        }
    }

    void leave(int levels) {
        depth -= levels;
    }

    void emit(String text) {
        if (text.length() > limits.outputChars() - output.length()) {
            throw TemplateFailure.limit("the template's output is longer than " + limits.outputChars() + " chars");
        }
        charsLeft -= text.length();
        if (charsLeft < 0) {
            throw TemplateFailure.limit("the template made more than " + limits.allocatedChars() + " chars in total");
        }
        stepsLeft -= text.length() >> 6;
        output.append(text);
    }

    /** Sends output to a fresh buffer; hand what this returns to {@link #endCapture}. */
    StringBuilder beginCapture() {
        var before = output;
        output = new StringBuilder();
        return before;
    }

    String endCapture(StringBuilder before) {
        var captured = output.toString();
        output = before;
        return captured;
    }

    String output() {
        return output.toString();
    }

    @Nullable
    Object lookup(String name) {
        var value = variables.get(name);
        if (value != null || variables.containsKey(name)) {
            return value;
        }
        var global = Globals.find(name);
        return global != null ? global : Undefined.variable(name);
    }
}

package io.jynamo.router.select;

/** Takes the parts of a cost, one by one. */
@FunctionalInterface
public interface TermSink {
    /** A part under its name, in the cost's unit. */
    void term(String name, double value);
}

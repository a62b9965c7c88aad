package io.jynamo.text.reply;

/** What the request says about calling tools. */
public sealed interface ToolChoice {
    /** No calls: what looks like one is content. */
    record None() implements ToolChoice {}

    /** The model decides. */
    record Auto() implements ToolChoice {}

    /** At least one call: the output is a JSON array of {@code {"name", "parameters"}} objects, or the family's own markup. */
    record Required() implements ToolChoice {}

    /** A call of one tool: the output is the JSON object of its arguments, or the family's own markup. */
    record Named(String name) implements ToolChoice {}
}

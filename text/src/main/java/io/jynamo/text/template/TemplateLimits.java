package io.jynamo.text.template;

/**
 * The bounds of one template and of each of its renders. A template that passes one ends with a named error, whatever it
 * computes.
 *
 * @param sourceChars chars of the template's source
 * @param nesting levels that statements, parentheses and brackets may nest in the source
 * @param steps statements, loop turns, calls and filters of one render; long text costs one step for each 64 chars
 * @param depth levels of the source that macros and recursive loops may stack up while they call themselves
 * @param outputChars chars of the rendered text, and of any text on the way to it
 * @param allocatedChars chars that one render may make in total on the way to its output; an element of a list
 *     counts as 8
 */
public record TemplateLimits(
        int sourceChars, int nesting, long steps, int depth, int outputChars, long allocatedChars) {
    /** Room for prompts of several million tokens, an end within about a second. */
    public static final TemplateLimits DEFAULT = new TemplateLimits(1 << 20, 100, 5_000_000, 600, 32 << 20, 128L << 20);

    public TemplateLimits {
        if (sourceChars < 1 || nesting < 1 || steps < 1 || depth < 1 || outputChars < 1 || allocatedChars < 1) {
            throw new IllegalArgumentException("Every limit of a template must be at least 1");
        }
    }
}

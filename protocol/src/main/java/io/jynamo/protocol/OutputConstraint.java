package io.jynamo.protocol;

import java.util.List;

/**
 * What the output of a request must look like. A worker that takes it lets no token be drawn that leaves the form, and no end before the text is
 * whole; where tokens run out before, the text is a beginning of one.
 *
 * @param form of the answer
 * @param thinking what may come before it
 */
public record OutputConstraint(Form form, Thinking thinking) {
    /** A constraint of all the output. */
    public static OutputConstraint of(Form form) {
        return new OutputConstraint(form, Thinking.NONE);
    }

    /** What an engine must be able to do. */
    public Capability needs() {
        return form.needs();
    }

    /** How an answer is written. */
    public sealed interface Form {
        /** What an engine must be able to do to keep to it. */
        Capability needs();

        /** Whether it is JSON without white space between its parts. */
        default boolean compact() {
            return false;
        }
    }

    /**
     * Any JSON object.
     *
     * @param compact without white space between its parts
     */
    public record JsonObject(boolean compact) implements Form {
        @Override
        public Capability needs() {
            return Capability.JSON_OUTPUT;
        }
    }

    /**
     * An instance of a JSON Schema.
     *
     * @param schema its JSON text
     * @param strict where an object with properties does not say {@code additionalProperties} there are none
     * @param compact without white space between the parts
     */
    public record JsonSchema(String schema, boolean strict, boolean compact) implements Form {
        @Override
        public Capability needs() {
            return Capability.JSON_OUTPUT;
        }
    }

    /** A text that a regular expression of Python matches as a whole. */
    public record Regex(String regex) implements Form {
        @Override
        public Capability needs() {
            return Capability.REGEX_OUTPUT;
        }
    }

    /** One of several texts. */
    public record OneOf(List<String> texts) implements Form {
        public OneOf {
            texts = List.copyOf(texts);
            if (texts.isEmpty()) {
                throw new IllegalArgumentException("there is nothing to choose from");
            }
        }

        @Override
        public Capability needs() {
            return Capability.CHOICE_OUTPUT;
        }
    }

    /** A text of an EBNF grammar. */
    public record Grammar(String ebnf) implements Form {
        @Override
        public Capability needs() {
            return Capability.GRAMMAR_OUTPUT;
        }
    }

    /**
     * Calls of tools in a model's own markup: {@code begin}, calls with {@code between} between them, {@code end}.
     *
     * @param several whether there may be more than one
     * @param free whether text may come before, in which {@code begin} does not occur, and there may be no call at all
     * @param markers pieces of the markup that may be special tokens of the model
     */
    public record Calls(
            String begin,
            List<Call> calls,
            String between,
            String end,
            boolean several,
            boolean free,
            List<String> markers)
            implements Form {
        public Calls {
            calls = List.copyOf(calls);
            markers = List.copyOf(markers);
            if (calls.isEmpty()) {
                throw new IllegalArgumentException("there is nothing to call");
            }
            if (free && begin.isEmpty()) {
                throw new IllegalArgumentException("calls that may be left out need a text that begins them");
            }
        }

        @Override
        public Capability needs() {
            return Capability.CALL_OUTPUT;
        }
    }

    /**
     * A call of one tool.
     *
     * @param head what stands before its arguments
     * @param arguments JSON Schema of the arguments, as text
     * @param strict as in {@link JsonSchema}
     * @param tail what stands after them
     */
    public record Call(String head, String arguments, boolean strict, String tail) {}

    /**
     * Reasoning that comes before the answer and is free.
     *
     * @param begun whether the output begins inside it, so that it must be closed; else it may be left out
     * @param opens texts that open it
     * @param closes texts that close it; none where there is no reasoning
     */
    public record Thinking(boolean begun, List<String> opens, List<String> closes) {
        /** The answer begins at once. */
        public static final Thinking NONE = new Thinking(false, List.of(), List.of());

        public Thinking {
            opens = List.copyOf(opens);
            closes = List.copyOf(closes);
            if (begun && closes.isEmpty()) {
                throw new IllegalArgumentException("reasoning that has begun needs a text that closes it");
            }
        }

        public boolean isNone() {
            return closes.isEmpty();
        }
    }
}

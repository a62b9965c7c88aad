package io.jynamo.text.reply;

/** One argument that is written as plain text, on its way to JSON. */
final class TaggedValue {
    private final CallBook calls;
    private final ToolTypes.Kind kind;
    private final boolean framed;
    /** A string's next piece, or another value's text so far. */
    private final StringBuilder text = new StringBuilder();

    private boolean started;
    /** Whether a line break was read that is the value's frame if nothing follows it. */
    private boolean lineBreak;

    /**
     * A value.
     *
     * @param framed whether one line break at either end is not the value's
     */
    TaggedValue(CallBook calls, ToolTypes.Kind kind, boolean framed) {
        this.calls = calls;
        this.kind = kind;
        this.framed = framed;
    }

    void accept(char c) {
        if (framed && c == '\n') {
            if (!started) {
                start();
                return;
            }
            if (lineBreak) {
                write('\n');
            }
            lineBreak = true;
            return;
        }
        start();
        if (lineBreak) {
            write('\n');
            lineBreak = false;
        }
        write(c);
    }

    private void start() {
        if (!started) {
            started = true;
            if (kind == ToolTypes.Kind.STRING) {
                calls.argument('"');
            }
        }
    }

    private void write(char c) {
        if (kind == ToolTypes.Kind.STRING) {
            JsonString.escape(c, text);
            calls.arguments(text);
            text.setLength(0);
        } else {
            text.append(c);
        }
    }

    /** The value is whole. */
    void end() {
        start();
        calls.arguments(
                switch (kind) {
                    case STRING -> "\"";
                    case STRING_OR_NULL -> text.toString().equals("null") ? "null" : JsonString.quote(text);
                    case VALUE -> json(text.toString());
                });
    }

    private static String json(String text) {
        var stripped = text.strip();
        if (JsonCheck.isJson(stripped)) {
            return stripped;
        }
        var literal = LiteralReader.pythonToJson(stripped);
        return literal == null ? JsonString.quote(text) : literal;
    }
}

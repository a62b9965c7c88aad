package io.jynamo.text.reply;

import io.jynamo.text.reply.LiteralReader.Step;
import java.util.List;

/** Reads one string of a literal and writes it as a JSON string while it comes. */
final class LiteralString {
    private static final String GEMMA_QUOTE = "<|\"|>";
    private static final MarkerSet GEMMA_QUOTES = new MarkerSet(List.of(GEMMA_QUOTE, "<tool_call|>"));
    private static final String PLAIN_ESCAPES = "\\'\"abfnrtv";
    private static final String PLAIN_MEANINGS = "\\'\"\u0007\b\f\n\r\t\u000b";

    private enum State {
        OPENING,
        TEXT,
        ESCAPE,
        OCTAL,
        HEX
    }

    private final boolean gemma;
    private final char quote;
    private final StringBuilder out;
    private final MarkerScan scan = new MarkerScan(GEMMA_QUOTES);
    private State state;
    /** How much of Gemma's opening quote was read; digits left of an escape; the escape's code. */
    private int opened = 1;

    private int left;
    private int code;

    LiteralString(boolean gemma, char first, StringBuilder out) {
        this.gemma = gemma;
        this.quote = first;
        this.out = out;
        this.state = gemma ? State.OPENING : State.TEXT;
        if (!gemma) {
            out.append('"');
        }
    }

    static boolean begins(boolean gemma, char c) {
        return gemma ? c == '<' : c == '"' || c == '\'';
    }

    Step accept(char c) {
        return switch (state) {
            case OPENING -> opening(c);
            case TEXT -> gemma ? gemmaText(c) : pythonText(c);
            case ESCAPE -> escape(c);
            case OCTAL -> octal(c);
            case HEX -> hex(c);
        };
    }

    private Step opening(char c) {
        if (c != GEMMA_QUOTE.charAt(opened)) {
            return Step.BROKEN;
        }
        opened++;
        if (opened == GEMMA_QUOTE.length()) {
            out.append('"');
            state = State.TEXT;
        }
        return Step.MORE;
    }

    private Step gemmaText(char c) {
        var found = scan.accept(c);
        var freed = scan.freed();
        for (int i = 0; i < freed.length(); i++) {
            JsonString.escape(freed.charAt(i), out);
        }
        return found < 0 ? Step.MORE : found == 0 ? end() : Step.CUT;
    }

    private Step end() {
        out.append('"');
        return Step.DONE;
    }

    private Step pythonText(char c) {
        if (c == quote) {
            return end();
        }
        if (c == '\n') {
            return Step.BROKEN;
        }
        if (c == '\\') {
            state = State.ESCAPE;
        } else {
            JsonString.escape(c, out);
        }
        return Step.MORE;
    }

    private Step escape(char c) {
        state = State.TEXT;
        var plain = PLAIN_ESCAPES.indexOf(c);
        if (plain >= 0) {
            JsonString.escape(PLAIN_MEANINGS.charAt(plain), out);
        } else if (c >= '0' && c <= '7') {
            state = State.OCTAL;
            left = 2;
            code = c - '0';
        } else if (c == 'x' || c == 'u' || c == 'U') {
            state = State.HEX;
            left = c == 'x' ? 2 : c == 'u' ? 4 : 8;
            code = 0;
        } else if (c == 'N') {
            return Step.BROKEN;
        } else if (c != '\n') {
            // Python keeps the backslash of an escape it does not know.
            JsonString.escape('\\', out);
            JsonString.escape(c, out);
        }
        return Step.MORE;
    }

    private Step octal(char c) {
        if (left > 0 && c >= '0' && c <= '7') {
            code = code * 8 + c - '0';
            left--;
            return Step.MORE;
        }
        write();
        return pythonText(c);
    }

    private Step hex(char c) {
        var digit = c < 128 ? Character.digit(c, 16) : -1;
        code = code << 4 | digit;
        left--;
        if (digit < 0 || (left == 0 && !Character.isValidCodePoint(code))) {
            return Step.BROKEN;
        }
        if (left == 0) {
            write();
        }
        return Step.MORE;
    }

    private void write() {
        state = State.TEXT;
        for (var c : Character.toChars(code)) {
            JsonString.escape(c, out);
        }
    }
}

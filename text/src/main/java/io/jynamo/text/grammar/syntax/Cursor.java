package io.jynamo.text.grammar.syntax;

import io.jynamo.protocol.JynamoException;
import io.jynamo.text.grammar.automaton.Refusal;

/** A place in a source text, by code points; makes errors that say where. */
final class Cursor {
    private final String text;
    private final String kind;
    private int position;

    Cursor(String text, String kind) {
        this.text = text;
        this.kind = kind;
    }

    int length() {
        return text.length();
    }

    boolean atEnd() {
        return position >= text.length();
    }

    int position() {
        return position;
    }

    void back(int to) {
        position = to;
    }

    /** The code point here, or -1 at the end. */
    int peek() {
        return atEnd() ? -1 : text.codePointAt(position);
    }

    int next() {
        if (atEnd()) {
            throw invalid("it ends too early");
        }
        int c = text.codePointAt(position);
        position += Character.charCount(c);
        return c;
    }

    boolean take(char expected) {
        return take(String.valueOf(expected));
    }

    boolean take(String expected) {
        if (!looksAt(expected)) {
            return false;
        }
        position += expected.length();
        return true;
    }

    boolean looksAt(String expected) {
        return text.startsWith(expected, position);
    }

    /** The digits here as a number, or -1 where there are none. */
    int number(int max) {
        int start = position;
        long value = 0;
        while (!atEnd() && peek() >= '0' && peek() <= '9') {
            value = Math.min(value * 10 + next() - '0', Integer.MAX_VALUE);
        }
        if (value > max) {
            throw invalid("a count of " + text.substring(start, position) + " is more than " + max);
        }
        return position == start ? -1 : (int) value;
    }

    /** So many hexadecimal digits. */
    int hex(int digits) {
        int value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = Character.digit(next(), 16);
            if (digit < 0) {
                throw invalid("an escape needs " + digits + " hexadecimal digits");
            }
            value = 16 * value + digit;
        }
        return value;
    }

    String skipPast(char end) {
        int at = text.indexOf(end, position);
        if (at < 0) {
            throw invalid("missing '" + end + "'");
        }
        String skipped = text.substring(position, at);
        position = at + 1;
        return skipped;
    }

    String since(int start) {
        return text.substring(start, position);
    }

    JynamoException invalid(String what) {
        return Refusal.invalid("invalid " + kind + ": " + what + where());
    }

    JynamoException unsupported(String what) {
        return Refusal.unsupported("unsupported in a " + kind + ": " + what + where());
    }

    private String where() {
        int end = Math.min(position, text.length());
        if (text.indexOf('\n') < 0) {
            return " at character " + (text.codePointCount(0, end) + 1);
        }
        int line =
                1 + (int) text.substring(0, end).chars().filter(c -> c == '\n').count();
        int lineStart = text.lastIndexOf('\n', end - 1) + 1;
        return " at line " + line + ", column " + (text.codePointCount(Math.min(lineStart, end), end) + 1);
    }
}

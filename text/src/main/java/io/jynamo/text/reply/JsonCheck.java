package io.jynamo.text.reply;

import java.util.BitSet;

/**
 * Checks one JSON value (RFC 8259) character by character. Strict: no trailing commas, no control characters in strings, no
 * leading zeros. White space around the value is part of it.
 */
final class JsonCheck {
    /** How deep values may nest. Clients' parsers have limits of this size. */
    static final int DEPTH = 500;

    private enum State {
        VALUE,
        FIRST_ELEMENT,
        FIRST_KEY,
        KEY,
        COLON,
        STRING,
        ESCAPE,
        HEX,
        WORD,
        MINUS,
        ZERO,
        INTEGER,
        POINT,
        FRACTION,
        EXPONENT,
        EXPONENT_SIGN,
        EXPONENT_DIGITS,
        AFTER,
        BROKEN
    }

    private final BitSet objects = new BitSet();
    private int depth;
    private State state = State.VALUE;
    private boolean key;
    private int hexLeft;
    private String word = "";
    private int wordAt;

    /** Whether a whole text is one JSON value. */
    static boolean isJson(CharSequence text) {
        var check = new JsonCheck();
        for (int i = 0; i < text.length(); i++) {
            if (!check.accept(text.charAt(i))) {
                return false;
            }
        }
        return check.isComplete();
    }

    /** How many objects and arrays are open. */
    int depth() {
        return depth;
    }

    /** Whether the next character that is no white space begins a value. */
    boolean expectsValue() {
        return state == State.VALUE || state == State.FIRST_ELEMENT;
    }

    boolean isInString() {
        return state == State.STRING || state == State.ESCAPE || state == State.HEX;
    }

    /** Whether the string that is or was last open is a key. */
    boolean isKey() {
        return key;
    }

    /** Whether the text so far is a whole value. */
    boolean isComplete() {
        return depth == 0
                && switch (state) {
                    case AFTER, ZERO, INTEGER, FRACTION, EXPONENT_DIGITS -> true;
                    default -> false;
                };
    }

    /** Reads a character; false if no value goes on so, now or ever after. */
    boolean accept(char c) {
        state = switch (state) {
            case VALUE, FIRST_ELEMENT, FIRST_KEY, KEY, COLON, AFTER -> between(c);
            case STRING, ESCAPE, HEX -> inString(c);
            case WORD -> inWord(c);
            case MINUS, ZERO, INTEGER, POINT, FRACTION, EXPONENT, EXPONENT_SIGN, EXPONENT_DIGITS -> inNumber(c);
            case BROKEN -> State.BROKEN;
        };
        return state != State.BROKEN;
    }

    private State between(char c) {
        if (isSpace(c)) {
            return state;
        }
        return switch (state) {
            case FIRST_ELEMENT -> c == ']' ? close(false) : value(c);
            case FIRST_KEY -> c == '}' ? close(true) : key(c);
            case KEY -> key(c);
            case COLON -> c == ':' ? State.VALUE : State.BROKEN;
            case AFTER -> after(c);
            default -> value(c);
        };
    }

    private State key(char c) {
        key = true;
        return c == '"' ? State.STRING : State.BROKEN;
    }

    private State value(char c) {
        key = false;
        return switch (c) {
            case '"' -> State.STRING;
            case '{' -> open(true);
            case '[' -> open(false);
            case '-' -> State.MINUS;
            case '0' -> State.ZERO;
            case 't' -> word("true");
            case 'f' -> word("false");
            case 'n' -> word("null");
            default -> isDigit(c) ? State.INTEGER : State.BROKEN;
        };
    }

    private State open(boolean object) {
        if (depth == DEPTH) {
            return State.BROKEN;
        }
        objects.set(depth, object);
        depth++;
        return object ? State.FIRST_KEY : State.FIRST_ELEMENT;
    }

    private State close(boolean object) {
        if (depth == 0 || objects.get(depth - 1) != object) {
            return State.BROKEN;
        }
        depth--;
        return State.AFTER;
    }

    private State after(char c) {
        return switch (c) {
            case '}' -> close(true);
            case ']' -> close(false);
            case ',' -> depth == 0 ? State.BROKEN : objects.get(depth - 1) ? State.KEY : State.VALUE;
            default -> State.BROKEN;
        };
    }

    private State inString(char c) {
        if (state == State.ESCAPE) {
            hexLeft = 4;
            return c == 'u' ? State.HEX : "\"\\/bfnrt".indexOf(c) >= 0 ? State.STRING : State.BROKEN;
        }
        if (state == State.HEX) {
            hexLeft--;
            return Character.digit(c, 16) < 0 || c > 'f' ? State.BROKEN : hexLeft == 0 ? State.STRING : State.HEX;
        }
        if (c == '"') {
            return key ? State.COLON : State.AFTER;
        }
        return c == '\\' ? State.ESCAPE : c < ' ' ? State.BROKEN : State.STRING;
    }

    private State word(String expected) {
        word = expected;
        wordAt = 1;
        return State.WORD;
    }

    private State inWord(char c) {
        if (c != word.charAt(wordAt)) {
            return State.BROKEN;
        }
        wordAt++;
        return wordAt == word.length() ? State.AFTER : State.WORD;
    }

    private State inNumber(char c) {
        return switch (state) {
            case MINUS -> c == '0' ? State.ZERO : digits(c, State.INTEGER);
            case ZERO -> fraction(c);
            case INTEGER -> isDigit(c) ? State.INTEGER : fraction(c);
            case POINT -> digits(c, State.FRACTION);
            case FRACTION -> isDigit(c) ? State.FRACTION : exponent(c);
            case EXPONENT -> c == '+' || c == '-' ? State.EXPONENT_SIGN : digits(c, State.EXPONENT_DIGITS);
            case EXPONENT_SIGN -> digits(c, State.EXPONENT_DIGITS);
            default -> isDigit(c) ? State.EXPONENT_DIGITS : numberEnd(c);
        };
    }

    private static State digits(char c, State next) {
        return isDigit(c) ? next : State.BROKEN;
    }

    private State fraction(char c) {
        return c == '.' ? State.POINT : exponent(c);
    }

    private State exponent(char c) {
        return c == 'e' || c == 'E' ? State.EXPONENT : numberEnd(c);
    }

    private State numberEnd(char c) {
        return isSpace(c) ? State.AFTER : after(c);
    }

    static boolean isSpace(char c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}

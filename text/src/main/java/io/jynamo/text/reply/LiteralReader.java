package io.jynamo.text.reply;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads one literal value that is not JSON, character by character, and writes it as JSON: Python's, or Gemma's, whose
 * strings stand between {@code <|"|>} and whose keys are bare.
 */
final class LiteralReader {
    /** What a character meant. */
    enum Step {
        MORE,
        /** It was the value's last. */
        DONE,
        /** The value ended before it. */
        ENDED,
        /** It ends the call in the middle of the value. */
        CUT,
        BROKEN
    }

    private enum State {
        VALUE,
        ELEMENT,
        KEY,
        BARE_KEY,
        COLON,
        WORD,
        STRING,
        AFTER
    }

    private final boolean gemma;
    private final StringBuilder out;
    private final BitSet dicts = new BitSet();
    private int depth;
    private State state = State.VALUE;
    private boolean key;
    /** Whether a comma was read that may be a trailing one, which Python allows and JSON does not. */
    private boolean comma;

    private @Nullable LiteralString string;
    private final StringBuilder word = new StringBuilder();

    private LiteralReader(boolean gemma, StringBuilder out) {
        this.gemma = gemma;
        this.out = out;
    }

    /** A reader of a Python literal that writes to {@code out}. */
    static LiteralReader python(StringBuilder out) {
        return new LiteralReader(false, out);
    }

    /** A reader of a Gemma value that writes to {@code out}. */
    static LiteralReader gemma(StringBuilder out) {
        return new LiteralReader(true, out);
    }

    /** A Python literal as JSON, or null if the text is none. */
    static @Nullable String pythonToJson(String text) {
        var json = new StringBuilder();
        var reader = python(json);
        var done = false;
        for (int i = 0; i <= text.length(); i++) {
            // A number or word ends only before what follows it, so one more character is read.
            var c = i < text.length() ? text.charAt(i) : '\n';
            if (done) {
                if (!Character.isWhitespace(c)) {
                    return null;
                }
                continue;
            }
            switch (reader.accept(c)) {
                case DONE -> done = true;
                case ENDED -> {
                    done = true;
                    i--;
                }
                case BROKEN, CUT -> {
                    return null;
                }
                case MORE -> {}
            }
        }
        return done ? json.toString() : null;
    }

    Step accept(char c) {
        return switch (state) {
            case STRING -> inString(c);
            case WORD -> isWord(c) ? inWord(c) : endWord(c);
            case BARE_KEY -> inBareKey(c);
            default -> Character.isWhitespace(c) ? Step.MORE : between(c);
        };
    }

    private Step between(char c) {
        if (comma && c != ']' && c != '}') {
            out.append(',');
            comma = false;
        }
        return switch (state) {
            case ELEMENT -> c == ']' ? close(c) : value(c);
            case KEY -> c == '}' ? close(c) : key(c);
            case COLON -> colon(c);
            case AFTER -> after(c);
            default -> value(c);
        };
    }

    private Step value(char c) {
        key = false;
        if (c == '{' || c == '[') {
            if (depth == JsonCheck.DEPTH) {
                return Step.BROKEN;
            }
            dicts.set(depth, c == '{');
            depth++;
            out.append(c);
            return to(c == '{' ? State.KEY : State.ELEMENT);
        }
        if (LiteralString.begins(gemma, c)) {
            return string(c);
        }
        return isWord(c) ? inWord(c) : Step.BROKEN;
    }

    private Step string(char c) {
        string = new LiteralString(gemma, c, out);
        return to(State.STRING);
    }

    private Step key(char c) {
        key = true;
        if (LiteralString.begins(gemma, c)) {
            return string(c);
        }
        if (!gemma) {
            return Step.BROKEN;
        }
        word.setLength(0);
        state = State.BARE_KEY;
        return inBareKey(c);
    }

    private Step inBareKey(char c) {
        if (c == ':') {
            var name = word.toString().strip();
            if (name.isEmpty()) {
                return Step.BROKEN;
            }
            out.append(JsonString.quote(name));
            return colon(c);
        }
        word.append(c);
        return "{}[],<>\"".indexOf(c) >= 0 ? Step.BROKEN : Step.MORE;
    }

    private Step colon(char c) {
        out.append(c);
        return c == ':' ? to(State.VALUE) : Step.BROKEN;
    }

    private Step inString(char c) {
        if (string == null) {
            throw new IllegalStateException("No string is being read");
        }
        return switch (string.accept(c)) {
            case MORE -> Step.MORE;
            case DONE -> {
                string = null;
                yield key ? to(State.COLON) : valueEnded(Step.DONE);
            }
            case CUT -> Step.CUT;
            case ENDED, BROKEN -> Step.BROKEN;
        };
    }

    private Step inWord(char c) {
        if (state != State.WORD) {
            word.setLength(0);
            state = State.WORD;
        }
        word.append(c);
        return Step.MORE;
    }

    private Step endWord(char c) {
        var json = LiteralWord.toJson(word.toString(), gemma);
        if (json == null) {
            return Step.BROKEN;
        }
        out.append(json);
        var step = valueEnded(Step.ENDED);
        return step == Step.MORE ? accept(c) : step;
    }

    private Step valueEnded(Step atTop) {
        state = State.AFTER;
        return depth == 0 ? atTop : Step.MORE;
    }

    private Step after(char c) {
        if (c == ',') {
            comma = true;
            return to(dicts.get(depth - 1) ? State.KEY : State.ELEMENT);
        }
        return c == ']' || c == '}' ? close(c) : Step.BROKEN;
    }

    private Step close(char c) {
        if (depth == 0 || dicts.get(depth - 1) != (c == '}') || (comma && gemma)) {
            return Step.BROKEN;
        }
        comma = false;
        depth--;
        out.append(c);
        return valueEnded(Step.DONE);
    }

    private Step to(State next) {
        state = next;
        return Step.MORE;
    }

    private static boolean isWord(char c) {
        return LiteralWord.isAsciiLetter(c) || JsonCheck.isDigit(c) || "_+-.".indexOf(c) >= 0;
    }
}

package io.jynamo.text.reply;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a Python list of calls with keyword arguments: {@code [f(a=1, b="x"), g()]}. */
final class PythonicReader implements CallReader {
    private enum State {
        START,
        ELEMENT,
        NAME,
        FIRST_KEYWORD,
        KEYWORD,
        IN_KEYWORD,
        EQUALS,
        VALUE,
        AFTER_VALUE,
        AFTER_CALL
    }

    private final CallBook calls;
    private final StringBuilder json = new StringBuilder();
    private final StringBuilder word = new StringBuilder();
    private final Set<String> keywords = new HashSet<>();
    private State state = State.START;
    private String name = "";
    private @Nullable LiteralReader value;
    private int count;

    PythonicReader(CallBook calls) {
        this.calls = calls;
    }

    @Override
    public Step accept(char c) {
        var step = read(c);
        if (!json.isEmpty()) {
            calls.arguments(json);
            json.setLength(0);
        }
        return step;
    }

    private Step read(char c) {
        return switch (state) {
            case NAME -> name(c);
            case IN_KEYWORD -> keyword(c);
            case VALUE -> value(c);
            default -> Character.isWhitespace(c) && state != State.START ? Step.MORE : between(c);
        };
    }

    private Step between(char c) {
        return switch (state) {
            case START -> c == '[' ? to(State.ELEMENT) : Step.BROKEN;
            case ELEMENT -> c == ']' && count > 0 ? Step.DONE : startWord(c, State.NAME);
            case FIRST_KEYWORD -> c == ')' ? emptyCall() : startWord(c, State.IN_KEYWORD);
            case KEYWORD -> c == ')' ? endCall() : startWord(c, State.IN_KEYWORD);
            case EQUALS -> c == '=' ? startValue() : Step.BROKEN;
            case AFTER_VALUE -> c == ')' ? endCall() : c == ',' ? to(State.KEYWORD) : Step.BROKEN;
            case AFTER_CALL -> c == ']' ? Step.DONE : c == ',' ? to(State.ELEMENT) : Step.BROKEN;
            default -> Step.BROKEN;
        };
    }

    private Step startWord(char c, State next) {
        word.setLength(0);
        word.append(c);
        state = next;
        return isWord(c) && !JsonCheck.isDigit(c) ? Step.MORE : Step.BROKEN;
    }

    private Step name(char c) {
        if (c == '(') {
            name = word.toString();
            return to(State.FIRST_KEYWORD);
        }
        word.append(c);
        return isWord(c) || c == '.' || c == '-' ? Step.MORE : Step.BROKEN;
    }

    private Step keyword(char c) {
        if (isWord(c)) {
            word.append(c);
            return Step.MORE;
        }
        state = State.EQUALS;
        return Character.isWhitespace(c) ? Step.MORE : between(c);
    }

    private Step startValue() {
        var first = keywords.isEmpty();
        var keyword = word.toString();
        if (!keywords.add(keyword)) {
            return Step.BROKEN;
        }
        if (first) {
            calls.begin(name, null);
        }
        json.append(first ? '{' : ',').append(JsonString.quote(keyword)).append(':');
        value = LiteralReader.python(json);
        return to(State.VALUE);
    }

    private Step value(char c) {
        if (value == null) {
            throw new IllegalStateException("No value is being read");
        }
        return switch (value.accept(c)) {
            case MORE -> Step.MORE;
            case DONE -> to(State.AFTER_VALUE);
            case ENDED -> {
                state = State.AFTER_VALUE;
                yield read(c);
            }
            case BROKEN, CUT -> Step.BROKEN;
        };
    }

    private Step emptyCall() {
        calls.begin(name, null);
        json.append('{');
        return endCall();
    }

    private Step endCall() {
        calls.arguments(json.append('}'));
        json.setLength(0);
        calls.end();
        count++;
        keywords.clear();
        return to(State.AFTER_CALL);
    }

    private Step to(State next) {
        state = next;
        return Step.MORE;
    }

    private static boolean isWord(char c) {
        return c == '_' || Character.isLetterOrDigit(c);
    }
}

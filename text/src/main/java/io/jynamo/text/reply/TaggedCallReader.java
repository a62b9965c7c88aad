package io.jynamo.text.reply;

import java.util.HashSet;
import java.util.Set;

/**
 * Reads a call whose arguments are written one by one between tags, and writes them as a JSON object. Strings are told while
 * they come, other values when they are whole.
 */
final class TaggedCallReader implements CallReader {
    private enum State {
        NAME,
        ITEM,
        KEY,
        VALUE_OPEN,
        VALUE
    }

    private static final int LONGEST = 512;

    private final CallBook calls;
    private final ToolTypes types;
    private final TaggedStyle style;
    private final StringBuilder text = new StringBuilder();
    private final Set<String> keys = new HashSet<>();
    private MarkerScan scan;
    private State state = State.NAME;
    private String name = "";
    private boolean begun;
    private TaggedValue value;

    TaggedCallReader(CallBook calls, ToolTypes types, TaggedStyle style) {
        this.calls = calls;
        this.types = types;
        this.style = style;
        this.scan = new MarkerScan(style.nameEnd());
        this.value = new TaggedValue(calls, ToolTypes.Kind.STRING, false);
    }

    @Override
    public Step accept(char c) {
        if (state == State.NAME && style.freeName() && !NamedCallReader.isName(c)) {
            name = text.toString();
            enter(State.ITEM);
            return accept(c);
        }
        var found = scan.accept(c);
        var freed = scan.freed();
        for (int i = 0; i < freed.length(); i++) {
            if (!free(freed.charAt(i))) {
                return Step.BROKEN;
            }
        }
        return found < 0 ? Step.MORE : marker(found);
    }

    /** A character of no tag. */
    private boolean free(char c) {
        switch (state) {
            case NAME -> {
                text.append(c);
                return NamedCallReader.isName(c) && text.length() <= LONGEST;
            }
            case KEY -> {
                text.append(c);
                return c != '<' && c != '\n' && text.length() <= LONGEST;
            }
            case ITEM, VALUE_OPEN -> {
                return Character.isWhitespace(c);
            }
            case VALUE -> value.accept(c);
        }
        return true;
    }

    private Step marker(int found) {
        switch (state) {
            case NAME -> {
                name = text.toString();
                enter(State.ITEM);
                return name.isEmpty() ? Step.BROKEN : Step.MORE;
            }
            case ITEM -> {
                if (found > 0) {
                    begin();
                    end();
                    return Step.DONE;
                }
                enter(State.KEY);
            }
            case KEY -> {
                return key(text.toString()) ? Step.MORE : Step.BROKEN;
            }
            case VALUE_OPEN -> enter(State.VALUE);
            case VALUE -> {
                if (found > 0 && !style.lenient()) {
                    return Step.CUT;
                }
                value.end();
                enter(State.ITEM);
                if (found > 0) {
                    end();
                    return Step.UNCLOSED;
                }
            }
        }
        return Step.MORE;
    }

    private void begin() {
        if (!begun) {
            begun = true;
            calls.begin(name, null);
            calls.argument('{');
        }
    }

    private void end() {
        calls.argument('}');
        calls.end();
    }

    private boolean key(String written) {
        var key = style.key().apply(written);
        if (key == null || !keys.add(key.name())) {
            return false;
        }
        begin();
        calls.arguments((keys.size() > 1 ? "," : "") + JsonString.quote(key.name()) + ":");
        var said = key.string();
        var kind = said == null ? types.kind(name, key.name()) : said ? ToolTypes.Kind.STRING : ToolTypes.Kind.VALUE;
        value = new TaggedValue(calls, kind, style.framed());
        enter(style.valueOpen().isEmpty() ? State.VALUE : State.VALUE_OPEN);
        return true;
    }

    /** Goes to a state with its tags. */
    private void enter(State next) {
        state = next;
        text.setLength(0);
        scan = new MarkerScan(
                switch (next) {
                    case NAME -> style.nameEnd();
                    case ITEM -> style.items();
                    case KEY -> style.keyEnds();
                    case VALUE_OPEN -> style.valueOpen();
                    case VALUE -> style.valueEnds();
                });
    }

    @Override
    public boolean finish() {
        if (!style.lenient() || !begun || state != State.ITEM) {
            return false;
        }
        end();
        return true;
    }
}

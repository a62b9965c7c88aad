package io.jynamo.text.reply;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads calls written as JSON: an object with a name and arguments, or an array of such objects.
 *
 * <p>The arguments pass through as they are written, checked on the way; arguments that are a JSON string are unpacked, as
 * some models quote them twice. Keys may come in any order; arguments that come before the name wait for it.
 */
final class JsonCallReader implements CallReader {
    private static final Set<String> ARGUMENTS = Set.of("arguments", "parameters");
    /** The keys of a call. Where nothing but its form says that an object is a call, others say that it is none. */
    private static final List<String> KEYS = List.of("name", "arguments", "parameters", "id", "type");

    /** Where in a call's object the reader is. */
    private enum Place {
        ENVELOPE,
        KEY,
        NAME,
        ID,
        ARGUMENTS,
        QUOTED_ARGUMENTS
    }

    private final CallBook calls;
    private final boolean strict;
    private final JsonCheck check = new JsonCheck();
    private Place place = Place.ENVELOPE;
    /** How deep a call's own keys are: 1 for an object, 2 in an array, 0 before the first character. */
    private int level;

    private JsonString string = new JsonString();
    private String key = "";
    private @Nullable String name;
    private @Nullable String id;
    /** Whether the arguments of the call have begun, and whether the call has. */
    private boolean argued;

    private boolean begun;
    private final StringBuilder early = new StringBuilder();
    private JsonCheck unpacked = new JsonCheck();
    private int count;

    /**
     * A reader.
     *
     * @param strict whether an object with other keys than a call's is none
     */
    JsonCallReader(CallBook calls, boolean strict) {
        this.calls = calls;
        this.strict = strict;
    }

    /** Whether a call can begin so. */
    static boolean begins(char c) {
        return c == '{' || c == '[';
    }

    @Override
    public Step accept(char c) {
        return switch (place) {
            case ENVELOPE -> envelope(c);
            case KEY, NAME, ID -> text(c);
            case ARGUMENTS -> arguments(c);
            case QUOTED_ARGUMENTS -> quoted(c);
        };
    }

    private Step envelope(char c) {
        var startsValue = check.expectsValue() && !JsonCheck.isSpace(c);
        var depth = check.depth();
        if ((startsValue && !fits(c, depth)) || !check.accept(c)) {
            return Step.BROKEN;
        }
        if (level == 0) {
            level = c == '{' ? 1 : 2;
        } else if (depth == level && startsValue) {
            return value(c);
        } else if (depth == level && check.isInString() && check.isKey()) {
            enter(Place.KEY);
        } else if (depth == level && check.depth() < level) {
            return closeCall();
        }
        if (check.isComplete()) {
            return count > 0 ? Step.DONE : Step.BROKEN;
        }
        return Step.MORE;
    }

    /** Whether a value that begins so may stand at this depth: calls are objects, in at most one array. */
    private boolean fits(char c, int depth) {
        if (depth == 0) {
            return begins(c);
        }
        if (depth < level) {
            return c == '{';
        }
        return depth > level || key.isEmpty() || fitsKey(c);
    }

    private boolean fitsKey(char c) {
        if (ARGUMENTS.contains(key)) {
            return !argued && (c == '{' || c == '"');
        }
        return !key.equals("name") || (name == null && c == '"');
    }

    private Step value(char c) {
        if (ARGUMENTS.contains(key)) {
            argued = true;
            place = c == '{' ? Place.ARGUMENTS : Place.QUOTED_ARGUMENTS;
            string = new JsonString();
            unpacked = new JsonCheck();
            begin();
            if (c == '{') {
                tell(c);
            }
        } else if (c == '"' && key.equals("name")) {
            enter(Place.NAME);
        } else if (c == '"' && key.equals("id")) {
            enter(Place.ID);
        }
        return Step.MORE;
    }

    private void enter(Place next) {
        place = next;
        string = new JsonString();
    }

    private Step text(char c) {
        if (!check.accept(c)) {
            return Step.BROKEN;
        }
        if (check.isInString()) {
            string.accept(c);
            return place == Place.KEY && strict && !isKeySoFar() ? Step.BROKEN : Step.MORE;
        }
        var text = string.text().toString();
        switch (place) {
            case NAME -> {
                if (text.isEmpty()) {
                    return Step.BROKEN;
                }
                name = text;
                begin();
            }
            case ID -> id = text;
            default -> key = text;
        }
        var known = place != Place.KEY || !strict || KEYS.contains(key);
        place = Place.ENVELOPE;
        return known ? Step.MORE : Step.BROKEN;
    }

    private boolean isKeySoFar() {
        var soFar = string.text().toString();
        return KEYS.stream().anyMatch(known -> known.startsWith(soFar));
    }

    private Step arguments(char c) {
        if (!check.accept(c)) {
            return Step.BROKEN;
        }
        tell(c);
        if (check.depth() == level) {
            place = Place.ENVELOPE;
        }
        return Step.MORE;
    }

    /** Arguments inside a string: what the string means is the JSON. */
    private Step quoted(char c) {
        if (!check.accept(c)) {
            return Step.BROKEN;
        }
        if (!check.isInString()) {
            place = Place.ENVELOPE;
            return unpacked.isComplete() ? Step.MORE : Step.BROKEN;
        }
        string.accept(c);
        var text = string.text();
        for (int i = 0; i < text.length(); i++) {
            var inner = text.charAt(i);
            var outside = unpacked.depth() == 0;
            if ((outside && inner != '{' && !JsonCheck.isSpace(inner)) || !unpacked.accept(inner)) {
                return Step.BROKEN;
            }
            tell(inner);
        }
        text.setLength(0);
        return Step.MORE;
    }

    private void begin() {
        if (name != null && argued && !begun) {
            begun = true;
            calls.begin(name, id);
            if (!early.isEmpty()) {
                calls.arguments(early);
                early.setLength(0);
            }
        }
    }

    private void tell(char c) {
        if (begun) {
            calls.argument(c);
        } else {
            early.append(c);
        }
    }

    private Step closeCall() {
        if (!begun) {
            return Step.BROKEN;
        }
        calls.end();
        count++;
        begun = false;
        argued = false;
        name = null;
        id = null;
        key = "";
        return check.isComplete() ? Step.DONE : Step.MORE;
    }
}

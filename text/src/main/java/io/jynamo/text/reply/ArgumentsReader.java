package io.jynamo.text.reply;

import org.jspecify.annotations.Nullable;

/** Reads the JSON object of the arguments of a call whose name is known, and passes it through as written. */
final class ArgumentsReader implements CallReader {
    private final CallBook calls;
    private final String name;
    private final @Nullable String id;
    private final JsonCheck check = new JsonCheck();

    ArgumentsReader(CallBook calls, String name, @Nullable String id) {
        this.calls = calls;
        this.name = name;
        this.id = id;
    }

    @Override
    public Step accept(char c) {
        if (check.depth() == 0) {
            if (c != '{') {
                return JsonCheck.isSpace(c) ? Step.MORE : Step.BROKEN;
            }
            calls.begin(name, id);
        }
        if (!check.accept(c)) {
            return Step.BROKEN;
        }
        calls.argument(c);
        if (!check.isComplete()) {
            return Step.MORE;
        }
        calls.end();
        return Step.DONE;
    }
}

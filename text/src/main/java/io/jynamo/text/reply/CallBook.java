package io.jynamo.text.reply;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one reply: numbers them and tells them as they come, or withholds them until {@link #tellWithheld} where
 * only their end proves that they are calls.
 */
final class CallBook {
    private record Withheld(String name, @Nullable String id, StringBuilder json) {}

    private final Outlet out;
    private final List<Withheld> withheld = new ArrayList<>();
    private boolean withholding;
    private int told;
    private boolean open;

    CallBook(Outlet out) {
        this.out = out;
    }

    void withhold(boolean on) {
        withholding = on;
    }

    void begin(String name, @Nullable String id) {
        if (withholding) {
            withheld.add(new Withheld(name, id, new StringBuilder()));
            return;
        }
        out.callBegun(told, name, id);
        told++;
        open = true;
    }

    void arguments(CharSequence json) {
        if (withholding) {
            out.worked();
            withheld.getLast().json().append(json);
        } else {
            out.arguments(json);
        }
    }

    void argument(char c) {
        if (withholding) {
            out.worked();
            withheld.getLast().json().append(c);
        } else {
            out.arguments(c);
        }
    }

    void end() {
        if (!withholding) {
            open = false;
            out.callEnded();
        }
    }

    /** Whether a call was told that is neither ended nor cut. */
    boolean isOpen() {
        return open;
    }

    void cut() {
        open = false;
        out.callCut();
    }

    /** How many calls were told. */
    int told() {
        return told;
    }

    void tellWithheld() {
        withholding = false;
        for (var call : withheld) {
            begin(call.name(), call.id());
            arguments(call.json());
            end();
        }
        withheld.clear();
    }

    /** Forgets them; whether there were any. */
    boolean dropWithheld() {
        var any = !withheld.isEmpty();
        withholding = false;
        withheld.clear();
        return any;
    }
}

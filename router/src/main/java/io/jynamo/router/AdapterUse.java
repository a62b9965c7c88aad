package io.jynamo.router;

import java.util.ArrayList;
import java.util.List;

/**
 * Which LoRA adapters a worker was given requests for, the latest last: what it has loaded, as far as its router knows. An
 * engine keeps the ones used last in its slots and reads others from disk; how many slots it has, and what other routers
 * gave it, nobody says. One thread at a time.
 */
final class AdapterUse {
    /** Adapters used since, after which one counts as put out. */
    static final int SLOTS = 8;

    private final List<String> latest = new ArrayList<>(0);

    /** It is given a request for the adapter. */
    void use(String adapter) {
        if (!latest.remove(adapter) && latest.size() == SLOTS) {
            latest.removeFirst();
        }
        latest.add(adapter);
    }

    /** How likely it has to load the adapter first, 0 to 1: by how many others it was given since. */
    double missing(String adapter) {
        int at = latest.indexOf(adapter);
        return at < 0 ? 1 : (latest.size() - 1 - at) / (double) SLOTS;
    }
}

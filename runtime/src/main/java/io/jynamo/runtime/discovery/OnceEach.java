package io.jynamo.runtime.discovery;

import java.util.LinkedHashSet;
import java.util.Set;

/** Which of many things were spoken of already; the oldest are forgotten. Not safe for several threads. */
final class OnceEach {
    private static final int MOST = 1_000;

    private final Set<String> spoken = new LinkedHashSet<>();

    boolean first(String what) {
        if (!spoken.add(what)) {
            return false;
        }
        if (spoken.size() > MOST) {
            spoken.remove(spoken.iterator().next());
        }
        return true;
    }
}

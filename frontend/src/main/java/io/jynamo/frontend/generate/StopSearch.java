package io.jynamo.frontend.generate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the first of some stop texts in text that comes in pieces, and holds back what may be the beginning of one.
 *
 * <p>Held back is the longest end of the text so far that begins a stop text, so a stop is never shown in part and
 * ordinary text is never kept longer than it could still become one.
 */
final class StopSearch {
    private final List<String> stops;
    private final boolean keepsStop;
    private final StringBuilder held = new StringBuilder();
    private @Nullable String found;

    /** @param keepsStop the stop text itself is part of the output */
    StopSearch(List<String> stops, boolean keepsStop) {
        this.stops = stops;
        this.keepsStop = keepsStop;
    }

    /** The text that is safe to show now; ends with the stop, or before it, once {@link #found()} is not null. */
    String push(String text) {
        if (found != null) {
            return "";
        }
        held.append(text);
        int end = -1;
        for (String stop : stops) {
            int at = held.indexOf(stop);
            if (at >= 0 && (end < 0 || at < end)) {
                end = at;
                found = stop;
            }
        }
        if (found != null) {
            return held.substring(0, keepsStop ? end + found.length() : end);
        }
        return release(held.length() - longestBeginning());
    }

    /** What is still held back, at the end of the text. */
    String flush() {
        return found != null ? "" : release(held.length());
    }

    /** The stop text that was met, or null. */
    @Nullable
    String found() {
        return found;
    }

    private String release(int count) {
        if (count == 0) {
            return "";
        }
        String safe = held.substring(0, count);
        held.delete(0, count);
        return safe;
    }

    private int longestBeginning() {
        int longest = 0;
        for (String stop : stops) {
            for (int length = Math.min(stop.length() - 1, held.length()); length > longest; length--) {
                if (stop.startsWith(held.substring(held.length() - length))) {
                    longest = length;
                }
            }
        }
        return longest;
    }
}

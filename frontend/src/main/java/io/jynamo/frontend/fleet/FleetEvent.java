package io.jynamo.frontend.fleet;

import java.util.Locale;

/**
 * Something that happened in the fleet, for people.
 *
 * @param sequence one more than that of the event before
 * @param timeMillis Unix time
 */
record FleetEvent(long sequence, long timeMillis, Kind kind, String text) {
    /** What it is about. */
    enum Kind {
        JOINED,
        READY,
        BACK,
        SUSPENDED,
        DRAINING,
        GONE,
        MOVED,
        CONTROL;

        String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}

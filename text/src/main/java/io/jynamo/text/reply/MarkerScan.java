package io.jynamo.text.reply;

/** A place in a {@link MarkerSet}: reads characters, gives back those that belong to no marker, and says which marker ends. */
final class MarkerScan {
    private final MarkerSet set;
    private final StringBuilder freed = new StringBuilder();
    private int state;

    MarkerScan(MarkerSet set) {
        this.set = set;
    }

    /** Reads a character. Afterwards {@link #freed} is the text that is certainly of no marker. Returns the marker that ended, or -1. */
    int accept(char c) {
        freed.setLength(0);
        var before = set.prefix(state);
        state = set.step(state, c);
        var found = set.end(state);
        var kept = found >= 0 ? set.marker(found).length() : set.prefix(state).length();
        freed.append(before).append(c).setLength(before.length() + 1 - kept);
        if (found >= 0) {
            state = 0;
        }
        return found;
    }

    CharSequence freed() {
        return freed;
    }

    /** What is held back, as the text ends or another takes over. */
    String drain() {
        var held = set.prefix(state);
        state = 0;
        return held;
    }

    String marker(int index) {
        return set.marker(index);
    }
}

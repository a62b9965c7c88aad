package io.jynamo.runtime.discovery;

/**
 * Who is told of entries. Calls come from one thread at a time, in the order of the changes. What one throws is logged
 * and the next comes all the same. A listener that is so slow that thousands of changes wait is told only what is
 * different when it comes back; it never holds up the store or other listeners.
 */
public interface WatchListener {
    /** An entry is there that was not, or has another value. */
    void onPut(Entry entry);

    /** An entry was withdrawn, or its process died. Never that it merely cannot be read. */
    void onGone(String key);

    /**
     * Whether the store can be reached. {@link StoreState.Reachable} comes after the entries that the store has: at the
     * beginning it says that they were all told, after a break that the listener is up to date again.
     */
    default void onStore(StoreState state) {}
}

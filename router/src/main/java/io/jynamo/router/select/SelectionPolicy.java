package io.jynamo.router.select;

/** A way to choose among workers. Called by one thread at a time; may keep what it needs from one choice to the next. */
public interface SelectionPolicy {
    /** Whether it looks at cached and shared blocks; where it does not, the router spares itself hashing the prompt. */
    boolean readsBlocks();

    /** Whether it reads each worker's {@link Outlook}; where it does not, the router spares itself learning it. */
    default boolean learns() {
        return false;
    }

    /**
     * Chooses.
     *
     * @param candidates at least one; every cost is set on return
     * @return the row chosen
     */
    int choose(Candidates candidates);

    /** Why the last choice fell as it did, in words for a person. */
    String reason(Candidates candidates, int chosen);
}

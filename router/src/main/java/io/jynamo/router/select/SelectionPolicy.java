package io.jynamo.router.select;

/** A way to choose among workers. Called by one thread at a time; may keep what it needs from one choice to the next. */
public interface SelectionPolicy {
    /** Whether it looks at cached and shared blocks; where it does not, the router spares itself hashing the prompt. */
    boolean readsBlocks();

    /** Whether it reads each worker's {@link Outlook}; where it does not, the router spares itself learning it. */
    default boolean learns() {
        return false;
    }

    /** The same for a request that wants other weights; a policy that has none is the same. */
    default SelectionPolicy tuned(CostTuning tuning) {
        return this;
    }

    /**
     * Chooses.
     *
     * @param candidates at least one; every cost is set on return
     * @return the row chosen
     */
    int choose(Candidates candidates);

    /** Prompt tokens that row {@code i} would not have to compute, as far as its load is concerned. */
    default int cachedTokens(Candidates candidates, int i) {
        return candidates.hitBlocks(i) * candidates.blockTokens();
    }

    /**
     * Whether row {@code i}, which a session was on before, may be taken though {@code best} was chosen: it costs no more
     * beyond that than the session's prompt would cost with nothing cached.
     */
    default boolean affords(Candidates candidates, int best, int i) {
        return true;
    }

    /** Tells the parts of the cost of row {@code i}, which add up to it; none where the policy has no cost. */
    default void explain(Candidates candidates, int i, TermSink terms) {}

    /** Why the last choice fell as it did, in words for a person. */
    String reason(Candidates candidates, int chosen);
}

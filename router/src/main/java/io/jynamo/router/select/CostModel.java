package io.jynamo.router.select;

/** What it costs to give the request to one worker. Pure; lower is better. */
public interface CostModel {
    /** Told before the rows of a decision are costed: what all of them have in common. */
    default Decision decide(Candidates candidates) {
        return Decision.PLAIN;
    }

    /**
     * What holds for all candidates of one decision.
     *
     * @param leastPrefillTokens booked on the worker that has least of them
     */
    record Decision(long leastPrefillTokens) {
        /** For models that compare no worker with another. */
        public static final Decision PLAIN = new Decision(0);
    }

    /** The cost of row {@code i}, without what its taints make of it and what it takes to load an adapter. */
    double cost(Candidates candidates, Decision decision, int i);

    /** Sets the costs of all rows. */
    default void costs(Candidates candidates, Decision decision) {
        for (int i = 0; i < candidates.count(); i++) {
            candidates.cost(i, cost(candidates, decision, i));
        }
    }

    /** Prompt tokens that row {@code i} would not have to compute, as far as its load is concerned. */
    default int cachedTokens(Candidates candidates, int i) {
        return candidates.hitBlocks(i) * candidates.blockTokens();
    }

    /** What the prompt would cost with nothing cached: as much a session's own worker may cost more than the best. */
    double coldPrompt(Candidates candidates, int i);

    /**
     * What it costs row {@code i}, beside {@link #cost}, to load an adapter that it does not have in memory: as much as a prompt
     * of which nothing is cached, unless the model knows better.
     */
    default double adapterLoad(Candidates candidates, int i) {
        return coldPrompt(candidates, i);
    }

    /** Tells the parts of {@link #cost}, which add up to it. */
    void explain(Candidates candidates, Decision decision, int i, TermSink terms);

    /** Whether it has weights that a request may want otherwise. */
    default boolean isTunable() {
        return false;
    }

    /** The same for a request that wants other weights. */
    default CostModel tuned(CostTuning tuning) {
        return this;
    }

    /** Whether it reads each worker's {@link Outlook}. */
    default boolean learns() {
        return false;
    }

    /** What it counts in, in the plural. */
    default String unit() {
        return "blocks";
    }
}

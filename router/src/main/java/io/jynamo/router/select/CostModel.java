package io.jynamo.router.select;

/** What it costs to give the request to one worker. Pure; lower is better. */
public interface CostModel {
    /** The cost of row {@code i}. */
    double cost(Candidates candidates, int i);

    /** Whether it reads each worker's {@link Outlook}. */
    default boolean learns() {
        return false;
    }

    /** What it counts in, in the plural. */
    default String unit() {
        return "blocks";
    }
}

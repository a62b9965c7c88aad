package io.jynamo.text;

/** What encoding a text within a limit gives: its ids, or no more than that there are too many. */
public sealed interface Encoded {
    /**
     * All ids of the text.
     *
     * @param ids at most as many as the limit
     */
    @SuppressWarnings("ArrayRecordComponent") // made for one caller, who owns it
    record Whole(int[] ids) implements Encoded {}

    /**
     * The text has more ids than the limit; how many was not found out.
     *
     * @param limit what was allowed
     */
    record MoreThan(int limit) implements Encoded {}

    /** Ids that are known, held against a limit. */
    static Encoded of(int[] ids, int limit) {
        return ids.length > limit ? new MoreThan(limit) : new Whole(ids);
    }
}

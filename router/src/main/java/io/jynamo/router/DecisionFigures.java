package io.jynamo.router;

/**
 * What a router's decisions took and how much of their prompts was cached, since it began.
 *
 * @param hashing milliseconds to hash a prompt's blocks
 * @param finding milliseconds to look them up in the index
 * @param scheduling milliseconds to choose a worker and book it
 * @param total milliseconds of all three
 * @param hitRate share of a prompt's blocks that its worker is expected to have
 * @param nonMaxOverlap decisions for a worker that has fewer of the prompt's blocks than another
 * @param overlapBlocksLost blocks that those others had more, of all such decisions
 */
public record DecisionFigures(
        Histogram hashing,
        Histogram finding,
        Histogram scheduling,
        Histogram total,
        Histogram hitRate,
        long nonMaxOverlap,
        long overlapBlocksLost) {
    /** Of a router that decides nothing. */
    public static final DecisionFigures NONE = new DecisionMeter().figures();

    /**
     * Counts by size.
     *
     * @param bounds upper bounds of all but the last bucket, rising
     * @param counts of each bucket
     * @param sum of all values
     */
    @SuppressWarnings("ArrayRecordComponent") // made for one reader
    public record Histogram(double[] bounds, long[] counts, double sum) {
        public long count() {
            long count = 0;
            for (long each : counts) {
                count += each;
            }
            return count;
        }
    }
}

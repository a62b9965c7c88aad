package io.jynamo.router.index;

/**
 * Which owners hold which KV blocks, by sequence hash. An owner is a small number that stands for a worker. Because a
 * sequence hash stands for its block and everything before it, each block is a fact of its own: events may come in any
 * order, twice or never, and the index still says only what it was told.
 *
 * <p>Calls for one owner come one at a time; calls for different owners, and {@link #find}, from any thread.
 */
public interface PrefixIndex {
    /**
     * The owner holds these blocks from now on.
     *
     * @return how many of them could not be remembered for want of room
     */
    int store(int owner, long[] sequences);

    /** The owner no longer holds these blocks. Unknown ones are no error. */
    void remove(int owner, long[] sequences);

    /** The owner no longer holds anything. */
    void clear(int owner);

    /**
     * How much of a prompt each owner holds.
     *
     * @param sequences of the prompt's blocks, first to last
     * @param depths set for every owner below its length to the leading blocks held without a gap; owners beyond it are
     *     not reported
     */
    void find(long[] sequences, int[] depths);

    /** Distinct blocks known. */
    long blocks();

    /** Memory in use, in bytes; never more than the limit given at the start. */
    long bytes();

    /** Whether there is room again for what an earlier {@link #store} could not remember. */
    boolean hasRoom();
}

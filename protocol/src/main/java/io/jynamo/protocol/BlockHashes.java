package io.jynamo.protocol;

/**
 * The hashes of a token sequence's full blocks, first to last.
 *
 * @param local hash of each block's own tokens
 * @param sequence hash of each block with everything before it
 */
@SuppressWarnings("ArrayRecordComponent") // hot path; both arrays are written once and only read
public record BlockHashes(long[] local, long[] sequence) {
    public int count() {
        return sequence.length;
    }
}

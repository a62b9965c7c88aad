package io.jynamo.protocol;

import java.util.Arrays;

/**
 * The hashes of a token sequence's full blocks, first to last. Equal when the hashes are.
 *
 * @param local hash of each block's own tokens
 * @param sequence hash of each block with everything before it
 */
@SuppressWarnings("ArrayRecordComponent") // hot path; both arrays are written once and only read
public record BlockHashes(long[] local, long[] sequence) {
    public int count() {
        return sequence.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BlockHashes that
                && Arrays.equals(local, that.local)
                && Arrays.equals(sequence, that.sequence);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(sequence);
    }

    @Override
    public String toString() {
        return SequenceHashes.of(sequence).toString();
    }
}

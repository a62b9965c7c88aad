package io.jynamo.protocol;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Some blocks, each by its sequence hash. Equal when the hashes and their order are.
 *
 * @param values written once and then only read
 */
@SuppressWarnings("ArrayRecordComponent") // hot path: an event of one long prompt holds hundreds
public record SequenceHashes(long[] values) {
    public static SequenceHashes of(long... values) {
        return new SequenceHashes(values);
    }

    public int count() {
        return values.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SequenceHashes that && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return Arrays.stream(values).mapToObj(SequenceHash::text).collect(Collectors.joining(", ", "[", "]"));
    }
}

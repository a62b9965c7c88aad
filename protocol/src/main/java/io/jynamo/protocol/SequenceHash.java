package io.jynamo.protocol;

/** The identity of a KV block with everything before it: the chained hash of {@link BlockHasher}. */
public record SequenceHash(long value) {
    @Override
    public String toString() {
        return text(value);
    }

    static String text(long value) {
        return String.format("%016x", value);
    }
}

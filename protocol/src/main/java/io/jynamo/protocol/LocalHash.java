package io.jynamo.protocol;

/** The hash of one block's own tokens, adapter and salt, whatever came before. */
public record LocalHash(long value) {
    @Override
    public String toString() {
        return String.format("%016x", value);
    }
}

package io.jynamo.runtime.discovery;

/** An entry that this process has published. */
public interface Registration extends AutoCloseable {
    /**
     * Announces another value under the key and returns once others can see it. After {@link #close} it does nothing.
     *
     * @throws io.jynamo.protocol.JynamoException DISCOVERY_UNREACHABLE where the store did not answer in time; the
     *     value is announced when it does
     */
    void update(byte[] value);

    /** Withdraws the entry. Where the store does not answer, the entry goes with the lease at the latest. */
    @Override
    void close();
}

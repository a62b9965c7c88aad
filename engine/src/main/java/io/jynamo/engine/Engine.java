package io.jynamo.engine;

import io.jynamo.protocol.Worker;
import java.time.Duration;
import java.util.Optional;

/** Something that generates tokens: a {@link Worker} that can be drained and closed. */
public interface Engine extends Worker, AutoCloseable {
    /** The KV blocks it owns, where it owns any that others may move. */
    Optional<BlockSpace> blocks();

    /** Refuses new requests from now on and waits until the running ones ended, or for {@code limit}. */
    boolean drain(Duration limit) throws InterruptedException;

    /** Stops at once; running requests end with {@code WORKER_LOST}. */
    @Override
    void close();
}

package io.jynamo.frontend.routing;

import java.util.NavigableSet;
import java.util.Set;

/**
 * A way by which replicas of a service tell each other what they did: messages under topics, to whoever listens. A message may
 * be lost, and is then not sent again. Any thread.
 */
public interface ReplicaMesh extends AutoCloseable {
    /** Tells those who listen; returns at once, and drops the message where too many wait. */
    void tell(String topic, byte[] payload);

    /**
     * Listens to a peer from now on, whether it is there or not.
     *
     * @param endpoint for example {@code tcp://10.0.0.2:9092}
     * @return false where it was listened to already
     * @throws io.jynamo.protocol.JynamoException INVALID_REQUEST for an address that cannot be one
     */
    boolean add(String endpoint);

    /** Listens to a peer no longer; false where it was not listened to. */
    boolean remove(String endpoint);

    /** Those it listens to. */
    NavigableSet<String> peers();

    /** Where others listen to this one. */
    int port();

    /** Messages that were not told since too many waited. */
    long dropped();

    @Override
    void close();

    /** Takes what peers tell, in the order in which each told it; one thread at a time. */
    @FunctionalInterface
    interface Hearer {
        void on(String topic, byte[] payload);
    }

    /** Makes a mesh. */
    @FunctionalInterface
    interface Opener {
        /**
         * Takes the port and begins to listen.
         *
         * @param host to bind
         * @param port to bind; 0 takes any free one
         * @param topics that are listened to
         * @throws io.jynamo.protocol.JynamoException ADDRESS_IN_USE, INVALID_CONFIGURATION
         */
        ReplicaMesh open(String host, int port, Set<String> topics, Hearer hearer);
    }
}

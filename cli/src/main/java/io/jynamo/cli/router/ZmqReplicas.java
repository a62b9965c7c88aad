package io.jynamo.cli.router;

import io.jynamo.engine.topics.ZmqTopics;
import io.jynamo.frontend.routing.ReplicaMesh;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.util.NavigableSet;
import java.util.Set;

/** Replicas over ZeroMQ, as Dynamo's services are connected. */
record ZmqReplicas(ZmqTopics topics) implements ReplicaMesh {
    static ReplicaMesh open(String host, int port, Set<String> topics, Hearer hearer) {
        try {
            return new ZmqReplicas(ZmqTopics.open(host, port, topics, hearer::on));
        } catch (JynamoException refused) {
            throw new JynamoException(
                    ErrorCode.ADDRESS_IN_USE, "--replica-sync-port: " + refused.getMessage(), refused);
        }
    }

    @Override
    public void tell(String topic, byte[] payload) {
        topics.tell(topic, payload);
    }

    @Override
    public boolean add(String endpoint) {
        return topics.add(endpoint);
    }

    @Override
    public boolean remove(String endpoint) {
        return topics.remove(endpoint);
    }

    @Override
    public NavigableSet<String> peers() {
        return topics.peers();
    }

    @Override
    public int port() {
        return topics.port();
    }

    @Override
    public long dropped() {
        return topics.dropped();
    }

    @Override
    public void close() {
        topics.close();
    }
}

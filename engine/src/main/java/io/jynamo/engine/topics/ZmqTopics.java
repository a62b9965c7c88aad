package io.jynamo.engine.topics;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import java.util.NavigableSet;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;
import org.zeromq.ZMQException;

/**
 * Processes that tell each other what happens, over ZeroMQ: each publishes messages under topics, and subscribes to those that it
 * was told of. A message may be lost, and is then not sent again. One thread publishes, one hears. Any thread may call it.
 */
public final class ZmqTopics implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ZmqTopics.class.getName());
    private static final int QUEUED_MESSAGES = 100_000;
    private static final int QUEUED_ORDERS = 64;
    private static final int LARGEST_MESSAGE = 16 << 20;
    private static final int TICK_MILLIS = 20;
    private static final int ORDER_SECONDS = 10;
    // As where KV events are heard: a handshake of JeroMQ 0.6.0 may stand still, and is begun anew.
    private static final int HANDSHAKE_MILLIS = 1_000;
    private static final int RECONNECT_MILLIS = 100;
    private static final int MAX_RECONNECT_MILLIS = 2_000;

    private final Set<String> topics;
    private final Hearer hearer;
    private final BlockingQueue<Message> messages = new ArrayBlockingQueue<>(QUEUED_MESSAGES);
    private final BlockingQueue<Order> orders = new ArrayBlockingQueue<>(QUEUED_ORDERS);
    private final ConcurrentSkipListSet<String> peers = new ConcurrentSkipListSet<>();
    private final LongAdder dropped = new LongAdder();
    private final ZMQ.Context context = ZMQ.context(1);
    private final ZMQ.Socket publisher = context.socket(SocketType.PUB);
    private final int port;
    private final Thread telling;
    private final Thread hearing;
    private volatile boolean closed;

    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    private record Message(String topic, byte[] payload) {}

    /** A peer to be listened to, or no longer. */
    private static final class Order {
        private final String endpoint;
        private final boolean listens;
        private final CountDownLatch done = new CountDownLatch(1);
        private volatile @Nullable RuntimeException fault;

        Order(String endpoint, boolean listens) {
            this.endpoint = endpoint;
            this.listens = listens;
        }
    }

    private ZmqTopics(String host, int port, Set<String> topics, Hearer hearer) {
        this.topics = topics;
        this.hearer = hearer;
        this.port = bind(host, port);
        this.telling = Thread.ofPlatform().name("topics-tell").daemon().start(this::tellAll);
        this.hearing = Thread.ofPlatform().name("topics-hear").daemon().start(this::hearAll);
    }

    /**
     * Publishes and hears from now on.
     *
     * @param host to bind
     * @param port to bind; 0 takes any free one
     * @param topics that are heard
     * @throws JynamoException ADDRESS_IN_USE
     */
    public static ZmqTopics open(String host, int port, Set<String> topics, Hearer hearer) {
        return new ZmqTopics(host, port, topics, hearer);
    }

    /** Takes what peers tell, in the order in which each told it; one thread at a time. */
    @FunctionalInterface
    public interface Hearer {
        void on(String topic, byte[] payload);
    }

    private int bind(String host, int wanted) {
        publisher.setLinger(0);
        publisher.setSndHWM(QUEUED_MESSAGES);
        publisher.setHandshakeIvl(HANDSHAKE_MILLIS);
        String address = "tcp://" + (host.contains(":") ? "[" + host + "]" : host);
        try {
            if (wanted == 0) {
                return publisher.bindToRandomPort(address);
            }
            publisher.bind(address + ":" + wanted);
            return wanted;
        } catch (ZMQException | IllegalArgumentException refused) {
            publisher.close();
            context.close();
            throw new JynamoException(
                    ErrorCode.ADDRESS_IN_USE,
                    "nothing can be published at " + address + ":" + wanted + ": " + refused.getMessage()
                            + "; choose another port",
                    refused);
        }
    }

    /** Where others subscribe to this one. */
    public int port() {
        return port;
    }

    /** Publishes a message; returns at once, and drops it where too many wait. */
    public void tell(String topic, byte[] payload) {
        if (!messages.offer(new Message(topic, payload))) {
            dropped.increment();
        }
    }

    /** Messages that were not published since too many waited. */
    public long dropped() {
        return dropped.sum();
    }

    /** Those it subscribes to. */
    public NavigableSet<String> peers() {
        return peers;
    }

    /**
     * Subscribes to a peer, whether it is there or not.
     *
     * @return false where it was subscribed to already
     * @throws JynamoException INVALID_REQUEST for an address that cannot be one
     */
    public boolean add(String endpoint) {
        if (!peers.add(endpoint)) {
            return false;
        }
        try {
            order(new Order(endpoint, true));
            return true;
        } catch (RuntimeException refused) {
            peers.remove(endpoint);
            throw refused;
        }
    }

    /** Ends a subscription; false where there was none. */
    public boolean remove(String endpoint) {
        if (!peers.remove(endpoint)) {
            return false;
        }
        order(new Order(endpoint, false));
        return true;
    }

    private void order(Order order) {
        try {
            boolean taken = orders.offer(order, ORDER_SECONDS, TimeUnit.SECONDS);
            if (!taken || closed || !order.done.await(ORDER_SECONDS, TimeUnit.SECONDS)) {
                throw new JynamoException(ErrorCode.NOT_READY, "subscriptions cannot be changed now; try again");
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
            throw new JynamoException(ErrorCode.CANCELLED, "interrupted while subscriptions were changed", hurry);
        }
        RuntimeException fault = order.fault;
        if (fault != null) {
            throw new JynamoException(
                    ErrorCode.INVALID_REQUEST,
                    "cannot listen to `" + order.endpoint + "`: " + fault.getMessage(),
                    fault);
        }
    }

    private void tellAll() {
        try (publisher) {
            while (!closed) {
                Message message = messages.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
                if (message != null) {
                    publisher.sendMore(message.topic());
                    publisher.send(message.payload());
                }
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        } catch (ZMQException broken) {
            LOG.log(System.Logger.Level.ERROR, "nothing is published any more", broken);
        }
    }

    private void hearAll() {
        try (ZMQ.Socket subscriber = context.socket(SocketType.SUB);
                ZMQ.Poller poller = context.poller(1)) {
            subscriber.setLinger(0);
            subscriber.setRcvHWM(QUEUED_MESSAGES);
            subscriber.setMaxMsgSize(LARGEST_MESSAGE);
            subscriber.setHandshakeIvl(HANDSHAKE_MILLIS);
            subscriber.setReconnectIVL(RECONNECT_MILLIS);
            subscriber.setReconnectIVLMax(MAX_RECONNECT_MILLIS);
            topics.forEach(subscriber::subscribe);
            poller.register(subscriber, ZMQ.Poller.POLLIN);
            while (!closed) {
                for (Order order = orders.poll(); order != null; order = orders.poll()) {
                    follow(subscriber, order);
                }
                poller.poll(TICK_MILLIS);
                hear(subscriber);
            }
        } catch (ZMQException broken) {
            LOG.log(System.Logger.Level.ERROR, "peers are not heard any more", broken);
        }
    }

    private static void follow(ZMQ.Socket subscriber, Order order) {
        try {
            if (order.listens) {
                subscriber.connect(order.endpoint);
            } else {
                subscriber.disconnect(order.endpoint);
            }
        } catch (ZMQException | IllegalArgumentException refused) {
            order.fault = refused;
        } finally {
            order.done.countDown();
        }
    }

    /** All that is there; frames past the second make it no message of ours. */
    private void hear(ZMQ.Socket subscriber) {
        for (byte[] topic = subscriber.recv(ZMQ.DONTWAIT); topic != null; topic = subscriber.recv(ZMQ.DONTWAIT)) {
            byte[] payload = subscriber.hasReceiveMore() ? subscriber.recv() : null;
            boolean more = false;
            while (subscriber.hasReceiveMore()) {
                subscriber.recv();
                more = true;
            }
            String name = new String(topic, ZMQ.CHARSET);
            if (payload != null && !more && topics.contains(name)) {
                hear(name, payload);
            }
        }
    }

    private void hear(String topic, byte[] payload) {
        try {
            hearer.on(topic, payload);
        } catch (RuntimeException failed) {
            LOG.log(System.Logger.Level.ERROR, "what a peer told could not be taken", failed);
        }
    }

    @Override
    public void close() {
        closed = true;
        boolean interrupted = false;
        for (Thread thread : new Thread[] {telling, hearing}) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException hurry) {
                    interrupted = true;
                }
            }
        }
        context.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

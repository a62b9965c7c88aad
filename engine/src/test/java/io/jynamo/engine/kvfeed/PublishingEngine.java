package io.jynamo.engine.kvfeed;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;

/**
 * A publisher as vLLM's: numbered messages on a PUB socket, a ROUTER socket that says them again. One thread owns both;
 * messages can be kept back so that subscribers lose them.
 */
final class PublishingEngine implements AutoCloseable {
    private record Order(KvFeedCore.Message message, boolean lost, CountDownLatch done) {}

    private final BlockingQueue<Order> orders = new ArrayBlockingQueue<>(1000);
    private final List<byte[]> history = new ArrayList<>();
    private final CountDownLatch bound = new CountDownLatch(1);
    private final Thread thread;
    private final int buffered;
    private final boolean topicInReplay;
    private volatile boolean closed;
    private volatile int port;
    private volatile int replayPort;
    private final AtomicInteger replays = new AtomicInteger();

    /**
     * @param port where to publish, 0 for a free port
     * @param replayPort likewise
     * @param buffered how many messages can be said again
     */
    PublishingEngine(int port, int replayPort, int buffered, boolean topicInReplay) throws InterruptedException {
        this.port = port;
        this.replayPort = replayPort;
        this.buffered = buffered;
        this.topicInReplay = topicInReplay;
        this.thread = Thread.ofPlatform().name("publishing-engine").start(this::run);
        bound.await();
    }

    KvFeedOptions options(boolean replay) {
        return KvFeedOptions.of(
                "tcp://127.0.0.1:" + port, replay ? "tcp://127.0.0.1:" + replayPort : null, EngineTwin.BLOCK_TOKENS);
    }

    int port() {
        return port;
    }

    int replayPort() {
        return replayPort;
    }

    int replays() {
        return replays.get();
    }

    /** Publishes a message; it is on its way when this returns. */
    void publish(KvFeedCore.Message message) throws InterruptedException {
        order(message, false);
    }

    /** Counts a message that no subscriber gets. */
    void lose(KvFeedCore.Message message) throws InterruptedException {
        order(message, true);
    }

    private void order(KvFeedCore.Message message, boolean lost) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        orders.put(new Order(message, lost, done));
        done.await();
    }

    private void run() {
        try (ZMQ.Context context = ZMQ.context(1);
                ZMQ.Socket publisher = context.socket(SocketType.PUB);
                ZMQ.Socket replayer = context.socket(SocketType.ROUTER);
                ZMQ.Poller poller = context.poller(1)) {
            publisher.setLinger(0);
            replayer.setLinger(0);
            port = bind(publisher, port);
            replayPort = bind(replayer, replayPort);
            bound.countDown();
            poller.register(replayer, ZMQ.Poller.POLLIN);
            while (!closed) {
                for (Order order = orders.poll(); order != null; order = orders.poll()) {
                    history.add(order.message.payload());
                    if (!order.lost) {
                        publisher.sendMore("kv@test");
                        publisher.sendMore(number(history.size() - 1));
                        publisher.send(order.message.payload());
                    }
                    order.done.countDown();
                }
                poller.poll(5);
                for (byte[] client = replayer.recv(ZMQ.DONTWAIT);
                        client != null;
                        client = replayer.recv(ZMQ.DONTWAIT)) {
                    sayAgain(replayer, client);
                }
            }
        }
    }

    private static int bind(ZMQ.Socket socket, int port) {
        if (port == 0) {
            return socket.bindToRandomPort("tcp://127.0.0.1");
        }
        socket.bind("tcp://127.0.0.1:" + port);
        return port;
    }

    private void sayAgain(ZMQ.Socket replayer, byte[] client) {
        replayer.recv();
        long from = ByteBuffer.wrap(replayer.recv()).getLong();
        replays.incrementAndGet();
        for (int i = (int) Math.max(from, history.size() - buffered); i < history.size(); i++) {
            answer(replayer, client, "kv@test", number(i), history.get(i));
        }
        answer(replayer, client, "", number(-1), new byte[0]);
    }

    private void answer(ZMQ.Socket replayer, byte[] client, String topic, byte[] number, byte[] payload) {
        replayer.sendMore(client);
        replayer.sendMore(new byte[0]);
        if (topicInReplay) {
            replayer.sendMore(topic);
        }
        replayer.sendMore(number);
        replayer.send(payload);
    }

    private static byte[] number(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    @Override
    public void close() {
        closed = true;
        ZmqKvEventsTest.join(thread);
    }
}

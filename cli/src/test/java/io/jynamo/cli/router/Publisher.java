package io.jynamo.cli.router;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;

/** An engine that publishes KV events as vLLM does, and says them again when asked. One thread has the sockets. */
final class Publisher implements AutoCloseable {
    @SuppressWarnings("ArrayRecordComponent") // read once, never compared
    private record Order(byte[] payload, boolean lost, CountDownLatch done) {}

    private final BlockingQueue<Order> orders = new ArrayBlockingQueue<>(1_000);
    private final List<byte[]> history = new ArrayList<>();
    private final CountDownLatch bound = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean closed;
    private volatile int port;
    private volatile int replayPort;

    /** @param at ports to take again, or 0 for free ones */
    Publisher(int at, int replayAt) throws InterruptedException {
        port = at;
        replayPort = replayAt;
        thread = Thread.ofPlatform().name("publisher").start(this::run);
        bound.await();
    }

    String endpoint() {
        return "tcp://127.0.0.1:" + port;
    }

    String replay() {
        return "tcp://127.0.0.1:" + replayPort;
    }

    int port() {
        return port;
    }

    int replayPort() {
        return replayPort;
    }

    /** Publishes a message of events, each a list as engines write it. */
    void publish(Object... events) throws InterruptedException {
        send(0, Arrays.asList(events), false);
    }

    /** Has a message that no subscriber gets unless it asks again. */
    void lose(Object... events) throws InterruptedException {
        send(0, Arrays.asList(events), true);
    }

    void send(int rank, List<?> events, boolean lost) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        orders.put(new Order(MessagePack.of(List.of(1.5, events, rank)), lost, done));
        if (!done.await(20, TimeUnit.SECONDS)) {
            throw new AssertionError("the publisher does not publish");
        }
    }

    /** An event that blocks were stored. */
    static List<@Nullable Object> stored(List<Long> names, @Nullable Long parent, int[] tokens, String medium) {
        return Arrays.asList("BlockStored", names, parent, tokens, tokens.length / names.size(), null, medium);
    }

    /** An event that blocks were stored under a salt. */
    static List<@Nullable Object> salted(List<Long> names, int[] tokens, String salt) {
        return Arrays.asList(
                "BlockStored",
                names,
                null,
                tokens,
                tokens.length / names.size(),
                null,
                "GPU",
                null,
                names.stream().map(name -> List.of(salt)).toList());
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
                    history.add(order.payload());
                    if (!order.lost()) {
                        publisher.sendMore("kv-events");
                        publisher.sendMore(number(history.size() - 1));
                        publisher.send(order.payload());
                    }
                    order.done().countDown();
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
        for (int i = (int) from; i < history.size(); i++) {
            answer(replayer, client, number(i), history.get(i));
        }
        answer(replayer, client, number(-1), new byte[0]);
    }

    private static void answer(ZMQ.Socket replayer, byte[] client, byte[] number, byte[] payload) {
        replayer.sendMore(client);
        replayer.sendMore(new byte[0]);
        replayer.sendMore(number);
        replayer.send(payload);
    }

    private static byte[] number(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

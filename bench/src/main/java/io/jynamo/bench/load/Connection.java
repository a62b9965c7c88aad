package io.jynamo.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;

/** One client: a kept-alive connection with at most one request on it. All of it on the generator's thread. */
final class Connection {
    /** What happened to a request. */
    enum Event {
        NOTHING,
        FINISHED,
        FAILED
    }

    private final InetSocketAddress address;
    private final Selector selector;
    private final boolean quickAck;
    private final ByteBuffer in;
    private final ResponseParser response = new ResponseParser();
    private final Tally.Times times = new Tally.Times();
    private SocketChannel channel;
    private SelectionKey key;
    private ByteBuffer out = ByteBuffer.allocate(0);
    private boolean busy;
    private boolean measured;
    private long deadline;
    private String failure = "";

    // A slow reader's allowance.
    private final int readRate;
    private long readableAt;

    Connection(InetSocketAddress address, Selector selector, LoadOptions options) throws IOException {
        this.address = address;
        this.selector = selector;
        this.quickAck = options.quickAck();
        this.readRate = options.readRate();
        this.in = ByteBuffer.allocateDirect(readRate > 0 ? Math.min(4096, Math.max(64, readRate / 4)) : 128 << 10);
        this.channel = open();
        this.key = register();
    }

    /** Sends a request that was due at a time, perhaps before now. */
    void send(ByteBuffer request, long due, boolean measured, long timeoutNanos) throws IOException {
        if (!channel.isOpen()) {
            channel = open();
            key = register();
        }
        response.reset();
        out = request;
        busy = true;
        this.measured = measured;
        times.due = due;
        times.events = 0;
        deadline = System.nanoTime() + timeoutNanos;
        write();
    }

    private void write() throws IOException {
        channel.write(out);
        key.interestOps(out.hasRemaining() ? SelectionKey.OP_WRITE | SelectionKey.OP_READ : SelectionKey.OP_READ);
    }

    /** Reads or writes what is ready. */
    Event onReady(Tally tally) {
        try {
            if (key.isWritable()) {
                write();
            }
            return key.isReadable() ? read(tally) : Event.NOTHING;
        } catch (IOException | IllegalArgumentException e) {
            return fail(e instanceof IOException ? "connection " + e.getMessage() : "not HTTP: " + e.getMessage());
        }
    }

    private Event read(Tally tally) throws IOException {
        while (true) {
            in.clear();
            int count = channel.read(in);
            long now = System.nanoTime();
            if (quickAck) {
                channel.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
            }
            if (count < 0) {
                if (!busy) {
                    close();
                    return Event.NOTHING;
                }
                return response.end() ? finish(now, tally) : fail("cut");
            }
            in.flip();
            boolean complete = busy && response.take(in);
            seen(response.takeTexts(), now, tally);
            if (complete) {
                return finish(now, tally);
            }
            if (readRate > 0) {
                readableAt = now + count * 1_000_000_000L / readRate;
                key.interestOps(0);
                return Event.NOTHING;
            }
            if (count < in.capacity()) {
                return Event.NOTHING;
            }
        }
    }

    private void seen(int texts, long now, Tally tally) {
        for (int i = 0; i < texts; i++) {
            if (times.events++ == 0) {
                times.first = now;
            } else if (measured) {
                tally.gap.recordValue(Tally.clamp(now - times.last));
            }
            times.last = now;
        }
    }

    private Event finish(long now, Tally tally) throws IOException {
        times.end = now;
        busy = false;
        if (response.closes()) {
            close();
        }
        if (response.status() != 200) {
            failure =
                    "status " + response.status() + ": " + response.bodyStart().strip();
            return Event.FAILED;
        }
        if (response.hasError() || !response.isDone()) {
            failure = response.hasError() ? "error event" : "no [DONE]";
            return Event.FAILED;
        }
        if (measured) {
            tally.request(response, times);
        }
        return Event.FINISHED;
    }

    /** Reads again when a slow reader may, and gives up what takes too long. */
    Event onTime(long now) {
        if (busy && readRate > 0 && readableAt != 0 && now >= readableAt) {
            readableAt = 0;
            key.interestOps(SelectionKey.OP_READ);
        }
        return busy && now > deadline ? fail("timeout") : Event.NOTHING;
    }

    boolean isBusy() {
        return busy;
    }

    boolean isMeasured() {
        return measured;
    }

    String failure() {
        return failure;
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            failure = "close: " + e.getMessage();
        }
    }

    private Event fail(String kind) {
        failure = kind;
        busy = false;
        close();
        return Event.FAILED;
    }

    private SocketChannel open() throws IOException {
        SocketChannel fresh = SocketChannel.open();
        fresh.setOption(StandardSocketOptions.TCP_NODELAY, true);
        if (readRate > 0) {
            fresh.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
        }
        fresh.connect(address);
        fresh.configureBlocking(false);
        return fresh;
    }

    private SelectionKey register() throws IOException {
        return channel.register(selector, SelectionKey.OP_READ, this);
    }
}

package io.jynamo.runtime.session;

import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.Worker;
import io.jynamo.runtime.wire.Frames;
import io.jynamo.runtime.wire.KvMessages;
import io.jynamo.runtime.wire.v1.KvEvents;
import io.jynamo.runtime.wire.v1.WorkerFrame;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The KV events that one session's client asked for. What waits for a client that reads slowly is bounded; beyond that
 * its subscription ends with {@code lost}, and it subscribes anew. Event loop only, but for what the worker tells.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails breaks the connection, which is told
final class ServedEvents {
    private static final System.Logger LOG = System.getLogger(ServedEvents.class.getName());
    private static final int MOST_SUBSCRIPTIONS = 4;
    private static final long NONE = -1;
    /** A snapshot of some two million blocks. */
    private static final long MOST_WAITING_BYTES = 64L << 20;

    private final Channel channel;
    private final Map<Integer, Feed> open = new HashMap<>();
    private final AtomicLong lastId = new AtomicLong(NONE);

    ServedEvents(Channel channel) {
        this.channel = channel;
    }

    /** One subscription. */
    private final class Feed {
        private final int number;
        private final AtomicLong waitingBytes = new AtomicLong();
        private final AtomicBoolean lost = new AtomicBoolean();
        private @Nullable AutoCloseable handle;

        Feed(int number) {
            this.number = number;
        }

        void tell(KvEvent event) {
            if (lost.get()) {
                return;
            }
            if (event instanceof KvEvent.Lost) {
                lose();
                return;
            }
            lastId.accumulateAndGet(event.id(), Math::max);
            KvEvents.Builder told = KvEvents.newBuilder().setSubscription(number);
            if (event instanceof KvEvent.Digest digest) {
                told.setDigest(KvMessages.message(digest));
            } else {
                told.addEvents(KvMessages.message(event));
            }
            ByteBuf frame = frame(told);
            int bytes = frame.readableBytes();
            if (waitingBytes.addAndGet(bytes) <= MOST_WAITING_BYTES) {
                channel.writeAndFlush(frame).addListener(written -> waitingBytes.addAndGet(-bytes));
            } else {
                frame.release();
                lose();
            }
        }

        private void lose() {
            if (lost.compareAndSet(false, true)) {
                channel.writeAndFlush(
                        frame(KvEvents.newBuilder().setSubscription(number).setLost(true)));
                channel.eventLoop().execute(() -> close(number));
            }
        }

        private ByteBuf frame(KvEvents.Builder events) {
            return Frames.encode(
                    channel.alloc(),
                    WorkerFrame.newBuilder().setKvEvents(events).build());
        }
    }

    /** The id of the newest event that the worker has told here, also of one that still waits to be sent. */
    OptionalLong lastId() {
        long last = lastId.get();
        return last == NONE ? OptionalLong.empty() : OptionalLong.of(last);
    }

    /** @param worker null while it loads: there is nothing to tell yet */
    void open(int number, @Nullable Worker worker) {
        Feed feed = new Feed(number);
        if (worker == null || open.size() >= MOST_SUBSCRIPTIONS || open.containsKey(number)) {
            feed.lose();
            return;
        }
        open.put(number, feed);
        feed.handle = worker.subscribe(feed::tell);
    }

    void close(int number) {
        Feed feed = open.remove(number);
        if (feed != null) {
            end(feed);
        }
    }

    void close() {
        List<Feed> all = List.copyOf(open.values());
        open.clear();
        all.forEach(ServedEvents::end);
    }

    private static void end(Feed feed) {
        feed.lost.set(true);
        try {
            if (feed.handle != null) {
                feed.handle.close();
            }
        } catch (Exception unexpected) {
            LOG.log(System.Logger.Level.WARNING, "a KV event subscription did not close cleanly", unexpected);
        }
    }
}

package io.jynamo.engine.kvfeed;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.KvEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.zeromq.SocketType;
import org.zeromq.ZEvent;
import org.zeromq.ZMQ;
import org.zeromq.ZMQException;
import org.zeromq.ZMonitor;

/**
 * The KV events of one engine (one data-parallel rank of it), heard over ZeroMQ and told as ours. One thread hears; each
 * listener has its own. Whether the engine is there does not matter: it is connected to whenever it is.
 */
public final class ZmqKvEvents implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ZmqKvEvents.class.getName());
    private static final String MONITOR = "inproc://monitor";
    private static final Duration SETTLE = Duration.ofMillis(500);
    private static final Duration DIGEST = Duration.ofSeconds(5);
    private static final int TICK_MILLIS = 50;
    private static final int QUEUED_MESSAGES = 10_000;
    private static final int MAX_REPLAYED = 200_000;
    private static final long MAX_REPLAYED_BYTES = 512L << 20;
    // JeroMQ 0.6.0 stands still in one of a few hundred handshakes; when that is over it connects anew.
    private static final int HANDSHAKE_MILLIS = 1_000;
    private static final int RECONNECT_MILLIS = 100;
    private static final int MAX_RECONNECT_MILLIS = 2_000;

    private final KvFeedOptions options;
    private final KvFanOut fanOut = new KvFanOut();
    private final Object lock = new Object();
    private final KvFeedCore core;
    private final Thread thread;
    private volatile boolean closed;
    private volatile boolean resyncWanted;
    private long digestDue = System.nanoTime() + DIGEST.toNanos();
    private boolean settling;
    private long settledAt;
    private long unreadable;
    private boolean refusalTold;
    private @Nullable JynamoException death;

    private ZmqKvEvents(KvFeedOptions options) {
        this.options = options;
        this.core = new KvFeedCore(
                new KvEventTranslator(options.blockTokens(), options.maxBlocks()),
                options.replayEndpoint() != null,
                options.rank());
        this.thread = Thread.ofPlatform()
                .name("kv-events " + options.endpoint())
                .daemon()
                .unstarted(this::run);
    }

    /** Begins to hear an engine. */
    public static ZmqKvEvents connect(KvFeedOptions options) {
        ZmqKvEvents events = new ZmqKvEvents(options);
        events.thread.start();
        return events;
    }

    /** Tells a listener as {@link io.jynamo.protocol.Worker#subscribe} says: what is held now, then every event. */
    public AutoCloseable subscribe(Consumer<KvEvent> listener) {
        synchronized (lock) {
            if (closed) {
                throw new JynamoException(
                        ErrorCode.NOT_READY, "the KV events of " + options.endpoint() + " are not heard any more");
            }
            return fanOut.add(listener, core.snapshot());
        }
    }

    /** What the engine holds now, as far as it told, and how it calls the blocks. */
    public Held held() {
        synchronized (lock) {
            return new Held(
                    core.snapshot().stream().map(KvEvent.Stored.class::cast).toList(), core.names());
        }
    }

    /**
     * What an engine holds.
     *
     * @param blocks parents first, in each tier
     * @param names the engine's, by sequence hash
     */
    public record Held(List<KvEvent.Stored> blocks, Map<Long, Long> names) {}

    /** Takes over what another reader knew of the engine, parents first, unless something was heard already. */
    public void inherit(List<KnownBlock> blocks) {
        synchronized (lock) {
            fanOut.tell(core.inherit(blocks).told());
        }
    }

    /** Forgets everything and asks the engine for all that it can say again. */
    public void resync() {
        resyncWanted = true;
    }

    public KvFeedCounts counts() {
        synchronized (lock) {
            return core.counts();
        }
    }

    /** Messages whose frames were not those of a KV event. */
    public long unreadableFrames() {
        synchronized (lock) {
            return unreadable;
        }
    }

    /** Events that listeners were too slow to be told. */
    public long lostToSlowListeners() {
        return fanOut.lost();
    }

    /** Why this engine's events are of no use, where that is so: another block size, or the end of the hearing thread. */
    public Optional<JynamoException> failure() {
        synchronized (lock) {
            return death != null ? Optional.of(death) : core.refusal();
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        fanOut.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (ZMQ.Context context = ZMQ.context(1);
                ZMQ.Socket publisher = context.socket(SocketType.SUB);
                ZMQ.Socket monitor = context.socket(SocketType.PAIR);
                ZMQ.Poller poller = context.poller(2)) {
            publisher.setLinger(0);
            publisher.setRcvHWM(QUEUED_MESSAGES);
            publisher.setMaxMsgSize(KvEventDecoder.MAX_BYTES);
            publisher.setHandshakeIvl(HANDSHAKE_MILLIS);
            publisher.setReconnectIVL(RECONNECT_MILLIS);
            publisher.setReconnectIVLMax(MAX_RECONNECT_MILLIS);
            publisher.monitor(MONITOR, ZMQ.EVENT_CONNECTED | ZMQ.EVENT_DISCONNECTED);
            monitor.connect(MONITOR);
            publisher.subscribe(options.topic());
            publisher.connect(options.endpoint());
            poller.register(publisher, ZMQ.Poller.POLLIN);
            poller.register(monitor, ZMQ.Poller.POLLIN);
            while (!closed) {
                hear(context, publisher, monitor, poller);
            }
        } catch (ZMQException | IllegalArgumentException e) {
            die(new JynamoException(
                    ErrorCode.WORKER_LOST,
                    "the KV events of " + options.endpoint() + " cannot be heard: " + e.getMessage()
                            + "; is the address right?",
                    e));
        } catch (RuntimeException e) {
            die(new JynamoException(
                    ErrorCode.INTERNAL, "hearing the KV events of " + options.endpoint() + " failed", e));
        }
    }

    private void hear(ZMQ.Context context, ZMQ.Socket publisher, ZMQ.Socket monitor, ZMQ.Poller poller) {
        poller.poll(TICK_MILLIS);
        // A broken connection is noticed before anything that came after it.
        for (ZEvent event = ZEvent.recv(monitor, ZMQ.DONTWAIT);
                event != null;
                event = ZEvent.recv(monitor, ZMQ.DONTWAIT)) {
            if (event.getEvent() == ZMonitor.Event.DISCONNECTED) {
                synchronized (lock) {
                    core.disconnected();
                }
            } else {
                settling = true;
                settledAt = System.nanoTime() + SETTLE.toNanos();
                take(context, core::connected);
            }
        }
        if (settling && System.nanoTime() - settledAt >= 0) {
            settling = false;
            take(context, core::settled);
        }
        if (resyncWanted) {
            resyncWanted = false;
            take(context, core::resync);
        }
        if (System.nanoTime() - digestDue >= 0) {
            digestDue = System.nanoTime() + DIGEST.toNanos();
            synchronized (lock) {
                fanOut.tell(List.of(core.digest()));
            }
        }
        List<byte[]> frames = ZmqFrames.receive(publisher);
        if (!frames.isEmpty()) {
            ZmqFrames.message(frames)
                    .ifPresentOrElse(message -> take(context, () -> core.live(message)), this::unreadable);
        }
    }

    /** Lets the core do something, tells what comes of it, and replays as long as it asks. */
    private void take(ZMQ.Context context, Supplier<KvFeedCore.Step> action) {
        OptionalLong wanted = tell(action);
        while (wanted.isPresent() && !closed) {
            long from = wanted.getAsLong();
            Replay replay = replay(context, from);
            wanted = tell(() -> core.replayed(from, replay.messages, replay.whole));
        }
    }

    private OptionalLong tell(Supplier<KvFeedCore.Step> action) {
        KvFeedCore.Step step;
        synchronized (lock) {
            long before = core.counts().malformed();
            step = action.get();
            fanOut.tell(step.told());
            if (before == 0 && core.counts().malformed() > 0) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "KV events of {0} cannot be read ({1}); what is held of it is forgotten each time",
                        options.endpoint(),
                        core.lastMalformed().orElse(""));
            }
            if (!refusalTold && core.refusal().isPresent()) {
                refusalTold = true;
                LOG.log(System.Logger.Level.WARNING, core.refusal().get().getMessage());
            }
        }
        return step.replayFrom();
    }

    private record Replay(List<KvFeedCore.Message> messages, boolean whole) {}

    /** Asks on a connection of its own, so that late answers to an earlier question are never taken for these. */
    private Replay replay(ZMQ.Context context, long from) {
        List<KvFeedCore.Message> messages = new ArrayList<>();
        try (ZMQ.Socket socket = context.socket(SocketType.DEALER);
                ZMQ.Poller poller = context.poller(1)) {
            socket.setLinger(0);
            socket.setRcvHWM(QUEUED_MESSAGES);
            socket.setMaxMsgSize(KvEventDecoder.MAX_BYTES);
            socket.setHandshakeIvl(HANDSHAKE_MILLIS);
            socket.connect(String.valueOf(options.replayEndpoint()));
            socket.sendMore(new byte[0]);
            socket.send(ZmqFrames.number(from));
            poller.register(socket, ZMQ.Poller.POLLIN);
            long heard = System.nanoTime();
            long bytes = 0;
            while (!closed && System.nanoTime() - heard < options.patience().toNanos()) {
                poller.poll(TICK_MILLIS);
                List<byte[]> frames = ZmqFrames.receive(socket);
                if (frames.isEmpty()) {
                    continue;
                }
                heard = System.nanoTime();
                Optional<KvFeedCore.Message> message = ZmqFrames.message(frames);
                if (message.isEmpty()) {
                    unreadable();
                    continue;
                }
                if (ZmqFrames.isEnd(message.get())) {
                    return new Replay(messages, true);
                }
                bytes += message.get().payload().length;
                if (messages.size() == MAX_REPLAYED || bytes > MAX_REPLAYED_BYTES) {
                    break;
                }
                messages.add(message.get());
            }
        }
        if (!closed) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} did not say its KV events again as a whole; {1} messages came",
                    options.replayEndpoint(),
                    messages.size());
        }
        return new Replay(messages, false);
    }

    private void unreadable() {
        synchronized (lock) {
            unreadable++;
        }
    }

    private void die(JynamoException cause) {
        LOG.log(System.Logger.Level.ERROR, cause.getMessage(), cause);
        synchronized (lock) {
            death = cause;
            fanOut.tell(core.resync().told());
        }
    }
}

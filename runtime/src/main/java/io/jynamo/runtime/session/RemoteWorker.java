package io.jynamo.runtime.session;

import io.jynamo.protocol.EmbeddingCall;
import io.jynamo.protocol.EmbeddingRequest;
import io.jynamo.protocol.EmbeddingResult;
import io.jynamo.protocol.EmbeddingSink;
import io.jynamo.protocol.Encoding;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.EventProgress;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.ModelCard;
import io.jynamo.protocol.OthersLoad;
import io.jynamo.protocol.OutputSink;
import io.jynamo.protocol.SessionNews;
import io.jynamo.protocol.Usage;
import io.jynamo.protocol.Worker;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerLoad;
import io.jynamo.protocol.WorkerState;
import io.jynamo.runtime.wire.Frames;
import io.jynamo.runtime.wire.v1.ClientFrame;
import io.jynamo.runtime.wire.v1.Sessions;
import io.jynamo.runtime.wire.v1.WorkerFrame;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A worker of another process, called over one connection that is opened again whenever it breaks, until this is closed.
 *
 * <p>How it works. Everything happens on one event loop: connecting, the {@link ClientSession} of the connection, and the
 * sinks it tells. What others read (state, card, load) are snapshots. A worker that cannot be reached is tried again
 * after {@link SessionLimits#firstRetry}, then twice as long, up to {@link SessionLimits#lastRetry}. Requests end with
 * WORKER_LOST the moment the connection breaks or falls silent: whoever placed them goes elsewhere.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails breaks the connection, which is told
public final class RemoteWorker implements Worker, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RemoteWorker.class.getName());
    /** Tries of which the log tells why they failed, for a worker that never answered: people look there first. */
    private static final int MOST_TOLD_FAILURES = 3;

    private static final WorkerLoad NO_LOAD = new WorkerLoad(0, 0, 0, 0, 0);

    private final WorkerId id;
    private final InetSocketAddress address;
    private final Credentials credentials;
    private final SessionLimits limits;
    private final Transport transport;
    private final Watcher watcher;
    private final @Nullable SslContext tls;
    private final EventLoop loop;

    private volatile WorkerState state = WorkerState.UNREACHABLE;
    private volatile @Nullable WorkerDescription description;
    private volatile WorkerLoad load = NO_LOAD;
    private volatile OthersLoad others = OthersLoad.NONE;
    private volatile @Nullable EventProgress eventProgress;
    private volatile String lastFailure = "not connected yet";
    private volatile boolean doubted;
    private volatile boolean closed;
    private final EventFeeds feeds = new EventFeeds();
    private final List<Consumer<SessionNews>> sessionListeners = new CopyOnWriteArrayList<>();
    private @Nullable ClientSession session;
    private int failures;

    /** Is told what becomes of a worker, on its event loop; must not block. */
    @FunctionalInterface
    public interface Watcher {
        /** Its state or description changed. */
        void onChange(RemoteWorker worker);
    }

    /** Where a worker is and how to speak to it. */
    public record Target(WorkerId id, InetSocketAddress address, Credentials credentials) {}

    private RemoteWorker(Target target, SessionLimits limits, Transport transport, Watcher watcher) {
        this.id = target.id();
        this.address = target.address();
        this.credentials = target.credentials();
        this.limits = limits;
        this.transport = transport;
        this.watcher = watcher;
        this.tls = SessionTls.client(credentials);
        this.loop = transport.group().next();
    }

    /** Begins to connect, and returns at once; {@code watcher} is told when the worker answers. */
    public static RemoteWorker connect(Target target, SessionLimits limits, Transport transport, Watcher watcher) {
        RemoteWorker worker = new RemoteWorker(target, limits, transport, watcher);
        worker.loop.execute(worker::open);
        return worker;
    }

    @Override
    public WorkerId id() {
        return id;
    }

    public InetSocketAddress address() {
        return address;
    }

    /** What the worker last said of itself, or null before it ever answered. */
    public @Nullable WorkerDescription description() {
        return description;
    }

    /** Why it could not be reached last time, for people. */
    public String lastFailure() {
        return lastFailure;
    }

    /** @throws IllegalStateException before the worker has said that it is ready */
    @Override
    public ModelCard card() {
        WorkerDescription known = description;
        if (known == null || known.card() == null) {
            throw new IllegalStateException("worker " + id + " has not shown its card yet");
        }
        return known.card();
    }

    @Override
    public WorkerLoad load() {
        return load;
    }

    @Override
    public OthersLoad othersLoad() {
        return others;
    }

    @Override
    public void tellOthers(long key) {
        say(Sessions.newBuilder().addKeys(key));
    }

    @Override
    public AutoCloseable listenToSessions(Consumer<SessionNews> listener) {
        sessionListeners.add(listener);
        say(Sessions.newBuilder().setListen(true));
        return () -> sessionListeners.remove(listener);
    }

    private void say(Sessions.Builder what) {
        onLoop(() -> {
            ClientSession now = session;
            if (now != null) {
                now.send(ClientFrame.newBuilder().setSessions(what));
            }
        });
    }

    void onSession(SessionNews news) {
        sessionListeners.forEach(listener -> listener.accept(news));
    }

    @Override
    public Set<String> taints() {
        WorkerDescription known = description;
        return known == null ? Set.of() : known.taints();
    }

    @Override
    public Set<String> adapters() {
        WorkerDescription known = description;
        return known == null ? Set.of() : known.adapters();
    }

    @Override
    public WorkerState state() {
        WorkerState said = state;
        return doubted && said == WorkerState.READY ? WorkerState.UNREACHABLE : said;
    }

    /**
     * What it runs in may be gone, since another worker there is lost: it is asked, and counts as unreachable until it says
     * something, so that nothing is given to it in the moment before its own connection breaks.
     */
    public void doubt() {
        if (state != WorkerState.READY || doubted) {
            return;
        }
        doubted = true;
        onLoop(() -> {
            ClientSession now = session;
            if (now != null) {
                now.ask();
            }
        });
    }

    /** What of a frame is for media: the rest is for text, ids and the messages around them. */
    long mostMediaBytes() {
        return limits.maxFrame() / 4L * 3;
    }

    /** It has said something. */
    void onHeard() {
        if (doubted) {
            doubted = false;
        }
    }

    @Override
    public Generation start(GenerationRequest request, OutputSink sink) {
        RemoteStream stream = new RemoteStream(this, request, sink);
        if (!onLoop(stream::begin)) {
            stream.end(lost("the process is stopping"));
        }
        return stream;
    }

    @Override
    public EmbeddingCall embed(EmbeddingRequest request, EmbeddingSink sink) {
        WorkerDescription known = description;
        ModelCard shown = known == null ? null : known.card();
        Encoding encoding = shown == null ? null : shown.encoding();
        if (encoding == null) {
            sink.onResult(new EmbeddingResult.Failed(
                    ErrorCode.INVALID_REQUEST, "worker " + id + " makes no embeddings; its model generates text"));
            return () -> {};
        }
        RemoteEmbedding embedding = new RemoteEmbedding(this, request, sink, encoding.width());
        if (!onLoop(embedding::begin)) {
            embedding.end(new EmbeddingResult.Failed(lostFailure("the process is stopping")));
        }
        return embedding;
    }

    @Override
    public AutoCloseable subscribe(Consumer<KvEvent> listener) {
        EventFeeds.Feed feed = feeds.add(listener);
        onLoop(() -> {
            ClientSession now = session;
            if (now != null) {
                feeds.open(feed, now);
            } else {
                feeds.lose(feed); // it subscribes anew once the worker is there
            }
        });
        return () -> onLoop(() -> feeds.close(feed, session));
    }

    /**
     * Reads one of its files.
     *
     * @param limit in which all of it must have come
     * @throws JynamoException WORKER_LOST when the session ends before, MODEL_FILE_CORRUPT when what came is not the file,
     *     DEADLINE_EXCEEDED
     */
    public void fetch(TextFile file, OutputStream to, Duration limit) throws IOException, InterruptedException {
        new FileFetch(this, file).read(to, limit);
    }

    /** Runs a step on the event loop; false when that has stopped. */
    boolean onLoop(Runnable step) {
        try {
            loop.execute(step);
            return true;
        } catch (RejectedExecutionException stopping) {
            return false;
        }
    }

    /** The open session, or null; event loop only. */
    @Nullable
    ClientSession session() {
        return session;
    }

    GenerationEnd.Failure lostFailure(String why) {
        return new GenerationEnd.Failure(ErrorCode.WORKER_LOST, "worker " + id + " at " + address + ": " + why);
    }

    GenerationEnd lost(String why) {
        return new GenerationEnd(new Usage(0, 0, 0), lostFailure(why));
    }

    private void open() {
        if (closed) {
            return;
        }
        var decoder = new Frames.Decoder(WorkerFrame.parser(), Handshake.STRANGERS_FRAME);
        ClientSession opening = new ClientSession(this, decoder, credentials.token(), limits);
        ChannelFuture connecting = new Bootstrap()
                .group(loop)
                .channel(transport.channel())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        limits.opening().toMillis())
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(1 << 20, 4 << 20))
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (tls != null) {
                            var handler = tls.newHandler(channel.alloc());
                            handler.setHandshakeTimeoutMillis(limits.opening().toMillis());
                            channel.pipeline().addLast(handler);
                        }
                        channel.pipeline().addLast(decoder, opening);
                    }
                })
                .connect(address);
        connecting.addListener(done -> {
            if (!done.isSuccess()) {
                onBroken(null, "cannot be reached: " + done.cause().getMessage());
            }
        });
    }

    /** The worker has let us in. */
    void onOpen(ClientSession opened, WorkerDescription told, @Nullable WorkerLoad now) {
        if (closed) {
            opened.close();
            return;
        }
        session = opened;
        failures = 0;
        if (now != null) {
            load = now;
        }
        onDescription(told);
        feeds.reopen(opened);
        if (!sessionListeners.isEmpty()) {
            say(Sessions.newBuilder().setListen(true));
        }
    }

    void onDescription(WorkerDescription told) {
        description = told;
        state = closed ? WorkerState.GONE : told.state();
        feeds.reopen(session);
        changed();
    }

    void onLoad(WorkerLoad now, OthersLoad given) {
        load = now;
        others = given.equals(others) ? others : given;
    }

    void onEventProgress(EventProgress told) {
        eventProgress = told;
    }

    @Override
    public Optional<EventProgress> eventProgress() {
        return Optional.ofNullable(eventProgress);
    }

    EventFeeds feeds() {
        return feeds;
    }

    /** The connection is gone, or never came. */
    void onBroken(@Nullable ClientSession broken, String why) {
        if (broken != null && session != null && !broken.equals(session)) {
            return;
        }
        session = null;
        doubted = false;
        others = OthersLoad.NONE;
        eventProgress = null;
        boolean another = !why.equals(lastFailure);
        lastFailure = why;
        boolean news = state != WorkerState.UNREACHABLE && state != WorkerState.GONE;
        if (state != WorkerState.GONE) {
            state = WorkerState.UNREACHABLE;
        }
        if (closed) {
            return;
        }
        feeds.loseAll();
        if (news) {
            LOG.log(System.Logger.Level.INFO, () -> "worker " + id + " at " + address + " is lost: " + why);
            changed();
        } else if (description == null && another && failures < MOST_TOLD_FAILURES) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    () -> "worker " + id + " at " + address + " is announced and cannot be used: " + why);
        }
        long first = limits.firstRetry().toNanos();
        long pause = Math.min(limits.lastRetry().toNanos(), first << Math.min(failures++, 20));
        long jittered = pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1);
        loop.schedule(this::open, jittered, TimeUnit.NANOSECONDS);
    }

    private void changed() {
        try {
            watcher.onChange(this);
        } catch (RuntimeException defect) {
            LOG.log(System.Logger.Level.ERROR, "who watches worker " + id + " failed", defect);
        }
    }

    /** Takes no new requests and connects no more; ends once what runs has ended. */
    public void retire() {
        closed = true;
        onLoop(() -> {
            state = WorkerState.GONE;
            ClientSession now = session;
            if (now != null) {
                now.closeWhenQuiet();
            }
        });
    }

    /** Ends the session and what runs in it, and connects no more. */
    @Override
    public void close() {
        closed = true;
        onLoop(() -> {
            state = WorkerState.GONE;
            ClientSession now = session;
            if (now != null) {
                now.close();
            }
        });
    }
}

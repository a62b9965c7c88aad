package io.jynamo.runtime.session;

import com.google.protobuf.ByteString;
import io.jynamo.protocol.EventProgress;
import io.jynamo.protocol.JynamoException;
import io.jynamo.runtime.wire.CardMessages;
import io.jynamo.runtime.wire.Frames;
import io.jynamo.runtime.wire.KvMessages;
import io.jynamo.runtime.wire.SessionMessages;
import io.jynamo.runtime.wire.v1.Challenge;
import io.jynamo.runtime.wire.v1.ClientFrame;
import io.jynamo.runtime.wire.v1.FilePart;
import io.jynamo.runtime.wire.v1.Hello;
import io.jynamo.runtime.wire.v1.KvEvents;
import io.jynamo.runtime.wire.v1.Load;
import io.jynamo.runtime.wire.v1.Output;
import io.jynamo.runtime.wire.v1.Ping;
import io.jynamo.runtime.wire.v1.Pong;
import io.jynamo.runtime.wire.v1.Proof;
import io.jynamo.runtime.wire.v1.StreamOutput;
import io.jynamo.runtime.wire.v1.Welcome;
import io.jynamo.runtime.wire.v1.WorkerFrame;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a worker, from the client's side. Event loop only.
 *
 * <p>The worker is asked whether it lives after some silence, and given up after more: the connection is closed, since a
 * worker that comes back after that must not be believed any more about requests that went elsewhere.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails breaks the connection, which is told
final class ClientSession extends SimpleChannelInboundHandler<WorkerFrame> {
    private static final long BUSY_TICK_MILLIS = 50;
    private static final long IDLE_TICK_MILLIS = 500;
    /** A worker with requests is never silent, and tells its load only when it is asked. */
    private static final long LOAD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final RemoteWorker worker;
    private final Frames.Decoder decoder;
    private final @Nullable String token;
    private final SessionLimits limits;
    private final ByteString nonce = Handshake.nonce();
    private final Silence silence;
    private final Map<Integer, SessionStream> streams = new HashMap<>();
    private @Nullable Channel channel;
    private @Nullable ScheduledFuture<?> tick;
    private @Nullable FileFetch fetch;
    private boolean proved;
    private boolean welcomed;
    private boolean flushing;
    private boolean closed;
    private boolean retiring;
    private int lastStream;
    private long pings;
    private long lastPingNanos = System.nanoTime();
    private String why = "the connection was closed";

    /** @param decoder takes what a stranger may send, and more once the worker has proved that it is none */
    ClientSession(RemoteWorker worker, Frames.Decoder decoder, @Nullable String token, SessionLimits limits) {
        super(WorkerFrame.class);
        this.worker = worker;
        this.decoder = decoder;
        this.token = token;
        this.limits = limits;
        this.silence = new Silence(limits);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        Channel connected = context.channel();
        channel = connected;
        send(ClientFrame.newBuilder()
                .setHello(Hello.newBuilder()
                        .setMinVersion(Handshake.VERSION)
                        .setMaxVersion(Handshake.VERSION)
                        .setWorkerId(worker.id().value())
                        .setNonce(nonce)
                        .setClient("frontend " + ProcessHandle.current().pid())));
        long opening = limits.opening().toMillis();
        tick = connected
                .eventLoop()
                .schedule(
                        () -> breakOff("did not open the session within " + limits.opening()),
                        opening,
                        TimeUnit.MILLISECONDS);
        context.fireChannelActive();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, WorkerFrame frame) {
        silence.onHeard();
        worker.onHeard();
        switch (frame.getBodyCase()) {
            case CHALLENGE -> challenge(frame.getChallenge());
            case GOODBYE -> breakOff(frame.getGoodbye().getMessage());
            case WELCOME -> welcome(frame.getWelcome());
            case DESCRIPTION, OUTPUT, LOAD, KV_EVENTS, FILE_PART, PONG, SESSIONS -> {
                if (welcomed) {
                    take(frame);
                }
            }
            case BODY_NOT_SET -> {} // of a later version: ignored
        }
    }

    private void challenge(Challenge challenge) {
        if (proved) {
            breakOff("said Challenge twice");
            return;
        }
        ByteString expected = Handshake.workerProof(token, nonce, challenge.getNonce());
        if (token != null && !Handshake.isSame(expected, challenge.getProof())) {
            breakOff("it does not have the fleet's token, so it is none of ours");
            return;
        }
        proved = true;
        decoder.allow(limits.maxFrame());
        send(ClientFrame.newBuilder()
                .setProof(Proof.newBuilder().setProof(Handshake.clientProof(token, nonce, challenge.getNonce()))));
    }

    private void welcome(Welcome welcome) {
        if (welcomed) {
            return;
        }
        if (!proved) { // whoever sits at the worker's address could say so
            breakOff("opened the session without proving that it is one of ours");
            return;
        }
        WorkerDescription told = WorkerDescription.of(welcome.getDescription());
        if (!told.id().equals(worker.id())) {
            breakOff("it is worker " + told.id() + " now");
            return;
        }
        welcomed = true;
        silence.onHeard();
        rest(IDLE_TICK_MILLIS);
        worker.onOpen(this, told, welcome.hasLoad() ? CardMessages.load(welcome.getLoad()) : null);
        if (welcome.hasLoad()) {
            onLoad(welcome.getLoad());
        }
    }

    private void take(WorkerFrame frame) {
        switch (frame.getBodyCase()) {
            case OUTPUT -> output(frame.getOutput());
            case PONG -> pong(frame.getPong());
            case LOAD -> onLoad(frame.getLoad());
            case DESCRIPTION -> worker.onDescription(WorkerDescription.of(frame.getDescription()));
            case KV_EVENTS -> events(frame.getKvEvents());
            case FILE_PART -> part(frame.getFilePart());
            case SESSIONS -> SessionMessages.news(frame.getSessions()).forEach(worker::onSession);
            case CHALLENGE, WELCOME, GOODBYE, BODY_NOT_SET -> {}
        }
    }

    /** The worker answers in the order in which it is asked and tells, so what it told before is here, or in a moment. */
    private void pong(Pong pong) {
        if (pong.hasLoad()) {
            Load told = pong.getLoad();
            onLoad(told);
            if (told.hasLastEventId() && pong.getNumber() == pings) {
                worker.onEventProgress(new EventProgress(told.getLastEventId(), lastPingNanos));
            }
        }
    }

    private void onLoad(Load told) {
        worker.onLoad(CardMessages.load(told), CardMessages.others(told));
    }

    private void output(Output output) {
        for (StreamOutput news : output.getStreamsList()) {
            SessionStream stream = streams.get(news.getStream());
            if (stream != null) {
                stream.on(news);
            }
        }
    }

    private void events(KvEvents events) {
        if (events.getLost()) {
            worker.feeds().lose(events.getSubscription());
            return;
        }
        for (var event : events.getEventsList()) {
            worker.feeds().tell(events.getSubscription(), KvMessages.event(event));
        }
        if (events.hasDigest()) {
            worker.feeds().tell(events.getSubscription(), KvMessages.digest(events.getDigest()));
        }
    }

    private void part(FilePart part) {
        if (fetch != null) {
            fetch.onPart(part);
        }
    }

    /** One file is read at a time; false while another is. */
    boolean enter(FileFetch next) {
        if (fetch != null) {
            return false;
        }
        fetch = next;
        return true;
    }

    void leave(FileFetch done) {
        if (done.equals(fetch)) {
            fetch = null;
        }
    }

    /** Gives a stream its number. */
    int add(SessionStream stream) {
        lastStream++;
        streams.put(lastStream, stream);
        if (streams.size() == 1) {
            silence.onHeard(); // idle patience does not count
            rest(BUSY_TICK_MILLIS);
        }
        return lastStream;
    }

    void remove(int stream) {
        streams.remove(stream);
        if (retiring && streams.isEmpty()) {
            close();
        }
    }

    /** Closes once no stream is left. */
    void closeWhenQuiet() {
        retiring = true;
        if (streams.isEmpty()) {
            close();
        }
    }

    /** Sends a frame with whatever else is said in this turn of the event loop. */
    void send(ClientFrame.Builder frame) {
        Channel connected = channel;
        if (connected == null || closed) {
            return;
        }
        connected.write(Frames.encode(connected.alloc(), frame.build()), connected.voidPromise());
        if (!flushing) {
            flushing = true;
            connected.eventLoop().execute(() -> {
                flushing = false;
                connected.flush();
            });
        }
    }

    private void rest(long millis) {
        Channel connected = channel;
        if (tick != null) {
            tick.cancel(false);
        }
        if (connected != null && !closed) {
            tick = connected.eventLoop().schedule(this::watch, millis, TimeUnit.MILLISECONDS);
        }
    }

    private void watch() {
        long now = System.nanoTime();
        for (SessionStream stream : List.copyOf(streams.values())) {
            stream.watch(now, limits.cancelling());
        }
        boolean busy = !streams.isEmpty();
        switch (silence.on(now, busy)) {
            case FINE -> {
                if ((busy || worker.feeds().any()) && now - lastPingNanos >= LOAD_NANOS) {
                    ping(now);
                }
            }
            case ASK -> ping(now);
            case GIVE_UP -> {
                breakOff("has been silent for " + silence.silentMillis() + " ms");
                return;
            }
        }
        rest(busy ? BUSY_TICK_MILLIS : IDLE_TICK_MILLIS);
    }

    /** Has it say something now. */
    void ask() {
        ping(System.nanoTime());
    }

    private void ping(long now) {
        lastPingNanos = now;
        send(ClientFrame.newBuilder().setPing(Ping.newBuilder().setNumber(++pings)));
    }

    private void breakOff(String reason) {
        why = reason;
        close();
    }

    /** Ends the session and every stream of it. */
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (tick != null) {
            tick.cancel(false);
        }
        Channel connected = channel;
        if (connected != null) {
            connected.close();
        }
        worker.onBroken(this, why); // before its streams look for another worker
        for (SessionStream stream : List.copyOf(streams.values())) {
            stream.lose(worker.lostFailure(why));
        }
        streams.clear();
        if (fetch != null) {
            fetch.onLost(why);
            fetch = null;
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        close();
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Throwable reason = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        breakOff(
                reason instanceof JynamoException known
                        ? "does not speak as it should: " + known.getMessage()
                        : "the connection broke: " + reason.getMessage());
    }
}

package io.jynamo.runtime.session;

import com.google.protobuf.ByteString;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.Usage;
import io.jynamo.protocol.Worker;
import io.jynamo.runtime.wire.EmbeddingMessages;
import io.jynamo.runtime.wire.Frames;
import io.jynamo.runtime.wire.RequestMessages;
import io.jynamo.runtime.wire.v1.Cancel;
import io.jynamo.runtime.wire.v1.Challenge;
import io.jynamo.runtime.wire.v1.ClientFrame;
import io.jynamo.runtime.wire.v1.Credit;
import io.jynamo.runtime.wire.v1.Embed;
import io.jynamo.runtime.wire.v1.Goodbye;
import io.jynamo.runtime.wire.v1.Hello;
import io.jynamo.runtime.wire.v1.Load;
import io.jynamo.runtime.wire.v1.Pong;
import io.jynamo.runtime.wire.v1.Proof;
import io.jynamo.runtime.wire.v1.Start;
import io.jynamo.runtime.wire.v1.Welcome;
import io.jynamo.runtime.wire.v1.WorkerFrame;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a client to one worker, from the worker's side. Everything happens on the connection's event loop but
 * what the engine says, which {@link Outbox} brings there.
 *
 * <p>HELLO → (Hello) → PROOF → (Proof) → OPEN → CLOSED; anything else said before OPEN ends it.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails breaks the connection, which is told
final class ServerSession extends SimpleChannelInboundHandler<ClientFrame> {
    private static final int MOST_CHOICES = 1 << 16;
    private static final System.Logger LOG = System.getLogger(ServerSession.class.getName());

    /** Output that waits for a client which does not read: no more than so many of its largest frames. */
    private static final long MOST_WAITING_FRAMES = 4;

    private final WorkerServer server;
    private final Frames.Decoder decoder;
    private final @Nullable String token;
    private final SessionLimits limits;
    private final Map<Integer, ServedStream> streams = new HashMap<>();
    private Phase phase = Phase.HELLO;
    private ByteString clientNonce = ByteString.EMPTY;
    private ByteString workerNonce = ByteString.EMPTY;
    private String client = "";
    private int lastStream;
    private long lastHeardNanos;
    private @Nullable Open open;
    private @Nullable ScheduledFuture<?> watch;
    /** Bytes that had to be read before the client is listened to again, when last looked at. */
    private long unreadAtLook;

    private volatile @Nullable Channel channel;

    private enum Phase {
        HELLO,
        PROOF,
        OPEN,
        CLOSED
    }

    /** What exists once the client is known. */
    private record Open(
            HostedWorker worker,
            AutoCloseable descriptions,
            @Nullable ServedLoad load,
            Outbox outbox,
            ServedEvents events,
            ServedFiles files) {}

    ServerSession(WorkerServer server, Frames.Decoder decoder, @Nullable String token, SessionLimits limits) {
        super(ClientFrame.class);
        this.server = server;
        this.decoder = decoder;
        this.token = token;
        this.limits = limits;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        Channel connected = context.channel();
        channel = connected;
        lastHeardNanos = System.nanoTime();
        long opening = limits.opening().toMillis();
        watch = connected.eventLoop().schedule(() -> watch(connected), opening, TimeUnit.MILLISECONDS);
        context.fireChannelActive();
    }

    /**
     * Who has not said who it is in time, or has not been heard of for long, holds nothing here. Who is not listened to
     * since it reads slowly is heard of by that it reads.
     */
    private void watch(Channel connected) {
        if (phase == Phase.CLOSED) {
            return;
        }
        long unread = connected.bytesBeforeWritable();
        if (unread < unreadAtLook) {
            lastHeardNanos = System.nanoTime();
        }
        unreadAtLook = unread;
        long silence = System.nanoTime() - lastHeardNanos;
        if (phase != Phase.OPEN) {
            end(connected, ErrorCode.REQUEST_TIMEOUT, "the session was not opened within " + limits.opening());
        } else if (silence >= limits.clientSilence().toNanos()) {
            end(connected, ErrorCode.REQUEST_TIMEOUT, "nothing was heard of the client for " + limits.clientSilence());
        } else {
            long left = limits.clientSilence().toNanos() - silence;
            if (unread > 0) {
                left = Math.min(left, limits.clientSilence().toNanos() / 3);
            }
            watch = connected.eventLoop().schedule(() -> watch(connected), left, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ClientFrame frame) {
        lastHeardNanos = System.nanoTime();
        Channel connected = context.channel();
        switch (frame.getBodyCase()) {
            case HELLO -> {
                if (phase == Phase.HELLO) {
                    hello(connected, frame.getHello());
                } else {
                    end(connected, ErrorCode.INVALID_REQUEST, "Hello was said twice");
                }
            }
            case PROOF -> {
                if (phase == Phase.PROOF) {
                    proof(connected, frame.getProof());
                } else {
                    end(connected, ErrorCode.INVALID_REQUEST, "Proof answers a Challenge, once");
                }
            }
            case START, EMBED, CANCEL, CREDIT, SUBSCRIBE, UNSUBSCRIBE, FETCH, PING, SESSIONS -> {
                Open now = open;
                if (phase == Phase.OPEN && now != null) {
                    serve(connected, now, frame);
                } else {
                    end(
                            connected,
                            ErrorCode.AUTHENTICATION_REQUIRED,
                            "the session is not open: Hello and Proof come first");
                }
            }
            case BODY_NOT_SET -> {} // of a later version: ignored
        }
    }

    private void hello(Channel connected, Hello hello) {
        if (hello.getMinVersion() > Handshake.VERSION || hello.getMaxVersion() < Handshake.VERSION) {
            end(
                    connected,
                    ErrorCode.INVALID_REQUEST,
                    "the client speaks versions " + hello.getMinVersion() + " to " + hello.getMaxVersion()
                            + " of jynamo.worker, this worker " + Handshake.VERSION);
            return;
        }
        if (!Handshake.isNonce(hello.getNonce())) {
            end(connected, ErrorCode.INVALID_REQUEST, "the nonce has 16 to 64 bytes");
            return;
        }
        HostedWorker wanted = server.find(hello.getWorkerId());
        clientNonce = hello.getNonce();
        workerNonce = Handshake.nonce();
        client = hello.getClient();
        phase = Phase.PROOF;
        // Whether the worker is here is told only to those who prove that they may know.
        open = wanted == null ? null : opening(connected, wanted);
        send(
                connected,
                WorkerFrame.newBuilder()
                        .setChallenge(Challenge.newBuilder()
                                .setNonce(workerNonce)
                                .setProof(Handshake.workerProof(token, clientNonce, workerNonce))));
    }

    private Open opening(Channel connected, HostedWorker wanted) {
        Outbox outbox = new Outbox(connected, MOST_WAITING_FRAMES * limits.maxFrame());
        return new Open(
                wanted, () -> {}, null, outbox, new ServedEvents(connected), new ServedFiles(connected, wanted));
    }

    private void proof(Channel connected, Proof proof) {
        if (!Handshake.isSame(Handshake.clientProof(token, clientNonce, workerNonce), proof.getProof())) {
            end(
                    connected,
                    ErrorCode.AUTHENTICATION_REQUIRED,
                    "the fleet's token is wrong or missing; give every process of the fleet the same one");
            return;
        }
        Open known = open;
        if (known == null) {
            end(connected, ErrorCode.WORKER_LOST, "no such worker in this process; it was restarted under another id");
            return;
        }
        HostedWorker worker = known.worker();
        AutoCloseable descriptions = worker.listen(next -> {
            try {
                connected
                        .eventLoop()
                        .execute(() -> send(connected, WorkerFrame.newBuilder().setDescription(next.message())));
            } catch (RejectedExecutionException stopping) {
                LOG.log(System.Logger.Level.DEBUG, "a description came after the event loop had stopped", stopping);
            }
        });
        ServedLoad load = new ServedLoad(connected, worker);
        open = new Open(worker, descriptions, load, known.outbox(), known.events(), known.files());
        phase = Phase.OPEN;
        decoder.allow(limits.maxFrame());
        Welcome.Builder welcome = Welcome.newBuilder()
                .setVersion(Handshake.VERSION)
                .setDescription(worker.description().message())
                .setMaxFrame(limits.maxFrame());
        Load now = load.now();
        if (now != null) {
            welcome.setLoad(now);
        }
        send(connected, WorkerFrame.newBuilder().setWelcome(welcome));
    }

    private void serve(Channel connected, Open now, ClientFrame frame) {
        switch (frame.getBodyCase()) {
            case START -> {
                Start start = frame.getStart();
                var what =
                        new Asked(start.getStream(), start.getRequestId(), start.getChoices(), start.getPromptCount());
                start(
                        connected,
                        now,
                        what,
                        (worker, stream) -> worker.start(RequestMessages.request(start, worker.card()), stream));
            }
            case EMBED -> {
                Embed embed = frame.getEmbed();
                var what = new Asked(embed.getStream(), embed.getRequestId(), 1, EmbeddingMessages.tokens(embed));
                start(
                        connected,
                        now,
                        what,
                        (worker, stream) ->
                                new ServedEmbedding(worker.embed(EmbeddingMessages.request(embed), stream::onResult)));
            }
            case CANCEL -> cancel(frame.getCancel());
            case CREDIT -> credit(frame.getCredit());
            case SUBSCRIBE ->
                now.events()
                        .open(
                                frame.getSubscribe().getSubscription(),
                                now.worker().worker());
            case UNSUBSCRIBE -> now.events().close(frame.getUnsubscribe().getSubscription());
            case FETCH -> now.files().send(frame.getFetch());
            case PING -> {
                Pong.Builder pong = Pong.newBuilder().setNumber(frame.getPing().getNumber());
                ServedLoad served = now.load();
                Load told = served == null ? null : served.now();
                if (told != null) {
                    Load.Builder load = told.toBuilder();
                    now.events().lastId().ifPresent(load::setLastEventId);
                    pong.setLoad(load);
                }
                send(connected, WorkerFrame.newBuilder().setPong(pong));
            }
            case SESSIONS -> {
                if (now.load() != null) {
                    now.load().onSessions(frame.getSessions());
                }
            }
            case HELLO, PROOF, BODY_NOT_SET -> {}
        }
    }

    /** What has to be known of a request before it is given to the worker. */
    private record Asked(int stream, String id, int choices, int promptTokens) {}

    private void start(Channel connected, Open now, Asked asked, BiFunction<Worker, ServedStream, Generation> starter) {
        if (Integer.compareUnsigned(asked.stream(), lastStream) <= 0) {
            end(
                    connected,
                    ErrorCode.INVALID_REQUEST,
                    "stream " + Integer.toUnsignedString(asked.stream()) + " comes after "
                            + Integer.toUnsignedString(lastStream) + "; stream numbers rise");
            return;
        }
        lastStream = asked.stream();
        Worker worker = now.worker().worker();
        ServedLoad served = now.load();
        StreamLoad load = worker == null || served == null || streams.size() >= limits.maxStreams()
                ? null
                : new StreamLoad(
                        served.share(),
                        Math.clamp(asked.choices(), 0, MOST_CHOICES),
                        asked.promptTokens(),
                        worker.card().blockTokens());
        ServedStream stream = new ServedStream(asked.stream(), now.outbox(), load, () -> {
            if (streams.remove(asked.stream()) != null) {
                server.onEnd(1);
            }
        });
        if (worker == null) {
            stream.refuse(new GenerationEnd.Failure(ErrorCode.NOT_READY, "the worker is still loading"));
            return;
        }
        if (streams.size() >= limits.maxStreams()) {
            stream.refuse(new GenerationEnd.Failure(
                    ErrorCode.OVERLOADED, "the session has " + limits.maxStreams() + " requests already"));
            return;
        }
        streams.put(asked.stream(), stream);
        server.onStart();
        try {
            stream.accepted(starter.apply(worker, stream));
        } catch (JynamoException refused) {
            stream.refuse(new GenerationEnd.Failure(
                    refused.code(), String.valueOf(refused.getMessage()), refused.retryAfter()));
        } catch (RuntimeException defect) {
            LOG.log(System.Logger.Level.ERROR, "request " + asked.id() + " could not be started", defect);
            stream.refuse(new GenerationEnd.Failure(ErrorCode.INTERNAL, "the worker failed: " + defect));
        }
    }

    private void cancel(Cancel cancel) {
        ServedStream stream = streams.get(cancel.getStream());
        if (stream != null) {
            if (cancel.hasChoice()) {
                stream.cancel(cancel.getChoice());
            } else {
                stream.cancel();
            }
        }
    }

    private void credit(Credit credit) {
        ServedStream stream = streams.get(credit.getStream());
        if (stream != null && credit.getTokens() > 0) {
            stream.grant(credit.getTokens());
        }
    }

    /** Ends it before it has begun; on the thread that opens the connection. */
    void refuse(Channel accepted, ErrorCode code, String why) {
        accepted.eventLoop().execute(() -> end(accepted, code, why));
    }

    /** Ends it from any thread. */
    void close(ErrorCode code, String why) {
        Channel connected = channel;
        if (connected != null) {
            try {
                connected.eventLoop().execute(() -> end(connected, code, why));
            } catch (RejectedExecutionException stopped) {
                LOG.log(System.Logger.Level.DEBUG, "the event loop stopped before its sessions", stopped);
            }
        }
    }

    private void end(Channel connected, ErrorCode code, String why) {
        if (phase == Phase.CLOSED) {
            return;
        }
        LOG.log(System.Logger.Level.DEBUG, () -> "session of " + client + " ends: " + why);
        WorkerFrame goodbye = WorkerFrame.newBuilder()
                .setGoodbye(Goodbye.newBuilder().setCode(code.id()).setMessage(why))
                .build();
        release();
        connected.writeAndFlush(Frames.encode(connected.alloc(), goodbye)).addListener(ChannelFutureListener.CLOSE);
        // A peer that does not read keeps nothing open either.
        connected.eventLoop().schedule(() -> connected.close(), 1, TimeUnit.SECONDS);
    }

    private static void send(Channel connected, WorkerFrame.Builder frame) {
        connected.writeAndFlush(Frames.encode(connected.alloc(), frame.build()));
    }

    /** Cancels what runs; nobody is there to hear of it any more. */
    private void release() {
        phase = Phase.CLOSED;
        if (watch != null) {
            watch.cancel(false);
        }
        server.onEnd(streams.size());
        List.copyOf(streams.values()).forEach(ServedStream::abandon);
        streams.clear();
        Open now = open;
        open = null;
        if (now != null) {
            now.outbox().close();
            now.events().close();
            if (now.load() != null) {
                now.load().leave();
            }
            try {
                now.descriptions().close();
            } catch (Exception unexpected) {
                LOG.log(System.Logger.Level.WARNING, "a listener could not be taken back", unexpected);
            }
        }
    }

    /**
     * A client that does not read what it was told is not heard until it does: whatever it could ask for would wait here
     * for it, without end. One that never reads falls silent by that, and is let go as any other.
     */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        Channel connected = context.channel();
        connected.config().setAutoRead(connected.isWritable());
        if (!connected.isWritable() && phase == Phase.OPEN) {
            if (watch != null) {
                watch.cancel(false);
            }
            long soon = limits.clientSilence().toNanos() / 3;
            watch = connected.eventLoop().schedule(() -> watch(connected), soon, TimeUnit.NANOSECONDS);
        }
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        release();
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Throwable reason = cause instanceof io.netty.handler.codec.DecoderException && cause.getCause() != null
                ? cause.getCause()
                : cause;
        if (reason instanceof JynamoException known) {
            end(context.channel(), known.code(), String.valueOf(known.getMessage()));
        } else {
            LOG.log(System.Logger.Level.DEBUG, () -> "session of " + client + " broke: " + reason);
            context.close();
        }
    }

    /** What a request consumed that never began. */
    static Usage nothing() {
        return new Usage(0, 0, 0);
    }
}

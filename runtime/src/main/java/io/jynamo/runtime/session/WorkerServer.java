package io.jynamo.runtime.session;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.WorkerId;
import io.jynamo.runtime.wire.Frames;
import io.jynamo.runtime.wire.v1.ClientFrame;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The door of a process that has workers: frontends connect here and call them over {@code jynamo.worker.v1}, one
 * connection for each frontend and worker.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails breaks the connection, which is told
public final class WorkerServer implements AutoCloseable {
    private final Credentials credentials;
    private final SessionLimits limits;
    private final Map<WorkerId, HostedWorker> workers = new ConcurrentHashMap<>();
    private final Set<ServerSession> sessions = ConcurrentHashMap.newKeySet();
    private final AtomicInteger streams = new AtomicInteger();
    private final LongAdder started = new LongAdder();
    private final Channel channel;

    private WorkerServer(
            InetSocketAddress address, Credentials credentials, SessionLimits limits, Transport transport) {
        this.credentials = credentials;
        this.limits = limits;
        SslContext tls = SessionTls.server(credentials);
        var bootstrap = new ServerBootstrap()
                .group(transport.group())
                .channel(transport.serverChannel())
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, 4096)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(1 << 20, 4 << 20))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                        accept(accepted, tls);
                    }
                });
        var bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new JynamoException(
                    ErrorCode.ADDRESS_IN_USE,
                    "workers cannot be offered at " + address + ": "
                            + bound.cause().getMessage() + "; choose another worker port, 0 takes a free one",
                    bound.cause());
        }
        channel = bound.channel();
    }

    /**
     * Listens from now on.
     *
     * @param address port 0 takes a free one
     * @throws JynamoException ADDRESS_IN_USE; INVALID_CONFIGURATION for certificates that cannot be read, and for an
     *     address that strangers can reach without credentials that keep them out
     */
    public static WorkerServer listen(
            InetSocketAddress address, Credentials credentials, SessionLimits limits, Transport transport) {
        if (!address.getAddress().isLoopbackAddress() && !credentials.keepStrangersOut()) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION,
                    address.getAddress().getHostAddress() + " can be reached from other machines, and nothing keeps"
                            + " strangers from calling the workers there: give --fleet-token-file, or --fleet-tls-cert,"
                            + " --fleet-tls-key and --fleet-tls-ca, to every process of the fleet");
        }
        return new WorkerServer(address, credentials, limits, transport);
    }

    private void accept(Channel accepted, @Nullable SslContext tls) {
        if (tls != null) {
            var handler = tls.newHandler(accepted.alloc());
            handler.setHandshakeTimeoutMillis(limits.opening().toMillis());
            accepted.pipeline().addLast(handler);
        }
        var decoder = new Frames.Decoder(ClientFrame.parser(), Handshake.STRANGERS_FRAME);
        ServerSession session = new ServerSession(this, decoder, credentials.token(), limits);
        boolean tooMany = sessions.size() >= limits.maxSessions();
        sessions.add(session);
        accepted.closeFuture().addListener(closed -> sessions.remove(session));
        accepted.pipeline().addLast(decoder, session);
        if (tooMany) {
            session.refuse(
                    accepted,
                    ErrorCode.TOO_MANY_CONNECTIONS,
                    "this process has " + limits.maxSessions() + " sessions already");
        }
    }

    /** Offers a worker, which may still be loading. */
    public HostedWorker host(WorkerDescription description) {
        HostedWorker worker = new HostedWorker(description);
        if (workers.putIfAbsent(worker.id(), worker) != null) {
            throw new IllegalArgumentException("worker " + worker.id() + " is offered already");
        }
        return worker;
    }

    /** Offers a worker no more; sessions that have it keep it until they end. */
    public void withdraw(HostedWorker worker) {
        workers.remove(worker.id(), worker);
    }

    /** The worker of an id; 0 means the only one. */
    @Nullable
    HostedWorker find(long id) {
        if (id == 0 && workers.size() == 1) {
            return workers.values().iterator().next();
        }
        return workers.get(new WorkerId(id));
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    /** Connections that are open. */
    public int sessions() {
        return sessions.size();
    }

    /** Requests that clients have under way here. */
    public int streams() {
        return streams.get();
    }

    /** Requests that clients have given since it listens. */
    public long started() {
        return started.sum();
    }

    void onStart() {
        started.increment();
        streams.incrementAndGet();
    }

    void onEnd(int count) {
        streams.addAndGet(-count);
    }

    /** Ends every session; requests that run are cancelled. */
    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
        for (ServerSession session : sessions) {
            session.close(ErrorCode.NOT_READY, "the worker's process is stopping");
        }
    }
}

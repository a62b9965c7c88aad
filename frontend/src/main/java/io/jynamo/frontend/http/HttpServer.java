package io.jynamo.frontend.http;

import io.jynamo.frontend.keys.Visit;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A listening HTTP/1.1 and h2 server on Netty: epoll where there is one, NIO elsewhere.
 *
 * <p>h2 is spoken with prior knowledge in the clear and by ALPN over TLS. {@code TCP_NODELAY} is set on every accepted
 * socket: without it each stream over a kept-alive connection waits some 40 ms for the client's delayed
 * acknowledgement.
 */
@SuppressWarnings("FutureReturnValueIgnored") // neither a timer nor a shutdown is waited for here
public final class HttpServer implements AutoCloseable {
    private static final int LOW_WATER_BYTES = 16 * 1024;
    private static final int HIGH_WATER_BYTES = 64 * 1024;

    private final MultiThreadIoEventLoopGroup loops;
    private final ChannelGroup connections;
    private final Channel listening;
    private final HttpShell shell;

    private HttpServer(
            MultiThreadIoEventLoopGroup loops, ChannelGroup connections, Channel listening, HttpShell shell) {
        this.loops = loops;
        this.connections = connections;
        this.listening = listening;
        this.shell = shell;
    }

    /**
     * Binds and listens.
     *
     * @param address port 0 is any
     * @param tls null for plain text
     * @throws JynamoException ADDRESS_IN_USE, INVALID_CONFIGURATION
     */
    public static HttpServer listen(
            InetSocketAddress address,
            int eventLoops,
            HttpLimits limits,
            @Nullable SslContext tls,
            Dispatcher dispatcher,
            LoopDelay delay) {
        if (address.isUnresolved()) {
            throw new JynamoException(
                    ErrorCode.INVALID_CONFIGURATION, "--host " + address.getHostString() + " cannot be resolved.");
        }
        boolean epoll = Epoll.isAvailable();
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        var loops = new MultiThreadIoEventLoopGroup(eventLoops, new DefaultThreadFactory("jynamo-http", true), io);
        ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
        HttpShell shell = new HttpShell(limits, dispatcher, delay);
        Class<? extends ServerChannel> kind = epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        try {
            Channel listening = new ServerBootstrap()
                    .group(loops)
                    .channel(kind)
                    .option(ChannelOption.SO_BACKLOG, 4_096)
                    .option(ChannelOption.SO_REUSEADDR, true)
                    .childOption(ChannelOption.TCP_NODELAY, true)
                    .childOption(ChannelOption.SO_KEEPALIVE, true)
                    .childOption(
                            ChannelOption.WRITE_BUFFER_WATER_MARK,
                            new WriteBufferWaterMark(LOW_WATER_BYTES, HIGH_WATER_BYTES))
                    .childHandler(new ConnectionPipeline(shell, tls, connections))
                    .bind(address)
                    .syncUninterruptibly()
                    .channel();
            return new HttpServer(loops, connections, listening, shell);
        } catch (Exception failed) {
            // Not only unchecked ones: Netty throws a BindException past the compiler.
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw bindFailure(address, failed);
        }
    }

    private static JynamoException bindFailure(InetSocketAddress address, Exception failed) {
        // The native transport has an exception of its own, so the words decide.
        if (String.valueOf(failed.getMessage()).contains("in use")) {
            return new JynamoException(
                    ErrorCode.ADDRESS_IN_USE,
                    "Port " + address.getPort() + " of " + address.getHostString()
                            + " is taken; stop what uses it or choose another --port (0 takes any free one).",
                    failed);
        }
        return new JynamoException(
                ErrorCode.INVALID_CONFIGURATION,
                "Cannot listen on " + address.getHostString() + ":" + address.getPort() + ": " + failed.getMessage(),
                failed);
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listening.localAddress();
    }

    /** The threads that read and write its sockets, for another server beside it; they end with this one. */
    public EventLoopGroup loops() {
        return loops;
    }

    /** Tells {@code onTick} that time goes by, on that loop of its own; what is returned ends it. Both on the loop only. */
    public Runnable watchTime(EventLoop loop, LongConsumer onTick) {
        return shell.clock(loop).add(onTick);
    }

    /** Accepted connections that are open. */
    public ChannelGroup connections() {
        return connections;
    }

    /** Exchanges whose answer is not whole yet. */
    public int exchanges() {
        return shell.exchanges();
    }

    /** The memory for request bodies, which another server beside it draws from too. */
    public BodyBudget bodies() {
        return shell.budget();
    }

    /** Bytes of request bodies held now. */
    public long bufferedBytes() {
        return shell.budget().held();
    }

    /**
     * Begins a request of the server's own, with a body out of the same budget as those of connections.
     *
     * @param endpoint who answers it
     * @param to is told the answer, once, on an event loop
     * @throws JynamoException OVERLOADED, BODY_TOO_LARGE
     */
    public LocalExchange begin(RequestHead head, byte[] bytes, Visit visit, Endpoint endpoint, Consumer<Answer> to) {
        RequestBody body = new RequestBody(shell.budget(), shell.limits().maxBodyBytes());
        RequestBody.Outcome outcome = body.append(Unpooled.wrappedBuffer(bytes), bytes.length);
        if (outcome != RequestBody.Outcome.TAKEN) {
            body.release();
            throw outcome == RequestBody.Outcome.TOO_LARGE
                    ? new JynamoException(
                            ErrorCode.BODY_TOO_LARGE,
                            "The request body exceeds the limit of "
                                    + shell.limits().maxBodyBytes() + " bytes.")
                    : new JynamoException(ErrorCode.OVERLOADED, "The server holds as many request bodies as it may.");
        }
        EventLoop loop = (EventLoop) loops.next();
        LocalExchange exchange =
                new LocalExchange(head, body, visit, shell.dispatcher().errors(head), loop, shell.clock(loop), to);
        exchange.start(endpoint);
        return exchange;
    }

    /** Stops listening and cuts every connection. */
    @Override
    public void close() {
        listening.close().awaitUninterruptibly(5, TimeUnit.SECONDS);
        connections.close().awaitUninterruptibly(2, TimeUnit.SECONDS);
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}

package io.jynamo.frontend.kserve;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.jynamo.frontend.ModelRegistry;
import io.jynamo.frontend.embed.EmbeddingService;
import io.jynamo.frontend.generate.GenerationService;
import io.jynamo.frontend.http.Answer;
import io.jynamo.frontend.http.HttpLimits;
import io.jynamo.frontend.http.HttpServer;
import io.jynamo.frontend.kserve.CallExchange.Seat;
import io.jynamo.frontend.kserve.wire.ModelInferResponse;
import io.jynamo.frontend.kserve.wire.ModelStreamInferResponse;
import io.jynamo.frontend.kserve.wire.health.HealthCheckRequest;
import io.jynamo.frontend.kserve.wire.health.HealthCheckResponse;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A listening gRPC server that answers KServe's calls, on the event loops of the HTTP server beside it. Whatever a call does
 * happens on one of them, as with a request over HTTP.
 */
public final class KserveServer implements AutoCloseable {
    /** What a connection may send that nobody reads yet. */
    private static final int WINDOW = 1 << 20;

    private static final int MAX_RESETS = 400;
    private static final int RESET_WINDOW_SECONDS = 30;
    private static final int STOP_SECONDS = 2;

    private final Server server;
    private final Map<Object, Runnable> longCalls;

    private KserveServer(Server server, Map<Object, Runnable> longCalls) {
        this.server = server;
        this.longCalls = longCalls;
    }

    /**
     * What answers.
     *
     * @param http whose loops, and whose memory for bodies, it shares
     */
    public record Parts(
            ModelRegistry models,
            GenerationService generation,
            EmbeddingService embedding,
            CallDoor door,
            java.util.function.Supplier<String> stage,
            HttpServer http) {}

    /**
     * Binds and answers.
     *
     * @throws JynamoException ADDRESS_IN_USE, INVALID_CONFIGURATION
     */
    public static KserveServer start(KserveOptions options, Parts parts) {
        HttpLimits limits = options.limits();
        EventLoopGroup loops = parts.http().loops();
        Map<Object, Runnable> longCalls = new ConcurrentHashMap<>();
        Calls calls = new Calls(options, parts, longCalls);
        NettyServerBuilder builder = NettyServerBuilder.forAddress(options.address())
                .bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops)
                .channelFactory(channels(limits.maxConnections()))
                .withChildOption(ChannelOption.TCP_NODELAY, true)
                .withOption(ChannelOption.SO_REUSEADDR, true)
                .directExecutor()
                .callExecutor(new ServerCallExecutorSupplier() {
                    @Override
                    public <Q, A> Executor getExecutor(ServerCall<Q, A> call, Metadata metadata) {
                        return loops.next();
                    }
                })
                .addStreamTracerFactory(new InboundBudget(parts.http().bodies()))
                .flowControlWindow(WINDOW)
                .maxInboundMessageSize((int) limits.maxBodyBytes())
                .maxInboundMetadataSize(limits.maxHeaderBytes())
                .maxConcurrentCallsPerConnection(limits.maxStreamsPerConnection())
                .maxConnectionIdle(limits.idleTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .handshakeTimeout(limits.requestReadTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTime(60, TimeUnit.SECONDS)
                .keepAliveTimeout(20, TimeUnit.SECONDS)
                .permitKeepAliveTime(10, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .maxRstFramesPerWindow(MAX_RESETS, RESET_WINDOW_SECONDS)
                .addService(calls.kserve())
                .addService(calls.health());
        if (options.tls() != null) {
            builder.sslContext(options.tls());
        }
        try {
            return new KserveServer(builder.build().start(), longCalls);
        } catch (IOException failed) {
            throw bindFailure(options.address(), failed);
        }
    }

    private static ChannelFactory<ServerChannel> channels(int mostConnections) {
        AcceptLimit limit = new AcceptLimit(mostConnections);
        boolean epoll = Epoll.isAvailable();
        return () -> {
            ServerChannel channel = epoll ? new EpollServerSocketChannel() : new NioServerSocketChannel();
            channel.pipeline().addLast(limit);
            return channel;
        };
    }

    private static JynamoException bindFailure(InetSocketAddress address, IOException failed) {
        String where = address.getHostString() + ":" + address.getPort();
        Throwable cause = failed.getCause() == null ? failed : failed.getCause();
        String why = String.valueOf(cause.getMessage());
        return why.contains("in use")
                ? new JynamoException(
                        ErrorCode.ADDRESS_IN_USE,
                        "Port " + address.getPort() + " of " + address.getHostString()
                                + " is taken; stop what uses it or choose another --kserve-grpc-port (0 takes any free one).",
                        failed)
                : new JynamoException(
                        ErrorCode.INVALID_CONFIGURATION, "Cannot listen on " + where + ": " + why, failed);
    }

    /** The port it listens on. */
    public int port() {
        return server.getPort();
    }

    /** Ends what waits on it, lets what was answered leave, and closes. */
    @Override
    public void close() {
        longCalls.values().forEach(Runnable::run);
        server.shutdown();
        try {
            if (!server.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                server.shutdownNow().awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException hurry) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    /** What begins calls. */
    private static final class Calls {
        private final HttpServer http;
        private final long patienceNanos;
        private final long readTimeoutNanos;
        private final CallDoor door;
        private final InferService service;
        private final ServerFacts facts;
        private final HealthCalls health;
        private final Map<Object, Runnable> longCalls;

        Calls(KserveOptions options, Parts parts, Map<Object, Runnable> longCalls) {
            this.http = parts.http();
            this.patienceNanos = options.limits().idleTimeout().toNanos();
            this.readTimeoutNanos = options.limits().requestReadTimeout().toNanos();
            this.door = parts.door();
            this.service = new InferService(parts.models(), parts.generation(), parts.embedding(), http.bodies());
            this.facts = new ServerFacts(parts.models(), parts.stage(), options.version());
            this.health = new HealthCalls(facts::isReady);
            this.longCalls = longCalls;
        }

        ServerServiceDefinition kserve() {
            return ServerServiceDefinition.builder(KserveMethods.service())
                    .addMethod(KserveMethods.SERVER_LIVE, FactCalls.open(door, facts::live))
                    .addMethod(KserveMethods.SERVER_READY, FactCalls.open(door, facts::ready))
                    .addMethod(KserveMethods.SERVER_METADATA, FactCalls.keyed(door, facts::metadata))
                    .addMethod(KserveMethods.MODEL_READY, FactCalls.keyed(door, facts::modelReady))
                    .addMethod(KserveMethods.MODEL_METADATA, FactCalls.keyed(door, facts::modelMetadata))
                    .addMethod(KserveMethods.MODEL_CONFIG, FactCalls.keyed(door, facts::modelConfig))
                    .addMethod(KserveMethods.REPOSITORY_INDEX, FactCalls.keyed(door, facts::index))
                    .addMethod(KserveMethods.MODEL_INFER, this::infer)
                    .addMethod(KserveMethods.MODEL_STREAM_INFER, this::stream)
                    .build();
        }

        ServerServiceDefinition health() {
            ServerCallHandler<HealthCheckRequest, HealthCheckResponse> check = (call, metadata) -> {
                call.request(1);
                return new ServerCall.Listener<>() {
                    @Override
                    public void onMessage(HealthCheckRequest asked) {
                        health.check(asked, call);
                    }
                };
            };
            return ServerServiceDefinition.builder(HealthCalls.service())
                    .addMethod(HealthCalls.CHECK, check)
                    .addMethod(HealthCalls.WATCH, this::watch)
                    .build();
        }

        private ServerCall.Listener<byte[]> infer(ServerCall<byte[], ModelInferResponse> call, Metadata metadata) {
            CallDoor.Entry entry = door.work(call, metadata);
            Answer refusal = entry.refusal();
            if (refusal != null) {
                FactCalls.refuse(call, entry.visit(), refusal);
                return new ServerCall.Listener<>() {};
            }
            return new InferCall(call, metadata, entry.visit(), seat(), service, readTimeoutNanos);
        }

        private ServerCall.Listener<byte[]> stream(
                ServerCall<byte[], ModelStreamInferResponse> call, Metadata metadata) {
            CallDoor.Entry entry = door.look(call, metadata);
            Answer refusal = entry.refusal();
            if (refusal != null) {
                FactCalls.refuse(call, entry.visit(), refusal);
                return new ServerCall.Listener<>() {};
            }
            Seat seat = seat();
            InferStream stream = new InferStream(
                    call, metadata, door, seat, service, readTimeoutNanos, () -> longCalls.remove(call));
            longCalls.put(call, () -> seat.loop().execute(stream::stop));
            return stream;
        }

        private ServerCall.Listener<HealthCheckRequest> watch(
                ServerCall<HealthCheckRequest, HealthCheckResponse> call, Metadata metadata) {
            Seat seat = seat();
            HealthCalls.Watching watching = health.new Watching(call, seat, () -> longCalls.remove(call));
            longCalls.put(call, () -> seat.loop().execute(watching::stop));
            return watching;
        }

        /** On the loop that the call was given. */
        private Seat seat() {
            for (EventExecutor loop : http.loops()) {
                if (loop.inEventLoop()) {
                    EventLoop own = (EventLoop) loop;
                    return new Seat(own, tick -> http.watchTime(own, tick), patienceNanos);
                }
            }
            throw new IllegalStateException("calls are handled on event loops");
        }
    }
}

package io.jynamo.frontend.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Sets up each accepted connection: TLS if any, then whichever of HTTP/1.1 and h2 the client speaks. */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close shows as the channel's end
@ChannelHandler.Sharable
final class ConnectionPipeline extends ChannelInitializer<Channel> {
    /** Connections over the limit that are told so at one time; further ones are closed without a word. */
    private static final int MAX_REFUSALS = 64;

    private static final int STREAM_WINDOW_BYTES = 1 << 20;

    private final HttpShell shell;
    private final @Nullable SslContext tls;
    private final ChannelGroup connections;
    private final AtomicInteger refusals = new AtomicInteger();

    ConnectionPipeline(HttpShell shell, @Nullable SslContext tls, ChannelGroup connections) {
        this.shell = shell;
        this.tls = tls;
        this.connections = connections;
    }

    @Override
    protected void initChannel(Channel channel) {
        if (connections.size() >= shell.limits().maxConnections()) {
            refuse(channel);
            return;
        }
        connections.add(channel);
        ChannelPipeline pipeline = channel.pipeline();
        if (tls == null) {
            pipeline.addLast(new ProtocolSniffer(this, shell));
            return;
        }
        pipeline.addLast("tls", handshake(channel, tls));
        pipeline.addLast(new ApplicationProtocolNegotiationHandler(ApplicationProtocolNames.HTTP_1_1) {
            @Override
            protected void configurePipeline(io.netty.channel.ChannelHandlerContext ctx, String protocol) {
                if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
                    speakHttp2(ctx.pipeline());
                } else {
                    speakHttp1(ctx.pipeline());
                }
            }

            @Override
            protected void handshakeFailure(io.netty.channel.ChannelHandlerContext ctx, Throwable cause) {
                shell.onUnexpected(new javax.net.ssl.SSLException(cause));
                ctx.close();
            }

            @Override
            public void exceptionCaught(io.netty.channel.ChannelHandlerContext ctx, Throwable cause) {
                shell.onUnexpected(new javax.net.ssl.SSLException(cause));
                ctx.close();
            }
        });
    }

    /** Says why, for a few at a time: a handshake for each of a flood would cost more than serving it. */
    private void refuse(Channel channel) {
        if (refusals.incrementAndGet() > MAX_REFUSALS) {
            refusals.decrementAndGet();
            channel.close();
            return;
        }
        channel.closeFuture().addListener(closed -> refusals.decrementAndGet());
        if (tls != null) {
            channel.pipeline().addLast("tls", handshake(channel, tls));
        }
        channel.pipeline().addLast(new ConnectionRefusal(shell));
    }

    private SslHandler handshake(Channel channel, SslContext with) {
        SslHandler handler = with.newHandler(channel.alloc());
        handler.setHandshakeTimeoutMillis(
                Math.min(10_000, shell.limits().requestReadTimeout().toMillis()));
        return handler;
    }

    void speakHttp1(ChannelPipeline pipeline) {
        RequestReader reader = new RequestReader(shell, false);
        pipeline.addLast(new FlushOnce());
        pipeline.addLast(reader.byteWatch());
        pipeline.addLast(new HttpServerCodec(new HttpDecoderConfig()
                .setMaxInitialLineLength(shell.limits().maxLineBytes())
                .setMaxHeaderSize(shell.limits().maxHeaderBytes())
                .setMaxChunkSize(64 * 1024)));
        pipeline.addLast(reader);
    }

    void speakHttp2(ChannelPipeline pipeline) {
        Http2FrameCodec codec = Http2FrameCodecBuilder.forServer()
                .initialSettings(Http2Settings.defaultSettings()
                        .maxConcurrentStreams(shell.limits().maxStreamsPerConnection())
                        .maxHeaderListSize(shell.limits().maxHeaderBytes())
                        .initialWindowSize(STREAM_WINDOW_BYTES))
                .build();
        pipeline.addLast(new FlushOnce());
        pipeline.addLast(codec);
        pipeline.addLast(new Http2MultiplexHandler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel stream) {
                stream.pipeline().addLast(new Http2StreamFrameToHttpObjectCodec(true));
                stream.pipeline().addLast(new RequestReader(shell, true));
            }
        }));
        pipeline.addLast(new Http2Idle(shell, codec));
    }

    /** The bytes every h2 connection begins with. */
    static ByteBuf preface() {
        return io.netty.handler.codec.http2.Http2CodecUtil.connectionPrefaceBuf();
    }
}

package io.jynamo.frontend;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An h2 client: with prior knowledge in the clear, by ALPN over TLS. */
@SuppressWarnings("FutureReturnValueIgnored") // what a write did shows in the answer
final class Http2Client implements AutoCloseable {
    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel connection;
    final CompletableFuture<Http2GoAwayFrame> goneAway = new CompletableFuture<>();

    Http2Client(int port) throws Exception {
        this(port, null);
    }

    /** @param identity the server's, where it is to be spoken to over TLS */
    Http2Client(int port, @Nullable TestIdentity identity) throws Exception {
        SslContext tls = identity == null
                ? null
                : SslContextBuilder.forClient()
                        .trustManager(identity.files().certificate().toFile())
                        .applicationProtocolConfig(new ApplicationProtocolConfig(
                                ApplicationProtocolConfig.Protocol.ALPN,
                                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                                ApplicationProtocolNames.HTTP_2))
                        .build();
        connection = new Bootstrap()
                .group(loops)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (tls != null) {
                            channel.pipeline().addLast(tls.newHandler(channel.alloc(), "127.0.0.1", port));
                        }
                        channel.pipeline()
                                // Streams smaller than the connection's window, so that one cannot fill it.
                                .addLast(Http2FrameCodecBuilder.forClient()
                                        .initialSettings(
                                                Http2Settings.defaultSettings().initialWindowSize(16_384))
                                        .build())
                                .addLast(new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()))
                                .addLast(new ChannelInboundHandlerAdapter() {
                                    @Override
                                    public void channelRead(ChannelHandlerContext ctx, Object frame) {
                                        if (frame instanceof Http2GoAwayFrame bye) {
                                            goneAway.complete(bye);
                                        } else {
                                            ReferenceCountUtil.release(frame);
                                        }
                                    }
                                });
                    }
                })
                .connect("127.0.0.1", port)
                .sync()
                .channel();
    }

    Stream open() throws Exception {
        Stream stream = new Stream();
        stream.opened = new Http2StreamChannelBootstrap(connection)
                .handler(stream)
                .open()
                .get();
        return stream;
    }

    void send(Stream stream, String path, String body) {
        Http2Headers headers = new DefaultHttp2Headers()
                .method("POST")
                .scheme("http")
                .authority("x")
                .path(path)
                .add("content-type", "application/json");
        stream.channel().write(new DefaultHttp2HeadersFrame(headers, false));
        stream.channel()
                .writeAndFlush(new DefaultHttp2DataFrame(Unpooled.copiedBuffer(body, StandardCharsets.UTF_8), true));
    }

    /** So many pings in a row, of 17 bytes each. */
    void ping(int count) {
        for (int i = 0; i < count; i++) {
            connection.write(new DefaultHttp2PingFrame(i));
        }
        connection.flush();
    }

    Stream post(String path, String body) throws Exception {
        Stream stream = open();
        send(stream, path, body);
        return stream;
    }

    @Override
    public void close() {
        connection.close().awaitUninterruptibly();
        loops.shutdownGracefully(0, 0, java.util.concurrent.TimeUnit.SECONDS);
    }

    /** What the handshake agreed on. */
    String negotiated() {
        return connection.pipeline().get(SslHandler.class).applicationProtocol();
    }

    /** One stream as the client sees it. */
    static final class Stream extends ChannelInboundHandlerAdapter {
        final CompletableFuture<String> status = new CompletableFuture<>();
        final CompletableFuture<String> body = new CompletableFuture<>();
        private final StringBuilder text = new StringBuilder();
        private @Nullable Http2StreamChannel opened;

        Http2StreamChannel channel() {
            return ServerFixture.known(opened);
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object frame) {
            boolean end = false;
            if (frame instanceof Http2HeadersFrame headers) {
                CharSequence code = headers.headers().status();
                if (code != null) {
                    status.complete(code.toString());
                }
                end = headers.isEndStream();
            } else if (frame instanceof Http2DataFrame data) {
                text.append(data.content().toString(StandardCharsets.UTF_8));
                end = data.isEndStream();
            }
            ReferenceCountUtil.release(frame);
            if (end) {
                body.complete(text.toString());
            }
        }
    }
}

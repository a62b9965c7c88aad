package io.jynamo.frontend;

import static io.jynamo.frontend.ServerFixture.chat;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.http.HttpLimits;
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
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@SuppressWarnings("FutureReturnValueIgnored") // what a write did shows in the answer
class Http2Test {
    private static final String CHAT = "/v1/chat/completions";
    private static final String ASK = chat("hi", "'stream':true").replace('\'', '"');

    @Test
    void tlsOffersBothProtocols(@TempDir Path folder) throws Exception {
        TestIdentity identity = TestIdentity.in(folder);
        ScriptedWorker worker = new ScriptedWorker(request -> ScriptedWorker.Script.text("over tls"));
        try (ServerFixture server = new ServerFixture(worker, options -> options.withTls(identity.files()))) {
            for (HttpClient.Version version : HttpClient.Version.values()) {
                if (version.name().equals("HTTP_3")) {
                    continue;
                }
                try (HttpClient client = HttpClient.newBuilder()
                        .sslContext(identity.trusting())
                        .version(version)
                        .build()) {
                    List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
                    for (int i = 0; i < 50; i++) {
                        all.add(client.sendAsync(
                                HttpRequest.newBuilder(URI.create(server.node.url() + CHAT))
                                        .header("content-type", "application/json")
                                        .POST(HttpRequest.BodyPublishers.ofString(ASK))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString()));
                    }
                    for (CompletableFuture<HttpResponse<String>> one : all) {
                        assertThat(one.join().version()).isEqualTo(version);
                        assertThat(ServerFixture.content(one.join().body())).isEqualTo("over tls");
                    }
                }
            }
            try (RawSocket plain = new RawSocket(server.node.port())) {
                plain.say("GET /live HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(plain.rest()).doesNotContain("200 OK");
            }
        }
    }

    @Test
    void manyStreamsShareAConnectionInTheClear() throws Exception {
        try (ServerFixture server = ServerFixture.saying("many streams");
                ClearClient client = new ClearClient(server.node.port())) {
            List<Stream> streams = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                streams.add(client.post(CHAT, ASK));
            }
            for (Stream stream : streams) {
                assertThat(stream.status.join()).isEqualTo("200");
                assertThat(ServerFixture.content(stream.body.join())).isEqualTo("many streams");
            }
            assertThat(List.copyOf(server.node.server().connections())).hasSize(1);
            Stream missing = client.post("/nothing", "{}");
            assertThat(missing.status.join()).isEqualTo("404");
            assertThat(missing.body.join()).contains("route_not_found");
        }
    }

    @Test
    void aConnectionOverTheLimitIsToldToGoAway(@TempDir Path folder) throws Exception {
        HttpLimits limits = FrontendOptions.on("127.0.0.1", 0).http();
        HttpLimits one = new HttpLimits(
                limits.maxBodyBytes(),
                limits.maxBufferedBytes(),
                limits.maxHeaderBytes(),
                limits.maxLineBytes(),
                limits.requestReadTimeout(),
                limits.idleTimeout(),
                limits.lingerTimeout(),
                1,
                limits.maxStreamsPerConnection());
        ScriptedWorker worker = new ScriptedWorker(request -> ScriptedWorker.Script.text("x"));
        try (ServerFixture server = new ServerFixture(worker, options -> options.withHttp(one));
                ClearClient first = new ClearClient(server.node.port())) {
            assertThat(first.post(CHAT, ASK).status.join()).isEqualTo("200");
            try (ClearClient further = new ClearClient(server.node.port())) {
                Http2GoAwayFrame told = further.goneAway.get(30, TimeUnit.SECONDS);
                assertThat(told.errorCode()).isEqualTo(Http2Error.ENHANCE_YOUR_CALM.code());
                assertThat(told.lastStreamId()).isZero();
                assertThat(told.content().toString(StandardCharsets.UTF_8)).contains("too_many_connections");
                told.release();
            }
        }
        TestIdentity identity = TestIdentity.in(folder);
        try (ServerFixture server = new ServerFixture(
                        worker, options -> options.withTls(identity.files()).withHttp(one));
                RawSocket held = new RawSocket(server.node.port());
                HttpClient client = HttpClient.newBuilder()
                        .sslContext(identity.trusting())
                        .version(HttpClient.Version.HTTP_1_1)
                        .build()) {
            ServerFixture.await(() -> !server.node.server().connections().isEmpty());
            HttpResponse<String> refused = client.send(
                    HttpRequest.newBuilder(URI.create(server.node.url() + "/live"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("too_many_connections");
            assertThat(held.socket.isClosed()).isFalse();
        }
    }

    @Test
    void aResetStreamCancelsItsEngineAndNoOther() throws Exception {
        Semaphore pace = new Semaphore(0);
        ScriptedWorker worker =
                new ScriptedWorker(request -> ScriptedWorker.Script.text("ab").paced(pace));
        try (ServerFixture server = new ServerFixture(worker, options -> options);
                ClearClient client = new ClearClient(server.node.port())) {
            Stream first = client.post(CHAT, ASK);
            ServerFixture.await(() -> worker.started().size() == 1);
            Stream second = client.post(CHAT, ASK);
            ServerFixture.await(() -> worker.started().size() == 2);
            first.channel().close().sync();
            ServerFixture.await(() -> worker.started().getFirst().isCancelled());
            assertThat(worker.started().get(1).isCancelled()).isFalse();
            pace.release(2);
            assertThat(ServerFixture.content(second.body.join())).isEqualTo("ab");
            ServerFixture.await(() -> server.router.booked() == 0);
        }
    }

    @Test
    void aStreamThatIsNotReadPausesItsEngineAndNoOther() throws Exception {
        ScriptedWorker worker = new ScriptedWorker(200_000, request -> ScriptedWorker.Script.endless());
        try (ServerFixture server = new ServerFixture(worker, options -> options);
                ClearClient client = new ClearClient(server.node.port())) {
            Stream lazy = client.open();
            lazy.channel().config().setAutoRead(false);
            client.send(
                    lazy, CHAT, chat("hi", "'stream':true,'max_tokens':100000").replace('\'', '"'));
            ServerFixture.await(() -> worker.started().size() == 1);
            Stream other =
                    client.post(CHAT, chat("hi", "'stream':true,'max_tokens':3").replace('\'', '"'));
            assertThat(ServerFixture.content(other.body.join())).isEqualTo("abc");
            ScriptedWorker.Running paused = worker.started().getFirst();
            assertThat(paused.steps()).isLessThan(50_000);
            lazy.channel().close().sync();
            ServerFixture.await(paused::isCancelled);
        }
    }

    /** One stream as the client sees it. */
    private static final class Stream extends ChannelInboundHandlerAdapter {
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

    /** An h2 client with prior knowledge. */
    private static final class ClearClient implements AutoCloseable {
        private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        private final Channel connection;
        final CompletableFuture<Http2GoAwayFrame> goneAway = new CompletableFuture<>();

        ClearClient(int port) throws InterruptedException {
            connection = new Bootstrap()
                    .group(loops)
                    .channel(NioSocketChannel.class)
                    .handler(new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            channel.pipeline()
                                    // Streams smaller than the connection's window, so that one cannot fill it.
                                    .addLast(Http2FrameCodecBuilder.forClient()
                                            .initialSettings(Http2Settings.defaultSettings()
                                                    .initialWindowSize(16_384))
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
                    .writeAndFlush(
                            new DefaultHttp2DataFrame(Unpooled.copiedBuffer(body, StandardCharsets.UTF_8), true));
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
    }
}

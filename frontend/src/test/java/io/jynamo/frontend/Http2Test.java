package io.jynamo.frontend;

import static io.jynamo.frontend.ServerFixture.chat;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.http.HttpLimits;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import java.net.Socket;
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
                Http2Client client = new Http2Client(server.node.port())) {
            List<Http2Client.Stream> streams = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                streams.add(client.post(CHAT, ASK));
            }
            for (Http2Client.Stream stream : streams) {
                assertThat(stream.status.join()).isEqualTo("200");
                assertThat(ServerFixture.content(stream.body.join())).isEqualTo("many streams");
            }
            assertThat(List.copyOf(server.node.server().connections())).hasSize(1);
            Http2Client.Stream missing = client.post("/nothing", "{}");
            assertThat(missing.status.join()).isEqualTo("404");
            assertThat(missing.body.join()).contains("route_not_found");
        }
    }

    @Test
    void aConnectionOverTheLimitIsToldToGoAway() throws Exception {
        ScriptedWorker worker = new ScriptedWorker(request -> ScriptedWorker.Script.text("x"));
        try (ServerFixture server = new ServerFixture(worker, options -> options.withHttp(one()));
                Http2Client first = new Http2Client(server.node.port())) {
            assertThat(first.post(CHAT, ASK).status.join()).isEqualTo("200");
            try (Http2Client further = new Http2Client(server.node.port())) {
                Http2GoAwayFrame told = further.goneAway.get(30, TimeUnit.SECONDS);
                assertThat(told.errorCode()).isEqualTo(Http2Error.ENHANCE_YOUR_CALM.code());
                assertThat(told.lastStreamId()).isZero();
                assertThat(told.content().toString(StandardCharsets.UTF_8)).contains("too_many_connections");
                told.release();
            }
        }
    }

    /** The clients send without waiting, and more than fits unread: a reset would take the answer with it. */
    @Test
    void overTlsBothProtocolsAreToldWhyTheyAreNotServed(@TempDir Path folder) throws Exception {
        TestIdentity identity = TestIdentity.in(folder);
        ScriptedWorker worker = new ScriptedWorker(request -> ScriptedWorker.Script.text("x"));
        try (ServerFixture server = new ServerFixture(
                        worker, options -> options.withTls(identity.files()).withHttp(one()));
                Http2Client first = new Http2Client(server.node.port(), identity)) {
            assertThat(first.post(CHAT, ASK).status.join()).isEqualTo("200");
            assertThat(first.negotiated()).isEqualTo("h2");
            for (int i = 0; i < 10; i++) {
                try (Http2Client further = new Http2Client(server.node.port(), identity)) {
                    further.ping(20_000);
                    Http2GoAwayFrame told = further.goneAway.get(30, TimeUnit.SECONDS);
                    assertThat(told.errorCode()).isEqualTo(Http2Error.ENHANCE_YOUR_CALM.code());
                    assertThat(told.lastStreamId()).isZero();
                    assertThat(told.content().toString(StandardCharsets.UTF_8)).contains("too_many_connections");
                    told.release();
                }
                try (Socket further =
                        identity.trusting().getSocketFactory().createSocket("127.0.0.1", server.node.port())) {
                    further.setSoTimeout(30_000);
                    further.getOutputStream()
                            .write(RawSocket.post(CHAT, "x".repeat(300_000)).getBytes(StandardCharsets.US_ASCII));
                    assertThat(new String(further.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                            .startsWith("HTTP/1.1 503")
                            .contains("too_many_connections");
                }
            }
            assertThat(first.post(CHAT, ASK).status.join())
                    .as("the one that is held goes on")
                    .isEqualTo("200");
        }
    }

    /** Limits that let one connection in. */
    private static HttpLimits one() {
        HttpLimits limits = FrontendOptions.on("127.0.0.1", 0).http();
        return new HttpLimits(
                limits.maxBodyBytes(),
                limits.maxBufferedBytes(),
                limits.maxHeaderBytes(),
                limits.maxLineBytes(),
                limits.requestReadTimeout(),
                limits.idleTimeout(),
                limits.lingerTimeout(),
                1,
                limits.maxStreamsPerConnection());
    }

    @Test
    void aResetStreamCancelsItsEngineAndNoOther() throws Exception {
        Semaphore pace = new Semaphore(0);
        ScriptedWorker worker =
                new ScriptedWorker(request -> ScriptedWorker.Script.text("ab").paced(pace));
        try (ServerFixture server = new ServerFixture(worker, options -> options);
                Http2Client client = new Http2Client(server.node.port())) {
            Http2Client.Stream first = client.post(CHAT, ASK);
            ServerFixture.await(() -> worker.started().size() == 1);
            Http2Client.Stream second = client.post(CHAT, ASK);
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
                Http2Client client = new Http2Client(server.node.port())) {
            Http2Client.Stream lazy = client.open();
            lazy.channel().config().setAutoRead(false);
            client.send(
                    lazy, CHAT, chat("hi", "'stream':true,'max_tokens':100000").replace('\'', '"'));
            ServerFixture.await(() -> worker.started().size() == 1);
            Http2Client.Stream other =
                    client.post(CHAT, chat("hi", "'stream':true,'max_tokens':3").replace('\'', '"'));
            assertThat(ServerFixture.content(other.body.join())).isEqualTo("abc");
            ScriptedWorker.Running paused = worker.started().getFirst();
            assertThat(paused.steps()).isLessThan(50_000);
            lazy.channel().close().sync();
            ServerFixture.await(paused::isCancelled);
        }
    }
}

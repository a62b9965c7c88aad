package io.jynamo.frontend;

import static io.jynamo.frontend.ServerFixture.chat;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.http.HttpLimits;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class RobustnessTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String ASK = chat("hi", "").replace('\'', '"');
    private static final String ASK_STREAM = chat("hi", "'stream':true").replace('\'', '"');

    private static ServerFixture limited(HttpLimits limits) {
        return new ServerFixture(
                new ScriptedWorker(request -> ScriptedWorker.Script.text("ok")), options -> options.withHttp(limits));
    }

    private static HttpLimits limits(long body, Duration read, Duration idle, int connections) {
        return new HttpLimits(body, 8 << 20, 32 * 1024, 8 * 1024, read, idle, Duration.ofSeconds(5), connections, 256);
    }

    private static HttpLimits ordinary() {
        return limits(1 << 20, Duration.ofSeconds(30), Duration.ofSeconds(30), 1_000);
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() {
        try (ServerFixture server = ServerFixture.saying("ok");
                RawSocket client = new RawSocket(server.node.port())) {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 60; i++) {
                all.append(RawSocket.post(i % 3 == 0 ? "/nothing" : CHAT, ASK, "x-request-id: r" + i));
                all.append("GET /live HTTP/1.1\r\nHost: x\r\n\r\n");
            }
            client.say(all.toString());
            for (int i = 0; i < 60; i++) {
                String head = client.until("\r\n\r\n");
                assertThat(head)
                        .startsWith(i % 3 == 0 ? "HTTP/1.1 404" : "HTTP/1.1 200")
                        .contains("r" + i + "\r\n");
                assertThat(client.until("}HTTP/1.1 200")).isNotEmpty();
                client.until("Service is live\"}");
            }
        }
    }

    @Test
    void oversizeIsRefusedBeforeItIsRead() throws IOException {
        try (ServerFixture server = limited(ordinary());
                RawSocket client = new RawSocket(server.node.port())) {
            client.say("POST " + CHAT + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 104857600\r\n\r\n");
            String head = client.until("\r\n\r\n");
            assertThat(head).startsWith("HTTP/1.1 413").containsIgnoringCase("connection: close");
            assertThat(client.until("}}")).contains("1048576 bytes").contains("body_too_large");
            assertThat(server.node.server().bufferedBytes()).isZero();
        }
    }

    @Test
    void aClientThatSendsItsHundredMegabytesAnywaySeesTheAnswer() {
        try (ServerFixture server = limited(ordinary())) {
            byte[] big = new byte[100 << 20];
            HttpResponse<String> response =
                    server.send(server.request(CHAT).POST(HttpRequest.BodyPublishers.ofByteArray(big)));
            assertThat(response.statusCode()).isEqualTo(413);
            assertThat(server.node.server().bufferedBytes()).isZero();
            assertThat(server.post(CHAT, chat("hi", "")).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void chunkedOversizeIsCutWhenItPassesTheLimit() {
        try (ServerFixture server = limited(ordinary());
                RawSocket client = new RawSocket(server.node.port())) {
            client.say("POST " + CHAT + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n");
            byte[] chunk = ("10000\r\n" + "x".repeat(65_536) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 17; i++) {
                client.say(chunk);
            }
            assertThat(client.until("\r\n\r\n")).startsWith("HTTP/1.1 413");
            assertThat(server.node.server().bufferedBytes()).isZero();
        }
    }

    @Test
    void theBodyLimitIsExact() {
        int limit = 4_096;
        try (ServerFixture server = limited(limits(limit, Duration.ofSeconds(30), Duration.ofSeconds(30), 1_000))) {
            for (int size : new int[] {1_000, limit - 1, limit, limit + 1, 100_000}) {
                String body = ASK + " ".repeat(size - ASK.length());
                HttpResponse<String> response =
                        server.send(server.request(CHAT).POST(HttpRequest.BodyPublishers.ofString(body)));
                assertThat(response.statusCode()).isEqualTo(size <= limit ? 200 : 413);
            }
        }
    }

    @Test
    void bodiesShareABudget() {
        HttpLimits tight = new HttpLimits(
                1 << 20,
                100_000,
                32 * 1024,
                8 * 1024,
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Duration.ofSeconds(5),
                1_000,
                256);
        try (ServerFixture server = limited(tight);
                RawSocket holder = new RawSocket(server.node.port())) {
            String head = "POST " + CHAT + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
            holder.say(head + "Content-Length: 90000\r\n\r\n" + "x".repeat(80_000));
            ServerFixture.await(() -> server.node.server().bufferedBytes() >= 80_000);
            String big = ASK + " ".repeat(60_000);
            HttpResponse<String> refused =
                    server.send(server.request(CHAT).POST(HttpRequest.BodyPublishers.ofString(big)));
            assertThat(refused.statusCode()).isEqualTo(529);
            assertThat(refused.headers().firstValue("retry-after")).isPresent();
            holder.leave();
            ServerFixture.await(() -> server.node.server().bufferedBytes() == 0);
            assertThat(server.send(server.request(CHAT).POST(HttpRequest.BodyPublishers.ofString(big)))
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void slowHeadsAndSlowBodiesTimeOut() {
        try (ServerFixture server = limited(limits(1 << 20, Duration.ofMillis(200), Duration.ofSeconds(30), 1_000))) {
            try (RawSocket silent = new RawSocket(server.node.port());
                    RawSocket head = new RawSocket(server.node.port());
                    RawSocket body = new RawSocket(server.node.port())) {
                head.say("POST " + CHAT + " HTTP/1.1\r\nHost: x\r\nX-Slow: ");
                body.say("POST " + CHAT + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 1000\r\n\r\n{");
                assertThat(silent.rest()).isEmpty();
                assertThat(head.rest()).startsWith("HTTP/1.1 408").contains("request_timeout");
                assertThat(body.rest()).startsWith("HTTP/1.1 408").contains("request_timeout");
                ServerFixture.await(() -> server.node.server().bufferedBytes() == 0);
            }
        }
    }

    @Test
    void idleConnectionsAreClosed() {
        try (ServerFixture server = limited(limits(1 << 20, Duration.ofSeconds(30), Duration.ofMillis(150), 1_000));
                RawSocket client = new RawSocket(server.node.port())) {
            client.say("GET /live HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(client.rest()).startsWith("HTTP/1.1 200").endsWith("Service is live\"}");
        }
    }

    @Test
    void headersOverTheLimitAre431() {
        try (ServerFixture server = limited(ordinary())) {
            try (RawSocket client = new RawSocket(server.node.port())) {
                client.say("GET /live HTTP/1.1\r\nHost: x\r\nX-Big: " + "y".repeat(40_000) + "\r\n\r\n");
                assertThat(client.until("}}")).startsWith("HTTP/1.1 431").contains("headers_too_large");
            }
            try (RawSocket client = new RawSocket(server.node.port())) {
                client.say("GET /" + "y".repeat(10_000) + " HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(client.until("}}")).startsWith("HTTP/1.1 431");
            }
        }
    }

    @Test
    void garbageIsAnsweredOrCutButNeverHangs() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (ServerFixture server = limited(ordinary())) {
            for (int round = 0; round < 100; round++) {
                byte[] noise = new byte[1 + random.nextInt(600)];
                random.nextBytes(noise);
                if (random.nextBoolean()) {
                    byte[] head = RawSocket.post(CHAT, ASK).getBytes(StandardCharsets.UTF_8);
                    for (int i = 0; i < 3; i++) {
                        head[random.nextInt(head.length)] = (byte) random.nextInt(256);
                    }
                    noise = head;
                }
                try (RawSocket client = new RawSocket(server.node.port())) {
                    client.say(noise);
                    client.socket.shutdownOutput();
                    client.rest();
                } catch (IOException cut) {
                    assertThat(cut).as("seed %d", seed).isNotNull();
                }
            }
            assertThat(server.post(CHAT, chat("hi", "")).statusCode()).isEqualTo(200);
            ServerFixture.await(() -> server.router.booked() == 0 && server.node.running() == 0);
            assertThat(server.node.server().bufferedBytes()).isZero();
        }
    }

    @Test
    void badBodiesOfEveryKindAre400() {
        try (ServerFixture server = limited(ordinary())) {
            List<byte[]> bodies = new ArrayList<>();
            bodies.add(new byte[0]);
            bodies.add("{\"model\":\"org/test-model\"".getBytes(StandardCharsets.UTF_8));
            bodies.add(("{\"chat_template_kwargs\":{\"a\":" + "[".repeat(100_000)).getBytes(StandardCharsets.UTF_8));
            byte[] latin = ASK.getBytes(StandardCharsets.UTF_8);
            latin[ASK.indexOf("hi")] = (byte) 0xE9;
            bodies.add(latin);
            bodies.add("\ufeff{}x".getBytes(StandardCharsets.UTF_16));
            for (byte[] body : bodies) {
                HttpResponse<String> response =
                        server.send(server.request(CHAT).POST(HttpRequest.BodyPublishers.ofByteArray(body)));
                assertThat(response.statusCode()).isEqualTo(400);
                assertThat(ServerFixture.error(response, "code")).isEqualTo("invalid_json");
            }
        }
    }

    @Test
    void expectContinueIsAnsweredBeforeTheBody() {
        try (ServerFixture server = limited(ordinary())) {
            try (RawSocket client = new RawSocket(server.node.port())) {
                String request = RawSocket.post(CHAT, ASK, "Expect: 100-continue");
                int split = request.indexOf("\r\n\r\n") + 4;
                client.say(request.substring(0, split));
                assertThat(client.until("\r\n\r\n")).startsWith("HTTP/1.1 100");
                client.say(request.substring(split));
                assertThat(client.until("\r\n\r\n")).startsWith("HTTP/1.1 200");
            }
            try (RawSocket client = new RawSocket(server.node.port())) {
                client.say("POST " + CHAT + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 99999999\r\nExpect: 100-continue\r\n\r\n");
                assertThat(client.until("\r\n\r\n")).startsWith("HTTP/1.1 413");
            }
        }
    }

    @Test
    void chunkedBodiesInAnyPiecesAreTheSame() {
        Random random = new Random(1);
        try (ServerFixture server = limited(ordinary());
                RawSocket client = new RawSocket(server.node.port())) {
            for (int round = 0; round < 30; round++) {
                StringBuilder request = new StringBuilder(
                        "POST " + CHAT
                                + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
                for (int at = 0; at < ASK.length(); ) {
                    int end = Math.min(ASK.length(), at + 1 + random.nextInt(20));
                    request.append(Integer.toHexString(end - at)).append("\r\n");
                    request.append(ASK, at, end).append("\r\n");
                    at = end;
                }
                request.append("0\r\n\r\n");
                for (int at = 0; at < request.length(); ) {
                    int end = Math.min(request.length(), at + 1 + random.nextInt(80));
                    client.say(request.substring(at, end));
                    at = end;
                }
                assertThat(client.until("\r\n\r\n")).startsWith("HTTP/1.1 200");
                client.until("}}}");
            }
            assertThat(server.worker.started()).hasSize(30);
        }
    }

    @Test
    void http10GetsAClosedConnection() {
        try (ServerFixture server = limited(ordinary());
                RawSocket client = new RawSocket(server.node.port())) {
            client.say(RawSocket.post(CHAT, ASK_STREAM).replace("HTTP/1.1", "HTTP/1.0"));
            String all = client.rest();
            assertThat(all).contains("200 OK").doesNotContain("chunked").endsWith("data: [DONE]\n\n");
        }
    }

    @Test
    void aClientThatLeavesCancelsItsEngine() {
        Semaphore pace = new Semaphore(3);
        ScriptedWorker worker = new ScriptedWorker(request ->
                new ScriptedWorker.Script(List.of(), io.jynamo.protocol.FinishReason.LENGTH, null, null, pace));
        try (ServerFixture server = new ServerFixture(worker, options -> options);
                RawSocket client = new RawSocket(server.node.port())) {
            client.say(RawSocket.post(CHAT, ASK_STREAM));
            client.until("\"c\"");
            client.leave();
            ServerFixture.await(() -> worker.started().getFirst().isCancelled());
            assertThat(worker.started().getFirst().steps()).isEqualTo(3);
            ServerFixture.await(() -> server.router.booked() == 0 && server.node.running() == 0);
        }
    }

    @Test
    void clientsThatLeaveASilentEngineFreeEverything() {
        Semaphore never = new Semaphore(0);
        ScriptedWorker worker =
                new ScriptedWorker(request -> ScriptedWorker.Script.text("x").paced(never));
        try (ServerFixture server = new ServerFixture(worker, options -> options)) {
            List<RawSocket> clients = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                clients.add(new RawSocket(server.node.port()).say(RawSocket.post(CHAT, i % 2 == 0 ? ASK : ASK_STREAM)));
            }
            ServerFixture.await(() -> worker.started().size() == 100);
            clients.forEach(RawSocket::close);
            ServerFixture.await(() -> server.router.booked() == 0 && server.node.running() == 0);
            assertThat(worker.started()).allMatch(ScriptedWorker.Running::isCancelled);
        }
    }

    @Test
    void clientsThatLeaveAtAnyMomentFreeEverything() {
        Random random = new Random(5);
        ScriptedWorker worker = new ScriptedWorker(request -> ScriptedWorker.Script.endless());
        try (ServerFixture server = new ServerFixture(worker, options -> options)) {
            for (int i = 0; i < 300; i++) {
                try (RawSocket client = new RawSocket(server.node.port())) {
                    client.say(RawSocket.post(CHAT, i % 2 == 0 ? ASK : ASK_STREAM));
                    for (int spin = random.nextInt(200_000); spin > 0; spin--) {
                        Thread.onSpinWait();
                    }
                }
            }
            ServerFixture.await(() -> server.router.booked() == 0 && server.node.running() == 0);
            assertThat(server.post(CHAT, chat("hi", "'max_tokens':3")).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void halfClosingCountsAsLeaving() throws IOException {
        Semaphore never = new Semaphore(0);
        ScriptedWorker worker =
                new ScriptedWorker(request -> ScriptedWorker.Script.text("x").paced(never));
        try (ServerFixture server = new ServerFixture(worker, options -> options);
                RawSocket client = new RawSocket(server.node.port())) {
            client.say(RawSocket.post(CHAT, ASK_STREAM));
            ServerFixture.await(() -> !worker.started().isEmpty());
            client.socket.shutdownOutput();
            assertThat(client.rest()).isEmpty();
            ServerFixture.await(() -> server.router.booked() == 0);
            assertThat(worker.started().getFirst().isCancelled()).isTrue();
        }
    }

    @Test
    void connectionsAreBounded() {
        try (ServerFixture server = limited(limits(1 << 20, Duration.ofSeconds(30), Duration.ofSeconds(30), 3))) {
            List<RawSocket> held = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                RawSocket client = new RawSocket(server.node.port());
                client.say("GET /live HTTP/1.1\r\nHost: x\r\n\r\n").until("live\"}");
                held.add(client);
            }
            try (RawSocket further = new RawSocket(server.node.port())) {
                String answer =
                        further.say("GET /live HTTP/1.1\r\nHost: x\r\n\r\n").rest();
                assertThat(answer)
                        .startsWith("HTTP/1.1 503 Service Unavailable\r\n")
                        .contains("\r\nretry-after: 1\r\n", "\r\nconnection: close\r\n");
                String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
                assertThat(answer).contains("\r\ncontent-length: " + body.length() + "\r\n");
                JsonNode error = ServerFixture.JSON.readTree(body).path("error");
                assertThat(error.path("code").asString("")).isEqualTo("too_many_connections");
                assertThat(error.path("type").asString("")).isEqualTo("overloaded_error");
                assertThat(error.path("message").asString("")).contains("(3)");
            }
            // A body sent all the same is read, so that the answer is seen and not a reset.
            try (RawSocket further = new RawSocket(server.node.port())) {
                further.say(RawSocket.post("/v1/chat/completions", "x".repeat(300_000)));
                assertThat(further.rest()).startsWith("HTTP/1.1 503").contains("too_many_connections");
            }
            held.forEach(RawSocket::close);
            ServerFixture.await(() -> server.node.server().connections().isEmpty());
            assertThat(server.get("/live").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aRefusedConnectionThatSaysNothingIsClosed() {
        HttpLimits impatient = new HttpLimits(
                1 << 20,
                1 << 20,
                8_192,
                8_192,
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Duration.ofMillis(50),
                1,
                8);
        try (ServerFixture server = limited(impatient);
                RawSocket held = new RawSocket(server.node.port())) {
            held.say("GET /live HTTP/1.1\r\nHost: x\r\n\r\n").until("live\"}");
            try (RawSocket silent = new RawSocket(server.node.port())) {
                assertThat(silent.rest()).isEmpty();
            }
        }
    }

    @Test
    void twoHundredStreamsAtOnce() {
        ScriptedWorker worker =
                new ScriptedWorker(request -> ScriptedWorker.Script.text("forty tokens of text for every one stream"));
        try (ServerFixture server = new ServerFixture(worker, options -> options)) {
            List<CompletableFuture<HttpResponse<String>>> streams = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                streams.add(server.client.sendAsync(
                        server.request(CHAT)
                                .POST(HttpRequest.BodyPublishers.ofString(ASK_STREAM))
                                .build(),
                        HttpResponse.BodyHandlers.ofString()));
            }
            for (CompletableFuture<HttpResponse<String>> stream : streams) {
                assertThat(ServerFixture.content(stream.join().body()))
                        .isEqualTo("forty tokens of text for every one stream");
            }
            ServerFixture.await(() -> server.router.booked() == 0);
        }
    }
}

package io.jynamo.frontend;

import static io.jynamo.frontend.ServerFixture.chat;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.resume.ResumeLimits;
import io.jynamo.protocol.ErrorCode;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ResumeTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String WISH = "X-Jynamo-Resumable: true";
    private static final Pattern ID = Pattern.compile("(?m)^id: (.*)$");
    private static final String TEXT = "The quick brown fox jumps over the lazy dog, again and again.";

    private static String ask(int tokens, String more) {
        return chat("hi", "'stream':true,'max_tokens':" + tokens + more).replace('\'', '"');
    }

    private static ServerFixture paced(Semaphore pace, ResumeLimits limits) {
        return new ServerFixture(
                new ScriptedWorker(
                        500_000, request -> ScriptedWorker.Script.text(TEXT).paced(pace)),
                options -> options.withResume(limits));
    }

    private static ResumeLimits window(Duration window) {
        return new ResumeLimits(window, 1 << 20, 8L << 20);
    }

    /** The next event that has an id, as it came. */
    private static String event(RawSocket client) {
        client.until("id: ");
        return "id: " + client.until("\n\n");
    }

    private static String id(String event) {
        Matcher found = ID.matcher(event);
        assertThat(found.find()).as(event).isTrue();
        return found.group(1);
    }

    private static String token(String id) {
        return id.substring(0, id.indexOf('.'));
    }

    private static HttpResponse<String> resume(ServerFixture server, String last) {
        return server.send(
                server.request(CHAT).header("Last-Event-ID", last).POST(HttpRequest.BodyPublishers.ofString("{}")));
    }

    @Test
    void aBrokenStreamGoesOnWhereItWasAndIsNotGeneratedAgain() {
        Semaphore pace = new Semaphore(10);
        try (ServerFixture server = paced(pace, window(Duration.ofSeconds(30)))) {
            StringBuilder seen = new StringBuilder();
            String last;
            try (RawSocket client = new RawSocket(server.node.port())) {
                client.say(RawSocket.post(CHAT, ask(1_000, ",'stream_options':{'include_usage':true}"), WISH));
                assertThat(client.until("\r\n\r\n")).containsIgnoringCase("x-jynamo-resume-window: 30");
                String event = event(client);
                seen.append(event);
                last = id(event);
                client.leave();
            }
            pace.release(1_000);
            ServerFixture.await(() -> server.worker.started().getFirst().isOver());
            HttpResponse<String> rest = resume(server, last);
            assertThat(rest.statusCode()).isEqualTo(200);
            assertThat(rest.headers().firstValue("content-type")).hasValue("text/event-stream; charset=utf-8");
            seen.append(rest.body());
            assertThat(ServerFixture.content(seen.toString())).isEqualTo(TEXT);
            assertThat(seen).endsWith("data: [DONE]\n\n");
            assertThat(seen).contains("\"completion_tokens\":" + TEXT.length());
            assertThat(server.worker.started()).hasSize(1);
            assertThat(server.worker.started().getFirst().isCancelled()).isFalse();
        }
    }

    @Test
    void aStreamThatBreaksAtEveryEventLosesAndRepeatsNothing() {
        Semaphore pace = new Semaphore(0);
        try (ServerFixture server = paced(pace, window(Duration.ofSeconds(30)))) {
            StringBuilder seen = new StringBuilder();
            String last;
            pace.release(1);
            try (RawSocket client = new RawSocket(server.node.port())) {
                client.say(RawSocket.post(CHAT, ask(1_000, ""), WISH));
                String event = event(client);
                seen.append(event);
                last = id(event);
            }
            // Connections go round the event loops, so that most of these are not on the stream's own.
            while (!seen.toString().endsWith("data: [DONE]\n\n")) {
                pace.release(1);
                try (RawSocket client = new RawSocket(server.node.port())) {
                    client.say("GET /v1/streams/" + token(last) + " HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: "
                            + last + "\r\n\r\n");
                    String event = event(client);
                    seen.append(event);
                    last = id(event);
                }
            }
            assertThat(ServerFixture.content(seen.toString())).isEqualTo(TEXT);
            assertThat(server.worker.started()).hasSize(1);
            assertThat(resume(server, last).statusCode()).isEqualTo(204);
        }
    }

    @Test
    void whoComesBackDisplacesTheConnectionThatTheServerTakesForAlive() {
        Semaphore pace = new Semaphore(3);
        try (ServerFixture server = paced(pace, window(Duration.ofSeconds(30)));
                RawSocket stuck = new RawSocket(server.node.port());
                RawSocket fresh = new RawSocket(server.node.port())) {
            stuck.say(RawSocket.post(CHAT, ask(1_000, ""), WISH));
            String first = event(stuck);
            fresh.say(RawSocket.post(CHAT, "{}", "Last-Event-ID: " + id(first)));
            fresh.until("\r\n\r\n");
            assertThat(stuck.rest()).doesNotContain("[DONE]");
            pace.release(1_000);
            assertThat(ServerFixture.content(first + fresh.until("[DONE]"))).isEqualTo(TEXT);
        }
    }

    @Test
    void withoutTheWishAClosedConnectionStillEndsTheGeneration() {
        Semaphore pace = new Semaphore(3);
        try (ServerFixture server = paced(pace, window(Duration.ofSeconds(30)))) {
            try (RawSocket client = new RawSocket(server.node.port())) {
                client.say(RawSocket.post(CHAT, ask(1_000, "")));
                assertThat(client.until("\n\n")).doesNotContain("id: ");
            }
            ServerFixture.await(() -> server.worker.started().getFirst().isCancelled());
        }
    }

    @Test
    void aStreamWhoseClientStaysAwayIsGivenUpAndItsExpirySaid() {
        Semaphore pace = new Semaphore(3);
        try (ServerFixture server = paced(pace, window(Duration.ofMillis(200)))) {
            String last;
            try (RawSocket client = new RawSocket(server.node.port())) {
                client.say(RawSocket.post(CHAT, ask(1_000, ""), WISH));
                last = id(event(client));
            }
            ServerFixture.await(() -> server.worker.started().getFirst().isCancelled());
            ServerFixture.await(() -> server.router.booked() == 0 && server.node.running() == 0);
            HttpResponse<String> late = resume(server, last);
            assertThat(late.statusCode()).isEqualTo(410);
            assertThat(ServerFixture.error(late, "code")).isEqualTo(ErrorCode.STREAM_EXPIRED.id());
            String page = server.get("/metrics").body();
            assertThat(page).contains("stream_resumptions_total{outcome=\"expired\"} 1.0");
            assertThat(page).contains("resumable_stream_bytes 0.0");
        }
    }

    @Test
    void aClientThatLeftBeforeTheFirstEventKeepsNothing() {
        Semaphore pace = new Semaphore(0);
        try (ServerFixture server = paced(pace, window(Duration.ofSeconds(30)))) {
            try (RawSocket client = new RawSocket(server.node.port())) {
                client.say(RawSocket.post(CHAT, ask(1_000, ""), WISH));
                ServerFixture.await(() -> !server.worker.started().isEmpty());
            }
            ServerFixture.await(() -> server.worker.started().getFirst().isCancelled());
            ServerFixture.await(() -> server.get("/metrics").body().contains("resumable_stream_bytes 0.0"));
        }
    }

    @Test
    void aStreamWithoutAClientPausesTheEngineAndGoesOnWhole() {
        int tokens = 20_000;
        Semaphore pace = new Semaphore(1);
        ScriptedWorker worker = new ScriptedWorker(
                500_000, request -> ScriptedWorker.Script.endless().paced(pace));
        ResumeLimits small = new ResumeLimits(Duration.ofSeconds(30), 256 * 1024, 8L << 20);
        try (ServerFixture server = new ServerFixture(worker, options -> options.withResume(small))) {
            String first;
            try (RawSocket client = new RawSocket(server.node.port())) {
                client.say(RawSocket.post(CHAT, ask(tokens, ""), WISH));
                first = event(client);
            }
            ServerFixture.await(() -> server.node.server().exchanges() == 0); // it has seen the client leave
            pace.release(tokens);
            ScriptedWorker.Running running = worker.started().getFirst();
            int before = -1;
            while (running.steps() != before) {
                before = running.steps();
                LockSupport.parkNanos(200_000_000);
            }
            assertThat(running.steps()).isBetween(2, 2_000); // a quarter of the log, and the credit
            assertThat(running.isOver()).isFalse();
            String rest = resume(server, id(first)).body();
            assertThat(ServerFixture.content(first + rest)).hasSize(tokens);
        }
    }

    @Test
    void aClientThatIsTooFarBehindIsToldSo() {
        ScriptedWorker worker = new ScriptedWorker(500_000, request -> ScriptedWorker.Script.endless());
        ResumeLimits small = new ResumeLimits(Duration.ofSeconds(30), 16 * 1024, 8L << 20);
        try (ServerFixture server = new ServerFixture(worker, options -> options.withResume(small));
                RawSocket client = new RawSocket(server.node.port())) {
            client.say(RawSocket.post(CHAT, ask(1_000, ""), WISH));
            String first = event(client);
            assertThat(client.until("[DONE]")).isNotEmpty();
            HttpResponse<String> rest = resume(server, id(first));
            assertThat(rest.statusCode()).isEqualTo(410);
            assertThat(ServerFixture.error(rest, "message")).contains("16 KiB").contains("anew");
        }
    }

    @Test
    void aBurstLargerThanWhatIsKeptReachesAClientThatIsThere() {
        ScriptedWorker worker = new ScriptedWorker(500_000, request -> ScriptedWorker.Script.endless());
        ResumeLimits small = new ResumeLimits(Duration.ofSeconds(30), 16 * 1024, 8L << 20);
        try (ServerFixture server = new ServerFixture(worker, options -> options.withResume(small))) {
            HttpResponse<String> whole = server.send(server.request(CHAT)
                    .header("X-Jynamo-Resumable", "true")
                    .POST(HttpRequest.BodyPublishers.ofString(ask(3_000, ",'logprobs':true,'top_logprobs':5,'n':4"))));
            assertThat(ServerFixture.content(whole.body())).hasSize(3_000);
            assertThat(whole.body()).endsWith("data: [DONE]\n\n");
        }
    }

    @Test
    void theLastEventOfAnEndedStreamCanBeHadAgain() {
        try (ServerFixture server = new ServerFixture(
                new ScriptedWorker(request -> ScriptedWorker.Script.text(TEXT)), options -> options)) {
            HttpResponse<String> whole = server.send(server.request(CHAT)
                    .header("X-Jynamo-Resumable", "true")
                    .POST(HttpRequest.BodyPublishers.ofString(ask(1_000, ""))));
            List<String> ids = ID.matcher(whole.body())
                    .results()
                    .map(found -> found.group(1))
                    .toList();
            HttpResponse<String> again = resume(server, ids.get(ids.size() - 2));
            assertThat(again.body()).isEqualTo("id: " + ids.getLast() + "\ndata: [DONE]\n\n");
            String token = whole.headers().firstValue("x-jynamo-stream").orElseThrow();
            assertThat(server.get("/v1/streams/" + token).body()).isEqualTo(whole.body());
        }
    }

    @Test
    void anErrorInsideTheStreamIsToldToWhoComesBack() {
        Semaphore pace = new Semaphore(3);
        try (ServerFixture server = new ServerFixture(
                new ScriptedWorker(request -> ScriptedWorker.Script.text("abcdef")
                        .failing(ErrorCode.WORKER_LOST, "it died")
                        .paced(pace)),
                options -> options)) {
            String last;
            try (RawSocket client = new RawSocket(server.node.port())) {
                client.say(RawSocket.post(CHAT, ask(1_000, ""), WISH));
                last = id(event(client));
            }
            pace.release(100);
            ServerFixture.await(() -> server.node.running() == 0);
            HttpResponse<String> rest = resume(server, last);
            assertThat(rest.body()).contains("it died").doesNotContain("[DONE]");
        }
    }

    @Test
    void onlyTheKeyThatBeganAStreamMayGoOnWithIt() {
        Semaphore pace = new Semaphore(3);
        try (ServerFixture server = new ServerFixture(
                new ScriptedWorker(request -> ScriptedWorker.Script.text(TEXT).paced(pace)),
                options -> options.withApiKeys(List.of("first-key", "other-key")))) {
            String last;
            try (RawSocket client = new RawSocket(server.node.port())) {
                client.say(RawSocket.post(CHAT, ask(1_000, ""), WISH, "Authorization: Bearer first-key"));
                last = id(event(client));
            }
            pace.release(1_000);
            HttpRequest.Builder with =
                    server.request(CHAT).header("Last-Event-ID", last).POST(HttpRequest.BodyPublishers.ofString("{}"));
            assertThat(server.send(with.copy()).statusCode()).isEqualTo(401);
            assertThat(server.send(with.copy().header("Authorization", "Bearer other-key"))
                            .statusCode())
                    .isEqualTo(410);
            assertThat(server.send(with.copy().header("Authorization", "Bearer first-key"))
                            .body())
                    .endsWith("data: [DONE]\n\n");
        }
    }

    @Test
    void anIdThatWasNeverGivenIsRefused() {
        Semaphore pace = new Semaphore(3);
        try (ServerFixture server = paced(pace, window(Duration.ofSeconds(30)));
                RawSocket client = new RawSocket(server.node.port())) {
            client.say(RawSocket.post(CHAT, ask(1_000, ""), WISH));
            String id = id(event(client));
            assertThat(resume(server, "nonsense").statusCode()).isEqualTo(400);
            assertThat(resume(server, "nonsense.5").statusCode()).isEqualTo(410);
            assertThat(resume(server, id + "9").statusCode()).isEqualTo(410);
            assertThat(resume(server, id + "99999999999999999999").statusCode()).isEqualTo(400);
            pace.release(1_000);
            client.until("[DONE]"); // the stream has gone on with whom it belongs to
        }
    }

    @Test
    void aStreamIsEndedByItsClientsWord() {
        Semaphore pace = new Semaphore(3);
        try (ServerFixture server = paced(pace, window(Duration.ofSeconds(30)))) {
            String token;
            try (RawSocket client = new RawSocket(server.node.port())) {
                client.say(RawSocket.post(CHAT, ask(1_000, ""), WISH));
                token = token(id(event(client)));
            }
            assertThat(server.send(HttpRequest.newBuilder(server.uri("/v1/streams/" + token))
                                    .DELETE())
                            .statusCode())
                    .isEqualTo(204);
            ServerFixture.await(() -> server.worker.started().getFirst().isCancelled());
            assertThat(server.get("/v1/streams/" + token).statusCode()).isEqualTo(410);
        }
    }

    @Test
    void noStreamIsResumableWhereTheServerIsToldSo() {
        try (ServerFixture server = new ServerFixture(
                new ScriptedWorker(request -> ScriptedWorker.Script.text(TEXT)),
                options -> options.withResume(window(Duration.ZERO)))) {
            HttpResponse<String> whole = server.send(server.request(CHAT)
                    .header("X-Jynamo-Resumable", "true")
                    .POST(HttpRequest.BodyPublishers.ofString(ask(1_000, ""))));
            assertThat(whole.headers().firstValue("x-jynamo-stream")).isEmpty();
            assertThat(whole.body()).doesNotContain("id: ").endsWith("data: [DONE]\n\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void aStoppingServerWaitsForAClientBetweenTwoConnections(String method) throws Exception {
        Semaphore pace = new Semaphore(3);
        ServerFixture server = paced(pace, window(Duration.ofSeconds(30)));
        String first;
        try (RawSocket client = new RawSocket(server.node.port())) {
            client.say(RawSocket.post(CHAT, ask(1_000, ""), WISH));
            first = event(client);
        }
        Thread closing = Thread.ofVirtual().start(server::close);
        awaitStopping(server);
        try (RawSocket client = new RawSocket(server.node.port())) {
            client.say(RawSocket.post("/tokenize", ask(1_000, ""), "Last-Event-ID: " + id(first)));
            assertThat(client.until("\r\n")).as("which goes on with no stream").contains(" 503 ");
        }
        try (RawSocket client = new RawSocket(server.node.port())) {
            String id = id(first);
            client.say(
                    method.equals("GET")
                            ? "GET /v1/streams/" + token(id) + " HTTP/1.1\r\nHost: x\r\nLast-Event-ID: " + id
                                    + "\r\n\r\n"
                            : RawSocket.post(CHAT, ask(1_000, ""), "Last-Event-ID: " + id));
            client.until("\r\n\r\n");
            pace.release(1_000);
            assertThat(ServerFixture.content(first + client.until("[DONE]"))).isEqualTo(TEXT);
        }
        closing.join();
    }

    private static void awaitStopping(ServerFixture server) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        String status = "";
        while (!status.contains(" 503 ") && System.nanoTime() < end) {
            try (RawSocket other = new RawSocket(server.node.port())) {
                other.say("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
                status = other.until("\r\n");
            }
        }
        assertThat(status).contains(" 503 ");
    }
}

package io.jynamo.frontend;

import static io.jynamo.frontend.ServerFixture.chat;
import static io.jynamo.frontend.ServerFixture.content;
import static io.jynamo.frontend.ServerFixture.error;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.fake.ScriptedWorker.Script;
import io.jynamo.frontend.fleet.FleetControl;
import io.jynamo.frontend.fleet.FleetRoster;
import io.jynamo.frontend.generate.GenerationLimits;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.router.admission.AdmissionOptions;
import io.jynamo.router.admission.AdmittingRouter;
import io.jynamo.router.admission.QueuePolicy;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that find every worker full: who waits, who goes first, who gives way, and what is left when they leave. */
@Timeout(60)
class AdmissionTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String ANSWER = "The river remembers the first words of a song.";

    @Test
    void aRequestThatFindsNoRoomWaitsAndIsAnswered() {
        Semaphore pace = new Semaphore(0);
        try (ServerFixture server =
                fixture(1, 10, request -> Script.text("done").paced(pace))) {
            var first = ask(server, "one", "");
            ServerFixture.await(() -> server.worker.started().size() == 1);
            var second = ask(server, "two", "");
            awaitWaiting(server, 1);
            assertThat(server.get("/metrics").body())
                    .contains("dynamo_frontend_router_queue_pending_requests{model=\"org/test-model\","
                            + "policy_class=\"default\",worker_type=\"decode\"} 1.0")
                    .containsPattern("dynamo_frontend_router_queue_pending_isl_tokens.* [1-9]")
                    .containsPattern("dynamo_frontend_router_queue_backpressure_total.* 1.0");
            pace.release(1_000);
            assertThat(first.join().statusCode()).isEqualTo(200);
            assertThat(second.join().statusCode()).isEqualTo(200);
            ServerFixture.await(() -> server.router.booked() == 0);
            assertThat(server.get("/metrics").body())
                    .contains("dynamo_frontend_router_queue_wait_seconds_count 1")
                    .containsPattern("router_queue_pending_requests.* 0.0");
        }
    }

    @Test
    void whoFindsTheLineFullIsToldWhenToComeAgain() {
        Semaphore pace = new Semaphore(0);
        try (ServerFixture server = fixture(1, 1, request -> Script.text("done").paced(pace))) {
            var first = ask(server, "one", "");
            ServerFixture.await(() -> server.worker.started().size() == 1);
            var second = ask(server, "two", "");
            awaitWaiting(server, 1);
            HttpResponse<String> refused = server.post(CHAT, chat("three", ""));
            assertThat(refused.statusCode()).isEqualTo(529);
            assertThat(error(refused, "code")).isEqualTo("overloaded");
            assertThat(refused.headers().firstValueAsLong("retry-after").orElseThrow())
                    .isBetween(1L, 60L);
            assertThat(server.get("/metrics").body())
                    .contains("dynamo_frontend_router_queue_refusals_total{reason=\"overloaded\"} 1.0");
            pace.release(1_000);
            assertThat(first.join().statusCode()).isEqualTo(200);
            assertThat(second.join().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void wantOfRoomMayHaveTheStatusThatMoreClientsKnow() {
        try (ServerFixture server = fixture(
                1,
                0,
                request -> Script.endless(),
                options -> options.withHttp(options.http().withOverloadStatus(429)))) {
            server.router.places(0);
            HttpResponse<String> refused = server.post(CHAT, chat("hi", ""));
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("retry-after")).hasValue("17");
            assertThat(error(refused, "code")).isEqualTo("overloaded");
        }
    }

    @Test
    void whatARequestClaimsComesFromItsHeadersBeforeItsBody() {
        UnaryOperator<FrontendOptions> keyed = options -> options.withApiKeys(List.of("sesame"));
        try (ServerFixture server = fixture(9, 9, request -> Script.text("x"), keyed)) {
            String body = chat(
                    "hi",
                    "'service_tier':'flex','nvext':{'agent_hints':{'strict_priority':2,'priority':5},"
                            + "'router':{'ttft_target':60000}}");
            server.send(server.request(CHAT)
                    .header("authorization", "Bearer sesame")
                    .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'))));
            server.send(server.request(CHAT)
                    .header("authorization", "Bearer sesame")
                    .header("x-dynamo-request-strict-priority", "7")
                    .header("x-dynamo-request-priority", "3")
                    .header("x-jynamo-ttft-target-ms", "90000")
                    .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'))));
            var asked = server.router.requests();
            assertThat(asked).extracting(one -> one.claim().strictPriority()).containsExactly(2, 7);
            assertThat(asked).extracting(one -> one.priority()).containsExactly(5, 3);
            assertThat(asked).allMatch(one -> one.claim().preemptible());
            assertThat(asked).extracting(one -> one.claim().tenant()).allMatch(one -> one.matches("key-[0-9a-f]{16}"));
            assertThat(asked.getFirst().claim().firstTokenWithin())
                    .isBetween(Duration.ofSeconds(1), Duration.ofMinutes(1));
            assertThat(asked.getLast().claim().firstTokenWithin())
                    .isBetween(Duration.ofSeconds(61), Duration.ofSeconds(90));
        }
    }

    @Test
    void whoHangsUpWhileItWaitsLeavesNothing() throws Exception {
        Semaphore pace = new Semaphore(0);
        try (ServerFixture server =
                fixture(1, 10, request -> Script.text("done").paced(pace))) {
            var first = ask(server, "one", "");
            ServerFixture.await(() -> server.worker.started().size() == 1);
            try (RawSocket client = new RawSocket(server.node.port())) {
                client.say(RawSocket.post(CHAT, chat("two", "'stream':true").replace('\'', '"')));
                awaitWaiting(server, 1);
            }
            awaitWaiting(server, 0);
            ServerFixture.await(() -> server.node.running() == 1);
            pace.release(1_000);
            assertThat(first.join().statusCode()).isEqualTo(200);
            ServerFixture.await(() -> server.router.booked() == 0);
            assertThat(server.worker.started()).hasSize(1);
        }
    }

    @Test
    void theTimeLimitEndsTheWaiting() {
        Semaphore pace = new Semaphore(0);
        UnaryOperator<FrontendOptions> hasty = options -> options.withGeneration(
                new GenerationLimits(10, 2, Duration.ofMillis(300), Duration.ofSeconds(15), 256));
        try (ServerFixture server =
                fixture(1, 10, request -> Script.text("done").paced(pace), hasty)) {
            var first = ask(server, "one", "");
            var second = ask(server, "two", "");
            assertThat(first.join().statusCode()).isEqualTo(504);
            assertThat(second.join().statusCode()).isEqualTo(504);
            awaitWaiting(server, 0);
            ServerFixture.await(() -> server.router.booked() == 0);
        }
    }

    @Test
    void whoseFirstTokenWouldBeLateIsRefused() {
        Semaphore pace = new Semaphore(0);
        try (ServerFixture server =
                fixture(1, 10, request -> Script.text("done").paced(pace))) {
            var first = ask(server, "one", "");
            ServerFixture.await(() -> server.worker.started().size() == 1);
            HttpResponse<String> late = server.post(CHAT, chat("two", "'nvext':{'router':{'ttft_target':40}}"));
            assertThat(late.statusCode()).isEqualTo(529);
            assertThat(error(late, "code")).isEqualTo("deadline_unreachable");
            assertThat(late.headers().firstValue("retry-after")).isPresent();
            HttpResponse<String> asHeader = server.send(server.request(CHAT)
                    .header("x-jynamo-ttft-target-ms", "40")
                    .POST(HttpRequest.BodyPublishers.ofString(chat("two", "").replace('\'', '"'))));
            assertThat(error(asHeader, "code")).isEqualTo("deadline_unreachable");
            pace.release(1_000);
            assertThat(first.join().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void stoppingTheServerEndsTheWaiting() {
        Semaphore pace = new Semaphore(0);
        ServerFixture server = fixture(
                1,
                10,
                request -> Script.text("done").paced(pace),
                options -> options.withShutdownTimeout(Duration.ofMillis(50)));
        CompletableFuture<HttpResponse<String>> second;
        try (server) {
            var _ = ask(server, "one", "");
            ServerFixture.await(() -> server.worker.started().size() == 1);
            second = ask(server, "two", "");
            awaitWaiting(server, 1);
            server.node.close();
            assertThat(second.join().statusCode()).isEqualTo(503);
            assertThat(waiting(server)).isZero();
            ServerFixture.await(() -> server.router.booked() == 0);
        }
    }

    @Test
    void aHigherClassOvertakesAndTenantsShareByWeight() {
        Semaphore pace = new Semaphore(0);
        List<String> order = new ArrayList<>();
        try (ServerFixture server = fixture(1, 100, request -> {
            String prompt = new String(toBytes(request), java.nio.charset.StandardCharsets.US_ASCII);
            synchronized (order) {
                order.add(prompt.substring("user:".length(), "user:".length() + 1));
            }
            return Script.text("x").paced(pace);
        })) {
            List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
            all.add(ask(server, "0", ""));
            ServerFixture.await(() -> server.worker.started().size() == 1);
            for (String tenant : List.of("light", "heavy")) {
                for (int i = 0; i < 6; i++) {
                    all.add(askAs(server, tenant, tenant.substring(0, 1), "'max_tokens':50"));
                    awaitWaiting(server, all.size() - 1);
                }
            }
            all.add(ask(server, "v", "'nvext':{'agent_hints':{'strict_priority':1}}"));
            awaitWaiting(server, all.size() - 1);
            pace.release(1_000);
            all.forEach(one -> assertThat(one.join().statusCode()).isEqualTo(200));
            assertThat(order.subList(0, 2)).containsExactly("0", "v");
            // Three of the heavy one to one of the light one.
            assertThat(order.subList(2, 10)).filteredOn("h"::equals).hasSize(6);
            ServerFixture.await(() -> server.router.booked() == 0);
        }
    }

    @Test
    void batchGivesWayAndItsStreamIsWhole() {
        Semaphore batchPace = new Semaphore(12);
        Semaphore pace = new Semaphore(0);
        try (ServerFixture server = fixture(1, 10, request -> {
            boolean batch = new String(toBytes(request), java.nio.charset.StandardCharsets.US_ASCII).contains("batch");
            return batch
                    ? Script.text(ANSWER.substring(request.resumption().outputTokens()))
                            .paced(batchPace)
                    : Script.text("now").paced(pace);
        })) {
            var batch =
                    ask(server, "batch", "'stream':true,'service_tier':'flex','stream_options':{'include_usage':true}");
            ServerFixture.await(() -> server.router.tokens() == 12);
            var urgent = ask(server, "urgent", "");
            ServerFixture.await(() -> server.worker.started().size() == 2);
            assertThat(server.worker.started().getFirst().isCancelled()).isTrue();
            awaitWaiting(server, 1);
            pace.release(1_000);
            assertThat(urgent.join().statusCode()).isEqualTo(200);
            batchPace.release(1_000);
            String stream = batch.join().body();
            assertThat(content(stream)).isEqualTo(ANSWER);
            var usage = ServerFixture.chunks(stream).getLast().path("usage");
            assertThat(usage.path("completion_tokens").asInt()).isEqualTo(ANSWER.length());
            GenerationRequest again = server.worker.started().getLast().request();
            assertThat(again.resumption().outputTokens()).isEqualTo(12);
            ServerFixture.await(() -> server.router.booked() == 0);
            assertThat(server.get("/metrics").body()).contains("dynamo_frontend_preemptions_total 1.0");
        }
    }

    @Test
    void batchThatGaveWayThreeTimesIsLeftAlone() {
        Semaphore pace = new Semaphore(0);
        try (ServerFixture server = fixture(1, 10, request -> {
            boolean batch = new String(toBytes(request), java.nio.charset.StandardCharsets.US_ASCII).contains("batch");
            return batch ? Script.text(ANSWER).paced(pace) : Script.text("now");
        })) {
            var batch = ask(server, "batch", "'service_tier':'flex'");
            for (int i = 0; i < 3; i++) {
                int started = 1 + 2 * i;
                ServerFixture.await(() -> server.worker.started().size() == started && server.router.booked() == 1);
                assertThat(server.post(CHAT, chat("urgent", "")).statusCode()).isEqualTo(200);
            }
            ServerFixture.await(() -> server.worker.started().size() == 7 && server.router.booked() == 1);
            var waits = ask(server, "urgent", "");
            awaitWaiting(server, 1);
            assertThat(server.worker.started().getLast().isCancelled()).isFalse();
            pace.release(1_000);
            assertThat(batch.join().statusCode()).isEqualTo(200);
            assertThat(waits.join().statusCode()).isEqualTo(200);
            assertThat(server.get("/metrics").body()).contains("dynamo_frontend_preemptions_total 3.0");
        }
    }

    @Test
    void promptsOfOneRequestDoNotWaitForEachOther() {
        try (ServerFixture server = fixture(1, 10, request -> Script.text("done"))) {
            HttpResponse<String> answer = server.post(
                    "/v1/completions", "{'model':'org/test-model','prompt':['a','b','c','d'],'max_tokens':9}");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(ServerFixture.json(answer).path("choices").size()).isEqualTo(4);
            ServerFixture.await(() -> server.router.booked() == 0);
        }
    }

    private static byte[] toBytes(GenerationRequest request) {
        int[] ids = request.prompt().toArray();
        byte[] bytes = new byte[ids.length];
        for (int i = 0; i < ids.length; i++) {
            bytes[i] = (byte) Math.min(ids[i], 127);
        }
        int from = 0;
        while (from < bytes.length && bytes[from] == 127) {
            from++;
        }
        return java.util.Arrays.copyOfRange(bytes, from, bytes.length);
    }

    private static CompletableFuture<HttpResponse<String>> ask(ServerFixture server, String text, String more) {
        return askAs(server, "", text, more);
    }

    private static CompletableFuture<HttpResponse<String>> askAs(
            ServerFixture server, String tenant, String text, String more) {
        HttpRequest.Builder request = server.request(CHAT)
                .POST(HttpRequest.BodyPublishers.ofString(chat(text, more).replace('\'', '"')));
        if (!tenant.isEmpty()) {
            request.header("x-tenant-id", tenant);
        }
        return server.client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static int waiting(ServerFixture server) {
        return server.models.ready().getFirst().router().queue().requests();
    }

    private static void awaitWaiting(ServerFixture server, int count) {
        ServerFixture.await(() -> waiting(server) == count);
    }

    private static ServerFixture fixture(int places, int waiting, Function<GenerationRequest, Script> scripts) {
        return fixture(places, waiting, scripts, options -> options);
    }

    private static ServerFixture fixture(
            int places,
            int waiting,
            Function<GenerationRequest, Script> scripts,
            UnaryOperator<FrontendOptions> options) {
        AdmissionOptions admission =
                new AdmissionOptions(QueuePolicy.FAIR, waiting, 1_000_000, null, Map.of("heavy", 3.0));
        ServerFixture server = new ServerFixture(
                new ScriptedWorker(scripts),
                options,
                FleetRoster.NONE,
                FleetControl.NONE,
                router -> new AdmittingRouter(router, admission, System::nanoTime));
        server.router.places(places);
        return server;
    }
}

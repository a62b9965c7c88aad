package io.jynamo.frontend;

import static io.jynamo.frontend.ServerFixture.chat;
import static io.jynamo.frontend.ServerFixture.error;
import static io.jynamo.frontend.ServerFixture.events;
import static io.jynamo.frontend.ServerFixture.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.generate.GenerationLimits;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.FinishReason;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.JynamoException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ErrorsTest {
    private static final String CHAT = "/v1/chat/completions";

    @Test
    void errorsAreNestedAsOpenAiNestsThem() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            var response = server.post(CHAT, chat("hi", "'temperature':9"));
            assertThat(response.statusCode()).isEqualTo(400);
            JsonNode error = json(response).path("error");
            assertThat(error.propertyNames()).containsExactly("message", "type", "param", "code");
            assertThat(error.path("type").asString("")).isEqualTo("invalid_request_error");
            assertThat(error.path("param").asString("")).isEqualTo("temperature");
            assertThat(error.path("code").asString("")).isEqualTo("invalid_request");
        }
    }

    @Test
    void unknownModelListsTheServedOnes() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            var response = server.post(CHAT, chat("hi", "").replace("org/test-model", "gpt-9"));
            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(error(response, "code")).isEqualTo("model_not_found");
            assertThat(error(response, "message")).contains("gpt-9").contains("org/test-model");
        }
    }

    @Test
    void pathsAndMethodsAreNamed() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            var path = server.get("/v1/nothing?x=1");
            assertThat(path.statusCode()).isEqualTo(404);
            assertThat(error(path, "message")).isEqualTo("Route not found: GET /v1/nothing");
            var method = server.get(CHAT);
            assertThat(method.statusCode()).isEqualTo(405);
            assertThat(method.headers().firstValue("allow")).hasValue("POST, OPTIONS");
            assertThat(error(method, "code")).isEqualTo("method_not_allowed");
            var options = server.send(HttpRequest.newBuilder(server.uri("/health"))
                    .method("OPTIONS", HttpRequest.BodyPublishers.noBody()));
            assertThat(options.statusCode()).isEqualTo(204);
            assertThat(options.headers().firstValue("allow")).hasValue("GET, HEAD, OPTIONS");
            var head = server.send(HttpRequest.newBuilder(server.uri("/health")).HEAD());
            assertThat(head.statusCode()).isEqualTo(200);
            assertThat(head.headers().firstValueAsLong("content-length"))
                    .hasValue(server.get("/health").body().length());
        }
    }

    @Test
    void bodiesMustBeJson() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            var type = server.send(HttpRequest.newBuilder(server.uri(CHAT))
                    .header("content-type", "text/plain")
                    .POST(HttpRequest.BodyPublishers.ofString("{}")));
            assertThat(type.statusCode()).isEqualTo(415);
            var none = server.send(
                    HttpRequest.newBuilder(server.uri(CHAT)).POST(HttpRequest.BodyPublishers.ofString("{}")));
            assertThat(none.statusCode()).isEqualTo(415);
            var vendor = server.send(HttpRequest.newBuilder(server.uri("/tokenize"))
                    .header("content-type", "application/vnd.x+json; charset=utf-8")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"prompt\":\"a\"}")));
            assertThat(vendor.statusCode()).isEqualTo(200);
            var broken = server.post(CHAT, "{'model': 'm', 'messages': [}");
            assertThat(broken.statusCode()).isEqualTo(400);
            assertThat(error(broken, "code")).isEqualTo("invalid_json");
            assertThat(error(broken, "message")).contains("at byte 2");
        }
    }

    @Test
    void requestIdIsEchoedOnEveryAnswer() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            for (String body : List.of(chat("hi", ""), chat("hi", "'stream':true"), "{")) {
                var response = server.send(server.request(CHAT)
                        .header("x-request-id", "my-id-7")
                        .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'))));
                assertThat(response.headers().firstValue("x-request-id")).hasValue("my-id-7");
            }
        }
    }

    @Test
    void headersThatPinAWorkerAreRefusedByName() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            var response = server.send(server.request(CHAT)
                    .header("x-dynamo-dp-rank", "3")
                    .POST(HttpRequest.BodyPublishers.ofString(chat("hi", "").replace('\'', '"'))));
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(error(response, "param")).isEqualTo("x-dynamo-dp-rank");
        }
    }

    @Test
    void aFailureBeforeTheFirstTokenHasAStatus() {
        ScriptedWorker.Script refusing =
                ScriptedWorker.Script.text("").failing(ErrorCode.KV_BLOCKS_EXHAUSTED, "No blocks.");
        try (ServerFixture server = new ServerFixture(request -> refusing)) {
            for (String more : List.of("", "'stream':true")) {
                var response = server.post(CHAT, chat("hi", more));
                assertThat(response.statusCode()).isEqualTo(529);
                assertThat(error(response, "code")).isEqualTo("kv_blocks_exhausted");
                assertThat(error(response, "message")).isEqualTo("No blocks.");
                assertThat(response.headers().firstValue("retry-after")).isPresent();
            }
            ServerFixture.await(() -> server.router.booked() == 0);
        }
    }

    @Test
    void aFailureInAStreamIsOneErrorEventAndNoDone() {
        ScriptedWorker.Script dying =
                ScriptedWorker.Script.text("abc").failing(ErrorCode.WORKER_LOST, "The worker died.");
        try (ServerFixture server = new ServerFixture(request -> dying)) {
            var stream = server.post(CHAT, chat("hi", "'stream':true,'stream_options':{'include_usage':true}"));
            if (stream.statusCode() == 200) {
                assertThat(ServerFixture.content(stream.body())).isEqualTo("abc");
            }
            List<String> events = events(stream.body());
            if (stream.statusCode() == 200) {
                JsonNode last = ServerFixture.JSON.readTree(events.getLast());
                assertThat(last.at("/error/code").asString("")).isEqualTo("worker_lost");
                assertThat(events.stream().filter(event -> event.contains("\"error\"")))
                        .hasSize(1);
            } else {
                assertThat(stream.statusCode()).isEqualTo(502);
            }
            assertThat(stream.body()).doesNotContain("[DONE]");
            var whole = server.post(CHAT, chat("hi", ""));
            assertThat(whole.statusCode()).isEqualTo(502);
            assertThat(error(whole, "code")).isEqualTo("worker_lost");
        }
    }

    @Test
    void anEngineThatStopsWithoutAWordIsAnError() {
        ScriptedWorker.Script mute =
                new ScriptedWorker.Script(List.of(65), io.jynamo.protocol.FinishReason.CANCELLED, null, null, null);
        try (ServerFixture server = new ServerFixture(request -> mute)) {
            var response = server.post(CHAT, chat("hi", ""));
            assertThat(response.statusCode()).isEqualTo(502);
            assertThat(error(response, "code")).isEqualTo("worker_lost");
        }
    }

    @Test
    void aDefectIsToldWithoutItsInside() {
        try (ServerFixture server = new ServerFixture(request -> {
            throw new IllegalStateException("secret path /etc/x");
        })) {
            var response = server.post(CHAT, chat("hi", ""));
            assertThat(response.statusCode()).isEqualTo(500);
            assertThat(error(response, "code")).isEqualTo("internal");
            assertThat(response.body()).doesNotContain("secret");
            ServerFixture.await(() -> server.router.booked() == 0);
        }
    }

    @Test
    void fullRoutersAndNoWorkersAreDifferentErrors() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            server.router.full(true);
            var full = server.post(CHAT, chat("hi", ""));
            assertThat(full.statusCode()).isEqualTo(529);
            assertThat(full.headers().firstValue("retry-after")).isPresent();
            server.router.remove(server.worker.id());
            var none = server.post(CHAT, chat("hi", ""));
            assertThat(none.statusCode()).isEqualTo(503);
            assertThat(error(none, "code")).isEqualTo("not_ready");
        }
    }

    @Test
    void refusalsSayWhatTheRefuserKnowsOfWhenToComeAgain() {
        Deque<GenerationEnd.Failure> failures = new ArrayDeque<>(List.of(
                new GenerationEnd.Failure(ErrorCode.OVERLOADED, "full", Duration.ofMillis(6_200)),
                new GenerationEnd.Failure(ErrorCode.NOT_READY, "draining", Duration.ofHours(2)),
                new GenerationEnd.Failure(ErrorCode.OVERLOADED, "full", Duration.ofMillis(3)),
                new GenerationEnd.Failure(ErrorCode.OVERLOADED, "full")));
        try (ServerFixture server = new ServerFixture(
                request -> new ScriptedWorker.Script(List.of(), FinishReason.STOP, null, failures.remove(), null))) {
            for (String seconds : List.of("7", "60", "1", "1")) {
                var response = server.post(CHAT, chat("hi", "'stream':true"));
                assertThat(response.statusCode()).isIn(503, 529);
                assertThat(response.headers().firstValue("retry-after")).hasValue(seconds);
            }
            server.router.full(true);
            assertThat(server.post(CHAT, chat("hi", "")).headers().firstValue("retry-after"))
                    .hasValue("17");
        }
    }

    @Test
    void aLoadingModelIsExpectedToTakeAsLongAgain() {
        AtomicLong clock = new AtomicLong(50);
        ModelRegistry models = new ModelRegistry(clock::get);
        models.announce("coming");
        clock.addAndGet(Duration.ofSeconds(9).toNanos());
        try (FrontendNode node = FrontendNode.start(FrontendOptions.on("127.0.0.1", 0), models);
                RawSocket client = new RawSocket(node.port())) {
            client.say(RawSocket.post(CHAT, chat("hi", "").replace('\'', '"').replace("org/test-model", "coming")));
            assertThat(client.until("not_ready")).startsWith("HTTP/1.1 503").contains("\r\nretry-after: 9\r\n");
        }
    }

    @Test
    void modelsThatLoadOrDrainAre503() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            server.models.announce("coming");
            var loading = server.post(CHAT, chat("hi", "").replace("org/test-model", "coming"));
            assertThat(loading.statusCode()).isEqualTo(503);
            assertThat(loading.headers().firstValue("retry-after")).isPresent();
            assertThat(json(server.get("/v1/models")).path("data")).hasSize(1);
            server.models.drain("org/test-model");
            assertThat(server.post(CHAT, chat("hi", "")).statusCode()).isEqualTo(503);
            var health = server.get("/health");
            assertThat(health.statusCode()).isEqualTo(503);
            assertThat(json(health).path("stage").asString("")).isEqualTo("loading");
            assertThat(server.get("/live").statusCode()).isEqualTo(200);
            server.models.remove("org/test-model");
            assertThat(server.post(CHAT, chat("hi", "")).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void requestsOverTheLimitAreRefusedAndTheSlotComesBack() {
        Semaphore pace = new Semaphore(0);
        ScriptedWorker worker =
                new ScriptedWorker(request -> ScriptedWorker.Script.text("done").paced(pace));
        try (ServerFixture server = new ServerFixture(
                worker,
                options -> options.withGeneration(
                        new GenerationLimits(1, 2, Duration.ofMinutes(1), Duration.ofSeconds(15), 256)))) {
            CompletableFuture<Integer> first = CompletableFuture.supplyAsync(
                    () -> server.post(CHAT, chat("hi", "")).statusCode());
            ServerFixture.await(() -> !worker.started().isEmpty());
            var second = server.post(CHAT, chat("hi", ""));
            assertThat(second.statusCode()).isEqualTo(529);
            pace.release(1_000);
            assertThat(first.join()).isEqualTo(200);
            assertThat(server.post(CHAT, chat("hi", "")).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void theDeadlineEndsSilentRequests() {
        Semaphore never = new Semaphore(0);
        ScriptedWorker worker =
                new ScriptedWorker(request -> ScriptedWorker.Script.text("x").paced(never));
        try (ServerFixture server = new ServerFixture(
                worker,
                options -> options.withGeneration(
                        new GenerationLimits(10, 2, Duration.ofMillis(150), Duration.ofSeconds(15), 256)))) {
            var whole = server.post(CHAT, chat("hi", ""));
            assertThat(whole.statusCode()).isEqualTo(504);
            assertThat(error(whole, "code")).isEqualTo("deadline_exceeded");
            ServerFixture.await(() -> server.router.booked() == 0);
            assertThat(worker.started().getFirst().isCancelled()).isTrue();
            assertThat(worker.started().getFirst().request().timeLimit()).isLessThanOrEqualTo(Duration.ofMillis(150));
        }
    }

    @Test
    void silentStreamsAreKeptAlive() {
        Semaphore pace = new Semaphore(0);
        ScriptedWorker worker =
                new ScriptedWorker(request -> ScriptedWorker.Script.text("x").paced(pace));
        try (ServerFixture server = new ServerFixture(
                worker,
                options -> options.withGeneration(
                        new GenerationLimits(10, 2, Duration.ofMinutes(1), Duration.ofMillis(50), 256)))) {
            CompletableFuture<String> stream = CompletableFuture.supplyAsync(() -> {
                StringBuilder text = new StringBuilder();
                var lines = server.client
                        .sendAsync(
                                server.request(CHAT)
                                        .POST(HttpRequest.BodyPublishers.ofString(
                                                chat("hi", "'stream':true").replace('\'', '"')))
                                        .build(),
                                java.net.http.HttpResponse.BodyHandlers.ofLines())
                        .join()
                        .body();
                lines.forEach(line -> {
                    text.append(line).append('\n');
                    if (line.startsWith(":")) {
                        pace.release(10);
                    }
                });
                return text.toString();
            });
            assertThat(stream.join()).startsWith(": keep-alive\n\n").endsWith("data: [DONE]\n\n");
        }
    }

    @Test
    void keysAreDemandedWhereThereAreAny() {
        try (ServerFixture server = new ServerFixture(
                new ScriptedWorker(request -> ScriptedWorker.Script.text("x")),
                options -> options.withApiKeys(List.of("first", "second")))) {
            var without = server.post(CHAT, chat("hi", ""));
            assertThat(without.statusCode()).isEqualTo(401);
            assertThat(error(without, "code")).isEqualTo("authentication_required");
            assertThat(without.headers().firstValue("www-authenticate")).hasValue("Bearer");
            for (String key : List.of("first", "second", "third", "")) {
                var with = server.send(server.request(CHAT)
                        .header("authorization", "Bearer " + key)
                        .POST(HttpRequest.BodyPublishers.ofString(chat("hi", "").replace('\'', '"'))));
                assertThat(with.statusCode()).isEqualTo(key.equals("first") || key.equals("second") ? 200 : 401);
            }
            assertThat(server.get("/v1/models").statusCode()).isEqualTo(401);
            assertThat(server.get("/health").statusCode()).isEqualTo(200);
            assertThat(server.get("/live").statusCode()).isEqualTo(200);
            assertThat(server.get("/metrics").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void withoutAKeyOnlyLoopbackIsServed() {
        assertThatExceptionOfType(JynamoException.class)
                .isThrownBy(() -> FrontendNode.start(FrontendOptions.on("0.0.0.0", 0), new ModelRegistry()))
                .withMessageContaining("--api-key")
                .withMessageContaining("0.0.0.0")
                .satisfies(refused -> assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION));
        try (FrontendNode open =
                FrontendNode.start(FrontendOptions.on("0.0.0.0", 0).withApiKeys(List.of("k")), new ModelRegistry())) {
            assertThat(open.port()).isPositive();
        }
    }

    @Test
    void aTakenPortIsNamed() {
        try (ServerFixture server = ServerFixture.saying("x")) {
            int port = server.node.port();
            assertThatExceptionOfType(JynamoException.class)
                    .isThrownBy(() -> FrontendNode.start(FrontendOptions.on("127.0.0.1", port), new ModelRegistry()))
                    .withMessageContaining(String.valueOf(port))
                    .satisfies(refused -> assertThat(refused.code()).isEqualTo(ErrorCode.ADDRESS_IN_USE));
        }
    }

    @Test
    void unresolvableHostsAndBadTlsFilesAreNamed() {
        assertThatExceptionOfType(JynamoException.class)
                .isThrownBy(
                        () -> FrontendNode.start(FrontendOptions.on("no.such.host.invalid", 0), new ModelRegistry()))
                .withMessageContaining("--host no.such.host.invalid");
        var missing = java.nio.file.Path.of("no-such-file.pem");
        assertThatExceptionOfType(JynamoException.class)
                .isThrownBy(() -> FrontendNode.start(
                        FrontendOptions.on("127.0.0.1", 0).withTls(new FrontendOptions.TlsFiles(missing, missing)),
                        new ModelRegistry()))
                .withMessageContaining("--tls-cert no-such-file.pem");
    }
}

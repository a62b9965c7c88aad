package io.jynamo.engine.attached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.engine.CollectingSink;
import io.jynamo.engine.openai.OpenAiEngine;
import io.jynamo.engine.sglang.SglangEngine;
import io.jynamo.engine.vllm.VllmEngine;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.Capability;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.FinishReason;
import io.jynamo.protocol.Generation;
import io.jynamo.protocol.GenerationEnd;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Resumption;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerState;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of requests when a server behaves badly. */
class EngineFaultsTest {
    private static final String DONE = "data: [DONE]\n\n";
    private volatile FakeServer.Handler completions = (call, reply) -> answer(reply, "1", "2");
    private volatile boolean healthy = true;
    private volatile String metrics = "";
    private volatile String model = "{\"id\":\"m\",\"owned_by\":\"vllm\",\"root\":\"/m\",\"max_model_len\":1000}";
    private final FakeServer server = new FakeServer((call, reply) -> {
        switch (call.path()) {
            case "/v1/models" -> reply.whole(200, "application/json", "{\"data\":[" + model + "]}");
            case "/health" -> reply.whole(healthy ? 200 : 500, "text/plain", "");
            case "/metrics" -> reply.whole(200, "text/plain", metrics);
            default -> completions.handle(call, reply);
        }
    });
    private AttachOptions options = AttachOptions.of(server.url())
            .withLimits(Duration.ofSeconds(5), Duration.ofMillis(50), Duration.ofSeconds(30));

    @AfterEach
    void close() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ": ping\n\n",
                "data: {\"choices\":[{\"index\":0,\"text\":\"a\",\"token_ids\":[5]}]}\n\n",
                "data: {\"choices\":[{\"index\":0,\"text\":\"a\",\"token_ids\":[5]}]}\n\n" + DONE,
                DONE,
                "data: {\"choices\":[{\"index\":0,\"text\":\"a\",\"token_ids\":[5],\"finish_reason\":\"abort\"}]}\n\n"
                        + DONE,
                "data: {\"choices\":[{\"index\":0,\"text\":\"a\",\"token_ids\":[5],\"finish_reason\":\"sto",
                "data: not json\n\n",
                "data: [1]\n\n",
                "data: {}\n\n",
                "data: {\"choices\":[{\"index\":3,\"text\":\"a\",\"token_ids\":[5]}]}\n\n",
                "data: {\"choices\":[{\"index\":0,\"text\":\"a\"}]}\n\n",
                "data: {\"choices\":[{\"index\":0,\"text\":\"a\",\"token_ids\":[-5]}]}\n\n"
            })
    void aStreamWithoutItsEndIsALostWorker(String stream) {
        try (AttachedEngine engine = engine()) {
            completions = (call, reply) -> {
                reply.begin(200, "text/event-stream");
                if (!stream.isEmpty()) {
                    reply.piece(stream);
                }
                reply.end();
            };
            assertThat(run(engine, request("a")).failure()).isEqualTo(ErrorCode.WORKER_LOST);
        }
    }

    @Test
    void aConnectionCutInTheMiddleIsALostWorker() {
        try (AttachedEngine engine = engine()) {
            completions = (call, reply) -> {
                reply.begin(200, "text/event-stream");
                reply.piece(chunk("5", null));
                reply.cut();
            };
            CollectingSink sink = run(engine, request("a"));
            assertThat(sink.failure()).isEqualTo(ErrorCode.WORKER_LOST);
            assertThat(sink.tokens(0)).containsExactly(5);
            assertThat(sink.finishes()).containsEntry(0, FinishReason.ERROR);
        }
    }

    @Test
    void anErrorEventIsToldWithItsCode() {
        try (AttachedEngine engine = engine()) {
            completions = (call, reply) -> {
                reply.begin(200, "text/event-stream");
                reply.piece(
                        "data: {\"error\":{\"message\":\"Token id 9 is out of vocabulary\",\"code\":400}}\n\n" + DONE);
                reply.end();
            };
            CollectingSink sink = run(engine, request("a"));
            assertThat(sink.failure()).isEqualTo(ErrorCode.INVALID_REQUEST);
            assertThat(sink.deltas()).isEmpty();
        }
    }

    @Test
    void aRefusalForWantOfRoomSaysWhenToComeAgain() {
        try (AttachedEngine engine = engine()) {
            completions = (call, reply) -> reply.whole(503, "text/plain", "busy", "Retry-After: 3");
            GenerationEnd.Failure failure =
                    Objects.requireNonNull(run(engine, request("a")).await().failure());
            assertThat(failure.code()).isEqualTo(ErrorCode.OVERLOADED);
            assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(3));
            assertThat(engine.state()).isEqualTo(WorkerState.READY);
        }
    }

    @Test
    void anEndlessEventIsNotCollected() {
        try (AttachedEngine engine = engine()) {
            completions = (call, reply) -> {
                reply.begin(200, "text/event-stream");
                byte[] piece = new byte[1 << 20];
                Arrays.fill(piece, (byte) 'x');
                while (true) { // until the client leaves
                    reply.piece(piece);
                }
            };
            CollectingSink sink = run(engine, request("a"));
            assertThat(sink.failure()).isEqualTo(ErrorCode.WORKER_LOST);
            assertThat(Objects.requireNonNull(sink.await().failure()).message()).contains("longer than");
        }
    }

    @Test
    void aKeptConnectionThatTheServerClosedCostsNothing() {
        try (AttachedEngine engine = engine()) {
            CountDownLatch first = new CountDownLatch(1);
            completions = (call, reply) -> {
                if (first.getCount() > 0) {
                    first.countDown();
                    reply.cut();
                } else {
                    answer(reply, "7");
                }
            };
            assertThat(run(engine, request("a")).await().failure()).isNull();
            completions = (call, reply) -> reply.cut();
            int before = server.calls().size();
            assertThat(run(engine, request("b")).failure()).isEqualTo(ErrorCode.WORKER_LOST);
            assertThat(server.calls().stream()
                            .skip(before)
                            .filter(c -> c.method().equals("POST")))
                    .hasSize(2);
        }
    }

    @Test
    void connectionsAreUsedAgain() {
        try (AttachedEngine engine = engine()) {
            run(engine, request("warm"));
            int before = server.accepted();
            for (int i = 0; i < 20; i++) {
                assertThat(run(engine, request("r" + i)).await().failure()).isNull();
            }
            assertThat(server.accepted() - before).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void cancellingClosesTheConnectionAtOnce() throws InterruptedException {
        try (AttachedEngine engine = engine()) {
            CountDownLatch left = new CountDownLatch(2);
            completions = (call, reply) -> {
                if (call.body().contains("\"max_tokens\":9")) {
                    reply.begin(200, "text/event-stream");
                    reply.piece(chunk("5", null));
                }
                reply.hang();
                left.countDown();
            };
            CountDownLatch told = new CountDownLatch(1);
            CollectingSink during = new CollectingSink().andThen(d -> told.countDown());
            Generation running = engine.start(request("a", Stopping.after(9)), during);
            int before = server.calls().size();
            CollectingSink early = new CollectingSink();
            Generation waiting = engine.start(request("b", Stopping.after(8)), early);
            assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();
            Eventually.until(
                    () -> server.calls().stream().anyMatch(c -> c.body().contains("\"max_tokens\":8")));
            running.cancel();
            waiting.cancel(0);
            assertThat(left.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(during.await().failure()).isNull();
            assertThat(early.await().failure()).isNull();
            assertThat(early.finishes()).containsEntry(0, FinishReason.CANCELLED);
            assertThat(before).isPositive();
        }
    }

    @Test
    void aReaderWithoutCreditHoldsTheEngineBack() throws InterruptedException {
        AtomicLong written = new AtomicLong();
        try (AttachedEngine engine = engine()) {
            String padding = ":" + "x".repeat(60_000) + "\n";
            completions = (call, reply) -> {
                reply.begin(200, "text/event-stream");
                while (true) { // until the client leaves
                    String piece = padding + chunk("5", null);
                    reply.piece(piece);
                    written.addAndGet(piece.length());
                }
            };
            CountDownLatch two = new CountDownLatch(2);
            CollectingSink sink = new CollectingSink().andThen(d -> two.countDown());
            Generation handle = engine.start(full("a", Duration.ofMinutes(1), 2, null), sink);
            assertThat(two.await(30, TimeUnit.SECONDS)).isTrue();
            AtomicLong before = new AtomicLong(-1);
            AtomicInteger unchanged = new AtomicInteger();
            Eventually.until(() -> {
                boolean same = before.getAndSet(written.get()) == written.get();
                return (same ? unchanged.incrementAndGet() : unchanged.updateAndGet(n -> 0)) == 30;
            });
            assertThat(written.get()).isLessThan(64L << 20);
            assertThat(sink.deltas()).hasSize(2);
            handle.grant(1);
            Eventually.until(() -> sink.deltas().size() == 3);
            handle.cancel();
            assertThat(sink.await().failure()).isNull();
        }
    }

    @Test
    void aDeadlineEndsAServerThatNeverAnswers() {
        try (AttachedEngine engine = engine()) {
            completions = (call, reply) -> reply.hang();
            CollectingSink sink = new CollectingSink();
            engine.start(full("a", Duration.ofMillis(100), 5, null), sink);
            assertThat(sink.failure()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
            Eventually.until(() -> server.openConnections() <= 2);
        }
    }

    @Test
    void aSilentEngineComesBackByARealTokenOnly() throws InterruptedException {
        options = options.withLimits(Duration.ofMillis(200), Duration.ofMillis(50), Duration.ofMillis(200));
        try (AttachedEngine engine = engine()) {
            completions = (call, reply) -> {
                reply.begin(200, "text/event-stream");
                reply.piece(chunk("5", null));
                reply.hang();
            };
            assertThat(run(engine, request("a")).failure()).isEqualTo(ErrorCode.WORKER_LOST);
            assertThat(engine.state()).isEqualTo(WorkerState.UNREACHABLE);
            assertThat(Objects.requireNonNull(
                                    engine.canary(Duration.ofMillis(150)).failure())
                            .code())
                    .isIn(ErrorCode.WORKER_LOST, ErrorCode.DEADLINE_EXCEEDED);
            completions = (call, reply) -> answer(reply, "1");
            Eventually.until(() -> engine.state() == WorkerState.READY);
            assertThat(engine.canary(Duration.ofSeconds(10)).failure()).isNull();
        }
    }

    @Test
    void anEngineWithBadHealthIsOutOfReachUntilItIsGood() {
        try (AttachedEngine engine = engine()) {
            healthy = false;
            Eventually.until(() -> engine.state() == WorkerState.UNREACHABLE);
            healthy = true;
            Eventually.until(() -> engine.state() == WorkerState.READY);
        }
    }

    @Test
    void loadIsWhatTheEngineSaysAndWhatWasStartedSince() {
        metrics = "vllm:cache_config_info{block_size=\"32\",num_gpu_blocks=\"100\"} 1.0\nvllm:num_requests_running 0\n";
        try (AttachedEngine engine = engine()) {
            assertThat(engine.card().blockTokens()).isEqualTo(32);
            assertThat(engine.card().totalBlocks()).isEqualTo(100);
            metrics = "vllm:num_requests_running 7\nvllm:num_requests_waiting 2\nvllm:kv_cache_usage_perc 0.5\n";
            Eventually.until(() -> engine.load().running() == 7);
            assertThat(engine.load().waiting()).isEqualTo(2);
            assertThat(engine.load().usedBlocks()).isEqualTo(50);
        }
    }

    @Test
    void theKeyIsSentAndNotShown() {
        options = options.withApiKey("sesame-123");
        try (AttachedEngine engine = engine()) {
            run(engine, request("a"));
            assertThat(server.calls())
                    .isNotEmpty()
                    .allSatisfy(c -> assertThat(c.headers()).containsEntry("authorization", "Bearer sesame-123"));
            assertThat(options.toString()).doesNotContain("sesame");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\":\"other\",\"owned_by\":\"vllm\",\"root\":\"/m\",\"max_model_len\":1000}",
                "{\"id\":\"m\",\"owned_by\":\"vllm\",\"root\":\"/other\",\"max_model_len\":1000}",
                "{\"id\":\"m\",\"owned_by\":\"vllm\",\"root\":\"/m\",\"max_model_len\":2000}",
                "{\"id\":\"a\",\"root\":\"/a\"},{\"id\":\"b\",\"root\":\"/b\"}"
            })
    void aServerWithAnotherModelIsGoneAndSoIsWhatRan(String other) throws InterruptedException {
        try (AttachedEngine engine = engine()) {
            CountDownLatch begun = new CountDownLatch(1);
            completions = (call, reply) -> {
                reply.begin(200, "text/event-stream");
                reply.piece(chunk("5", null));
                begun.countDown();
                reply.hang();
            };
            CollectingSink running = new CollectingSink();
            engine.start(request("a"), running);
            assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
            model = other;
            assertThat(running.failure()).isEqualTo(ErrorCode.WORKER_LOST);
            Eventually.until(() -> engine.state() == WorkerState.GONE);
            assertThat(engine.exchanged())
                    .hasValueSatisfying(
                            what -> assertThat(what).contains("and no longer m from /m with a context of 1000 tokens"));
            long before = requests();
            assertThat(run(engine, request("b")).failure()).isEqualTo(ErrorCode.WORKER_LOST);
            assertThat(requests()).isEqualTo(before);
        }
    }

    @Test
    void aServerThatOnlySaysWhenItWasAskedOrNothingYetIsTheSame() throws InterruptedException {
        try (AttachedEngine engine = engine()) {
            model = model.replace("}", ",\"created\":7,\"permission\":[{\"id\":\"x\"}]}");
            long asked = models();
            Eventually.until(() -> models() >= asked + 2);
            model = ""; // it loads
            long again = models();
            Eventually.until(() -> models() >= again + 2);
            assertThat(engine.state()).isEqualTo(WorkerState.READY);
            assertThat(engine.canary(Duration.ofSeconds(10)).failure()).isNull();
        }
    }

    @Test
    void oneThatWasOutOfReachIsUsedAgainOnlyWithItsOwnModel() {
        try (AttachedEngine engine = engine()) {
            healthy = false;
            Eventually.until(() -> engine.state() == WorkerState.UNREACHABLE);
            model = model.replace("/m", "/other");
            healthy = true;
            Eventually.until(() -> engine.state() == WorkerState.GONE);
        }
    }

    @Test
    void aRequestIsNotSentAgainToAServerThatHasAnotherModel() {
        options = options.withLimits(Duration.ofSeconds(5), Duration.ofHours(1), Duration.ofSeconds(30));
        try (AttachedEngine engine = engine()) {
            completions = (call, reply) -> reply.cut();
            model = model.replace("/m", "/other");
            long before = requests();
            assertThat(run(engine, request("a")).failure()).isEqualTo(ErrorCode.WORKER_LOST);
            assertThat(requests() - before).isEqualTo(1);
            assertThat(engine.exchanged()).isPresent();
        }
    }

    @Test
    void aServerThatDoesNotKnowTheModelAnyMoreIsALostWorker() {
        try (AttachedEngine engine = engine()) {
            completions = (call, reply) ->
                    reply.whole(404, "application/json", "{\"error\":{\"message\":\"The model `m` does not exist.\"}}");
            assertThat(run(engine, request("a")).failure()).isEqualTo(ErrorCode.WORKER_LOST);
        }
    }

    @Test
    void requestsOfARankNameItAndItsCardAndLoadAreItsOwn() {
        metrics = """
                vllm:cache_config_info{block_size="32",num_gpu_blocks="100",engine="0"} 1.0
                vllm:cache_config_info{block_size="32",num_gpu_blocks="70",engine="1"} 1.0
                vllm:num_requests_running{engine="0"} 5
                vllm:num_requests_running{engine="1"} 2
                """;
        options = options.withRank(1);
        try (AttachedEngine engine = engine()) {
            run(engine, request("a"));
            assertThat(server.calls())
                    .allSatisfy(c -> assertThat(c.headers()).containsEntry("x-data-parallel-rank", "1"));
            assertThat(engine.card().totalBlocks()).isEqualTo(70);
            Eventually.until(() -> engine.load().running() == 2);
        }
    }

    private long requests() {
        return server.calls().stream().filter(c -> c.method().equals("POST")).count();
    }

    private long models() {
        return server.calls().stream()
                .filter(c -> c.path().equals("/v1/models"))
                .count();
    }

    @Test
    void nothingThatMovesKvBlocksIsEverSent() {
        try (AttachedEngine engine = engine()) {
            run(engine, request("a"));
            assertThat(server.calls())
                    .isNotEmpty()
                    .allSatisfy(c ->
                            assertThat(c.body()).doesNotContain("kv_transfer").doesNotContain("remote_"));
        }
    }

    @Test
    void goesOnWithWhatAnotherBeganWhereThatIsTheSame() {
        try (AttachedEngine engine = engine()) {
            assertThat(run(engine, resumed("a", Sampling.GREEDY)).await().failure())
                    .isNull();
            Sampling seeded = new Sampling(1f, 1f, 0, 0f, 1f, 0f, 0f, Map.of(), 3L);
            GenerationEnd.Failure failure = Objects.requireNonNull(
                    run(engine, resumed("b", seeded)).await().failure());
            assertThat(failure.code()).isEqualTo(ErrorCode.UNSUPPORTED_PARAMETER);
            assertThat(failure.message()).contains("resume");
        }
    }

    @Test
    void aServerOfTextIsSentTextAndTellsText() {
        FakeServer plain = new FakeServer((call, reply) -> {
            if (call.method().equals("GET")) {
                reply.whole(
                        call.path().equals("/v1/models") ? 200 : 404,
                        "application/json",
                        "{\"data\":[{\"id\":\"p\"}]}");
            } else if (call.body().contains("\"prompt\":[")) {
                reply.whole(400, "application/json", "{\"error\":{\"message\":\"prompt must be a string\"}}");
            } else {
                reply.begin(200, "text/event-stream");
                reply.piece("data: {\"choices\":[{\"index\":0,\"text\":\"hé\",\"finish_reason\":null}]}\n\n"
                        + "data: {\"choices\":[{\"index\":0,\"text\":\"llo\",\"finish_reason\":\"stop\"}]}\n\n"
                        + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}\n\n" + DONE);
                reply.end();
            }
        });
        AttachOptions known = AttachOptions.of(plain.url())
                .withCard(new CardOverrides(null, null, null, 500, null, null, null, null, null, null));
        try (plain;
                AttachedEngine engine = OpenAiEngine.attach(new WorkerId(1), known)) {
            assertThat(engine.card().capabilities())
                    .containsExactlyInAnyOrder(Capability.COMPLETIONS, Capability.CANCEL);
            CollectingSink sink = run(engine, full("a", Duration.ofMinutes(1), 100, "say it"));
            assertThat(sink.deltas()).extracting(d -> d.text()).containsExactly("hé", "llo");
            assertThat(sink.await().usage().output()).isEqualTo(4);
            assertThat(sink.finishes()).containsEntry(0, FinishReason.STOP);
            GenerationEnd.Failure failure =
                    Objects.requireNonNull(run(engine, full("b", Duration.ofMinutes(1), 100, null))
                            .await()
                            .failure());
            assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
            assertThat(failure.message()).contains("text");
        }
    }

    @Test
    void whatIsNotThereOrNotWhatItShouldBeIsSaidWhenAttaching() {
        assertThatThrownBy(() -> SglangEngine.attach(new WorkerId(1), options))
                .isInstanceOfSatisfying(
                        JynamoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION));
        assertThatThrownBy(() -> OpenAiEngine.attach(new WorkerId(1), options.withModel("other")))
                .hasMessageContaining("serves no other");
        completions = (call, reply) -> reply.whole(401, "application/json", "{\"error\":\"Unauthorized\"}");
        assertThatThrownBy(this::engine).hasMessageContaining("401").hasMessageContaining("key");
        completions =
                (call, reply) -> reply.whole(503, "application/json", "{\"error\":{\"message\":\"Loading model\"}}");
        assertThatThrownBy(this::engine)
                .isInstanceOfSatisfying(
                        JynamoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_READY));
        server.kill();
        assertThatThrownBy(this::engine)
                .isInstanceOfSatisfying(
                        JynamoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.WORKER_LOST));
    }

    private AttachedEngine engine() {
        return VllmEngine.attach(new WorkerId(1), options);
    }

    private static void answer(FakeServer.Reply reply, String... ids) throws IOException {
        reply.begin(200, "text/event-stream");
        for (int i = 0; i < ids.length; i++) {
            reply.piece(chunk(ids[i], i == ids.length - 1 ? "length" : null));
        }
        reply.piece("data: {\"choices\":[],\"usage\":{\"completion_tokens\":" + ids.length + "}}\n\n" + DONE);
        reply.end();
    }

    private static String chunk(String id, @Nullable String finish) {
        return "data: {\"choices\":[{\"index\":0,\"text\":\"t\",\"token_ids\":[" + id + "],\"finish_reason\":"
                + (finish == null ? "null" : "\"" + finish + "\"") + "}]}\n\n";
    }

    private static CollectingSink run(AttachedEngine engine, GenerationRequest request) {
        CollectingSink sink = new CollectingSink();
        engine.start(request, sink);
        sink.await();
        return sink;
    }

    private static GenerationRequest request(String id) {
        return request(id, Stopping.after(9));
    }

    private static GenerationRequest request(String id, Stopping stopping) {
        return GenerationRequest.of(new RequestId(id), TokenIds.of(3, 4), Sampling.GREEDY, stopping);
    }

    private static GenerationRequest resumed(String id, Sampling sampling) {
        return full(id, Duration.ofMinutes(1), 100, sampling, new Resumption(1, 0), null);
    }

    private static GenerationRequest full(String id, Duration limit, int credit, @Nullable String text) {
        return full(id, limit, credit, Sampling.GREEDY, Resumption.NONE, text);
    }

    private static GenerationRequest full(
            String id, Duration limit, int credit, Sampling sampling, Resumption resumption, @Nullable String text) {
        return new GenerationRequest(
                new RequestId(id),
                TokenIds.of(3, 4),
                sampling,
                Stopping.after(9),
                CacheScope.SHARED,
                1,
                GenerationRequest.NO_LOGPROBS,
                GenerationRequest.NO_LOGPROBS,
                0,
                limit,
                credit,
                resumption,
                text);
    }
}

package io.jynamo.frontend;

import static io.jynamo.frontend.KserveClient.prompt;
import static io.jynamo.frontend.KserveClient.rawPrompt;
import static io.jynamo.frontend.KserveClient.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.jynamo.frontend.fake.ByteTokenizer;
import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.fake.ScriptedWorker.Script;
import io.jynamo.frontend.fake.SoleRouter;
import io.jynamo.frontend.fake.VectorWorker;
import io.jynamo.frontend.keys.KeyClock;
import io.jynamo.frontend.keys.KeyHash;
import io.jynamo.frontend.keys.KeyOptions;
import io.jynamo.frontend.kserve.wire.ModelConfigRequest;
import io.jynamo.frontend.kserve.wire.ModelConfigResponse;
import io.jynamo.frontend.kserve.wire.ModelInferRequest;
import io.jynamo.frontend.kserve.wire.ModelInferResponse;
import io.jynamo.frontend.kserve.wire.ModelMetadataRequest;
import io.jynamo.frontend.kserve.wire.ModelMetadataResponse;
import io.jynamo.frontend.kserve.wire.ModelReadyRequest;
import io.jynamo.frontend.kserve.wire.ModelReadyResponse;
import io.jynamo.frontend.kserve.wire.RepositoryIndexRequest;
import io.jynamo.frontend.kserve.wire.RepositoryIndexResponse;
import io.jynamo.frontend.kserve.wire.ServerLiveRequest;
import io.jynamo.frontend.kserve.wire.ServerLiveResponse;
import io.jynamo.frontend.kserve.wire.ServerMetadataRequest;
import io.jynamo.frontend.kserve.wire.ServerMetadataResponse;
import io.jynamo.frontend.kserve.wire.ServerReadyRequest;
import io.jynamo.frontend.kserve.wire.ServerReadyResponse;
import io.jynamo.frontend.kserve.wire.health.HealthCheckRequest;
import io.jynamo.frontend.kserve.wire.health.HealthCheckResponse;
import io.jynamo.frontend.kserve.wire.health.HealthCheckResponse.ServingStatus;
import io.jynamo.protocol.Encoding;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.text.reply.ReplyFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** KServe's server around its requests: facts, keys, limits, vectors, TLS, stopping. */
@Timeout(60)
class KserveServerTest {
    private static final String SERVICE = "inference.GRPCInferenceService/";

    @TempDir
    Path folder;

    private static ServerFixture serving(UnaryOperator<FrontendOptions> options) {
        return ServerFixture.withKserve(new ScriptedWorker(request -> Script.text("Hello")), options);
    }

    /** What blocks needs a thread of its own. */
    private static void onThread(Runnable task) {
        Thread.ofVirtual().start(task);
    }

    private static boolean ready(KserveClient client) {
        return client.ask(
                        SERVICE + "ServerReady",
                        ServerReadyRequest.getDefaultInstance(),
                        ServerReadyResponse.getDefaultInstance())
                .getReady();
    }

    private static boolean modelReady(KserveClient client, String name) {
        return client.ask(
                        SERVICE + "ModelReady",
                        ModelReadyRequest.newBuilder().setName(name).build(),
                        ModelReadyResponse.getDefaultInstance())
                .getReady();
    }

    private static ServingStatus health(KserveClient client, String service) {
        return client.ask(
                        "grpc.health.v1.Health/Check",
                        HealthCheckRequest.newBuilder().setService(service).build(),
                        HealthCheckResponse.getDefaultInstance())
                .getStatus();
    }

    private static ModelMetadataResponse metadata(KserveClient client, String name) {
        return client.ask(
                SERVICE + "ModelMetadata",
                ModelMetadataRequest.newBuilder().setName(name).build(),
                ModelMetadataResponse.getDefaultInstance());
    }

    private static Status.Code refusal(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        StatusRuntimeException refused =
                org.assertj.core.api.Assertions.catchThrowableOfType(StatusRuntimeException.class, call);
        assertThat(refused).isNotNull();
        return refused.getStatus().getCode();
    }

    @Test
    void theServerAndItsModelsAreDescribed() {
        try (ServerFixture server = serving(options -> options);
                KserveClient client = new KserveClient(server)) {
            server.models.announce("soon");
            assertThat(client.ask(
                                    SERVICE + "ServerLive",
                                    ServerLiveRequest.getDefaultInstance(),
                                    ServerLiveResponse.getDefaultInstance())
                            .getLive())
                    .isTrue();
            assertThat(ready(client)).isTrue();
            assertThat(modelReady(client, KserveClient.MODEL)).isTrue();
            assertThat(modelReady(client, "soon")).isFalse();
            assertThat(modelReady(client, "nobody")).isFalse();
            assertThat(health(client, "")).isEqualTo(ServingStatus.SERVING);
            assertThat(health(client, "inference.GRPCInferenceService")).isEqualTo(ServingStatus.SERVING);
            assertThat(refusal(() -> health(client, "else"))).isEqualTo(Status.Code.NOT_FOUND);
            ServerMetadataResponse about = client.ask(
                    SERVICE + "ServerMetadata",
                    ServerMetadataRequest.getDefaultInstance(),
                    ServerMetadataResponse.getDefaultInstance());
            assertThat(about.getName()).isEqualTo("jynamo");
            ModelMetadataResponse model = metadata(client, KserveClient.MODEL);
            assertThat(model.getVersionsList()).containsExactly("1");
            assertThat(model.getInputsList()).extracting("name").contains("text_input", "streaming", "input_ids");
            assertThat(model.getOutputsList()).extracting("name").containsExactly("text_output", "finish_reason");
            assertThat(refusal(() -> metadata(client, "nobody"))).isEqualTo(Status.Code.NOT_FOUND);
            ModelConfigResponse config = client.ask(
                    SERVICE + "ModelConfig",
                    ModelConfigRequest.newBuilder().setName(KserveClient.MODEL).build(),
                    ModelConfigResponse.getDefaultInstance());
            assertThat(config.getConfig().getModelTransactionPolicy().getDecoupled())
                    .isTrue();
            RepositoryIndexResponse index = client.ask(
                    SERVICE + "RepositoryIndex",
                    RepositoryIndexRequest.getDefaultInstance(),
                    RepositoryIndexResponse.getDefaultInstance());
            assertThat(index.getModelsList())
                    .extracting(RepositoryIndexResponse.ModelIndex::getState)
                    .containsExactly("READY", "LOADING");
        }
    }

    @Test
    void aModelOfVectorsGivesThem() {
        try (ServerFixture server = serving(options -> options);
                KserveClient client = new KserveClient(server)) {
            VectorWorker worker = new VectorWorker(5, Encoding.embedding(4));
            server.models.offer(new ServedModel(
                    "letters",
                    "letters",
                    null,
                    worker.card(),
                    new ByteTokenizer(),
                    null,
                    ReplyFormat.PLAIN,
                    new SoleRouter(worker),
                    ServedModel.PLAIN_SAMPLING,
                    1_700_000_000));
            ModelInferResponse typed = client.infer(prompt("aab").setModelName("letters"));
            assertThat(typed.getOutputs(0).getName()).isEqualTo("embedding");
            assertThat(typed.getOutputs(0).getShapeList()).containsExactly(1L, 4L);
            List<Float> numbers = typed.getOutputs(0).getContents().getFp32ContentsList();
            assertThat(numbers.get(0)).isCloseTo(2 * numbers.get(1), within(1e-6f));
            ModelInferResponse raw = client.infer(ModelInferRequest.newBuilder()
                    .setModelName("letters")
                    .addInputs(KserveClient.bytes("text_input", 2))
                    .addRawInputContents(KserveClient.raw("aab", "b")));
            assertThat(raw.getOutputs(0).getShapeList()).containsExactly(2L, 4L);
            assertThat(raw.getRawOutputContents(0).size()).isEqualTo(2 * 4 * 4);
            assertThat(metadata(client, "letters").getOutputs(0).getDatatype()).isEqualTo("FP32");
            assertThat(client.refusal(prompt("a")
                                    .setModelName("letters")
                                    .putParameters("temperature", KserveClient.number(1)))
                            .getStatus()
                            .getDescription())
                    .contains("temperature");
        }
    }

    @Test
    void aKeyIsNeededWhereThereAreKeys() {
        try (ServerFixture server = serving(options -> options.withApiKeys(List.of("sesame")));
                KserveClient nobody = new KserveClient(server);
                KserveClient bearer = new KserveClient(server).with("authorization", "Bearer sesame");
                KserveClient plain = new KserveClient(server).with("x-api-key", "sesame")) {
            StatusRuntimeException refused = nobody.refusal(prompt("hi"));
            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
            assertThat(KserveClient.code(refused)).isEqualTo("authentication_required");
            assertThat(refusal(() -> modelReady(nobody, KserveClient.MODEL))).isEqualTo(Status.Code.UNAUTHENTICATED);
            assertThat(ready(nobody)).isTrue();
            assertThat(health(nobody, "")).isEqualTo(ServingStatus.SERVING);
            assertThat(texts(bearer.infer(prompt("hi")), "text_output")).containsExactly("Hello");
            assertThat(modelReady(plain, KserveClient.MODEL)).isTrue();
        }
    }

    @Test
    void aKeysLimitsHoldAndAreWrittenDown() throws IOException {
        Path keys = folder.resolve("keys.json");
        Path audit = folder.resolve("audit.log");
        Files.writeString(keys, """
                {"keys": [
                  {"name": "few", "hash": "%s", "rate": 60, "burst": 1},
                  {"name": "other", "hash": "%s", "models": ["else/*"]}]}
                """.formatted(KeyHash.of("k1"), KeyHash.of("k2")));
        var options = new KeyOptions(
                keys, new io.jynamo.frontend.keys.AuditOptions(audit, false, 1 << 20, 1), KeyClock.SYSTEM);
        try (ServerFixture server = serving(plain -> plain.withKeys(options));
                KserveClient few = new KserveClient(server).with("x-api-key", "k1");
                KserveClient other = new KserveClient(server).with("x-api-key", "k2")) {
            few.infer(prompt("hi"));
            StatusRuntimeException refused = few.refusal(prompt("hi"));
            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(KserveClient.code(refused)).isEqualTo("rate_limit_exceeded");
            assertThat(ServerFixture.known(refused.getTrailers()).get(KserveClient.key("retry-after")))
                    .isEqualTo("1");
            assertThat(other.refusal(prompt("hi")).getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
            assertThat(modelReady(other, KserveClient.MODEL)).isFalse();
        }
        String rows = Files.readString(audit);
        assertThat(rows.lines().filter(row -> row.contains("ModelInfer\""))).hasSize(3);
        assertThat(rows)
                .contains("\"key\":\"few\"", "\"error\":\"rate_limit_exceeded\"", "\"completion_tokens\":5")
                .contains("/inference.GRPCInferenceService/ModelInfer");
    }

    @Test
    void tooLargeAMessageIsRefused() {
        try (ServerFixture server = serving(options -> options.withHttp(KserveStreamTest.impatient()));
                KserveClient client = new KserveClient(server)) {
            assertThat(client.refusal(rawPrompt("x".repeat(2 << 20)))
                            .getStatus()
                            .getCode())
                    .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(texts(client.infer(prompt("hi")), "text_output")).containsExactly("Hello");
            assertThat(server.node.server().bufferedBytes()).isZero();
        }
    }

    @Test
    void connectionsBeyondTheLimitAreClosed() {
        try (ServerFixture server = serving(options -> options.withHttp(KserveStreamTest.impatient()))) {
            List<KserveClient> clients = new java.util.ArrayList<>();
            for (int i = 0; i < 4; i++) {
                KserveClient client = new KserveClient(server);
                clients.add(client);
                client.infer(prompt("hi"));
            }
            KserveClient one = new KserveClient(server);
            assertThat(one.refusal(prompt("hi")).getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            one.close();
            clients.forEach(KserveClient::close);
        }
    }

    @Test
    void aRunningCallIsCancelledWithItsClient() {
        ScriptedWorker worker =
                new ScriptedWorker(request -> Script.text("never").paced(new Semaphore(1)));
        try (ServerFixture server = ServerFixture.withKserve(worker, options -> options);
                KserveClient client = new KserveClient(server)) {
            assertThat(refusal(() -> client.infer(
                            prompt("hi"), CallOptions.DEFAULT.withDeadlineAfter(700, TimeUnit.MILLISECONDS))))
                    .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            ServerFixture.await(() -> server.router.booked() == 0 && server.node.running() == 0);
        }
    }

    @Test
    void runningCallsFinishWhileTheServerStops() {
        Semaphore pace = new Semaphore(1);
        ScriptedWorker worker =
                new ScriptedWorker(request -> Script.text("long answer").paced(pace));
        try (ServerFixture server = ServerFixture.withKserve(
                        worker, options -> options.withShutdownTimeout(Duration.ofSeconds(60)));
                KserveClient client = new KserveClient(server)) {
            CompletableFuture<ModelInferResponse> running =
                    CompletableFuture.supplyAsync(() -> client.infer(prompt("hi")), KserveServerTest::onThread);
            ServerFixture.await(() ->
                    !worker.started().isEmpty() && worker.started().getFirst().steps() == 1);
            CompletableFuture<Void> closing =
                    CompletableFuture.runAsync(server.node::close, KserveServerTest::onThread);
            ServerFixture.await(() -> !ready(client));
            assertThat(health(client, "")).isEqualTo(ServingStatus.NOT_SERVING);
            assertThat(modelReady(client, KserveClient.MODEL)).isFalse();
            StatusRuntimeException refused = client.refusal(prompt("hi"));
            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(KserveClient.code(refused)).isEqualTo("not_ready");
            assertThat(closing).isNotDone();
            pace.release(1_000);
            assertThat(texts(running.join(), "text_output")).containsExactly("long answer");
            closing.join();
        }
    }

    @Test
    void whatDoesNotFinishInTimeIsUnavailable() {
        Semaphore pace = new Semaphore(1);
        ScriptedWorker worker =
                new ScriptedWorker(request -> Script.text("never").paced(pace));
        try (ServerFixture server = ServerFixture.withKserve(
                        worker, options -> options.withShutdownTimeout(Duration.ofMillis(50)));
                KserveClient client = new KserveClient(server)) {
            CompletableFuture<Status.Code> running = CompletableFuture.supplyAsync(
                    () -> client.refusal(prompt("hi")).getStatus().getCode(), KserveServerTest::onThread);
            ServerFixture.await(() ->
                    !worker.started().isEmpty() && worker.started().getFirst().steps() == 1);
            server.node.close();
            assertThat(running.join()).isEqualTo(Status.Code.UNAVAILABLE);
        }
    }

    @Test
    void tlsIsSpokenWithTheSameCertificate() {
        TestIdentity identity = TestIdentity.in(folder);
        try (ServerFixture server = serving(options -> options.withTls(identity.files()));
                KserveClient client = new KserveClient(NettyChannelBuilder.forAddress(
                                "127.0.0.1", ServerFixture.known(server.node.kservePort()))
                        .sslContext(GrpcSslContexts.forClient()
                                .trustManager(identity.files().certificate().toFile())
                                .build()))) {
            assertThat(texts(client.infer(prompt("hi")), "text_output")).containsExactly("Hello");
        } catch (IOException broken) {
            throw new java.io.UncheckedIOException(broken);
        }
    }

    @Test
    void aTakenPortIsSaid() {
        try (ServerFixture server = serving(options -> options)) {
            int taken = ServerFixture.known(server.node.kservePort());
            assertThatThrownBy(() -> FrontendNode.start(
                            FrontendOptions.on("127.0.0.1", 0),
                            taken,
                            new ModelRegistry(),
                            io.jynamo.frontend.fleet.FleetRoster.NONE,
                            io.jynamo.frontend.fleet.FleetControl.NONE))
                    .isInstanceOfSatisfying(
                            JynamoException.class,
                            taking -> assertThat(taking.code()).isEqualTo(ErrorCode.ADDRESS_IN_USE))
                    .hasMessageContaining("--kserve-grpc-port");
        }
    }
}

package io.jynamo.engine.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.engine.attached.AttachOptions;
import io.jynamo.engine.attached.Eventually;
import io.jynamo.engine.attached.FakeServer;
import io.jynamo.protocol.Capability;
import io.jynamo.protocol.EmbeddingCall;
import io.jynamo.protocol.EmbeddingRequest;
import io.jynamo.protocol.EmbeddingRequest.Text;
import io.jynamo.protocol.EmbeddingResult;
import io.jynamo.protocol.EmbeddingResult.Failed;
import io.jynamo.protocol.EmbeddingResult.Vectors;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server of somebody else's that makes embeddings, as a worker: what is asked of it, and what its bad answers come to. */
@Timeout(60)
class EmbeddingServerTest {
    private static final EmbeddingServer.Model MODEL = new EmbeddingServer.Model("bert", 64, 100);
    // 1.0f and -0.5f as little-endian base64.
    private static final String ONE = "{\"index\":0,\"embedding\":\"AACAPwAAAL8=\"}";

    private final BlockingQueue<EmbeddingResult> results = new ArrayBlockingQueue<>(4);
    private volatile String answer = "{\"data\":[" + ONE + "],\"usage\":{\"prompt_tokens\":3}}";
    private volatile String served = "m";
    private volatile int status = 200;
    private volatile boolean refusesIds;
    private volatile boolean hangs;
    private final FakeServer server = new FakeServer((call, reply) -> {
        if (call.path().equals("/v1/models")) {
            reply.whole(200, "application/json", "{\"data\":[{\"id\":\"" + served + "\",\"max_model_len\":32}]}");
        } else if (refusesIds && call.body().contains("[[")) {
            reply.whole(400, "application/json", "{\"error\":{\"message\":\"input must be text\"}}");
        } else {
            if (hangs) {
                reply.hang();
                return;
            }
            reply.whole(status, "application/json", answer);
        }
    });

    @AfterEach
    void close() {
        server.close();
    }

    private EmbeddingServer attach() {
        var options = AttachOptions.of(server.url())
                .withLimits(Duration.ofSeconds(20), Duration.ofMillis(50), Duration.ofSeconds(20));
        return EmbeddingServer.attach(new WorkerId(1), options, MODEL);
    }

    private static EmbeddingRequest request(Text... texts) {
        return new EmbeddingRequest(new RequestId("r"), List.of(texts), Duration.ofMinutes(1));
    }

    private EmbeddingResult embed(EmbeddingServer engine, Text... texts) throws InterruptedException {
        engine.embed(request(texts), results::add);
        return result();
    }

    private EmbeddingResult result() throws InterruptedException {
        EmbeddingResult result = results.poll(30, TimeUnit.SECONDS);
        assertThat(result).isNotNull();
        return result;
    }

    @Test
    void tokenIdsGoThereAndVectorsComeBack() throws InterruptedException {
        try (EmbeddingServer engine = attach()) {
            assertThat(engine.card().name()).isEqualTo("m");
            assertThat(engine.card().maxModelLen()).isEqualTo(32);
            assertThat(engine.card().can(Capability.TOKEN_INPUT)).isTrue();
            Vectors vectors = (Vectors) embed(engine, Text.of(TokenIds.of(5, 6, 7)));
            assertThat(vectors.numbers()).containsExactly(1f, -0.5f);
            assertThat(vectors.tokens()).isEqualTo(3);
            assertThat(server.calls().stream()
                            .filter(call -> call.path().equals("/v1/embeddings"))
                            .toList()
                            .getLast()
                            .body())
                    .contains("\"input\":[[5,6,7]]")
                    .contains("\"model\":\"m\"")
                    .contains("\"encoding_format\":\"base64\"");
        }
    }

    @Test
    void aServerThatTakesNoIdsIsSentText() throws InterruptedException {
        refusesIds = true;
        answer = "{\"data\":[{\"index\":0,\"embedding\":[1,-0.5]}]}";
        try (EmbeddingServer engine = attach()) {
            assertThat(engine.card().can(Capability.TOKEN_INPUT)).isFalse();
            Vectors vectors = (Vectors) embed(engine, new Text(TokenIds.of(5, 6), 2, "hello \"you\""));
            assertThat(vectors.numbers()).containsExactly(1f, -0.5f);
            assertThat(vectors.tokens())
                    .as("as many as were sent, where nothing is said")
                    .isEqualTo(2);
        }
    }

    @Test
    void vectorsAreToldApartByTheirIndex() throws InterruptedException {
        try (EmbeddingServer engine = attach()) {
            answer = "{\"data\":[{\"index\":1,\"embedding\":[3,4]},{\"index\":0,\"embedding\":[1,2]}]}";
            Vectors vectors = (Vectors) embed(engine, Text.of(TokenIds.of(1)), Text.of(TokenIds.of(2)));
            assertThat(vectors.numbers()).containsExactly(1f, 2f, 3f, 4f);
        }
    }

    @Test
    void answersThatAreNoneAreALostWorker() throws InterruptedException {
        try (EmbeddingServer engine = attach()) {
            for (String broken : List.of(
                    "no json",
                    "{}",
                    "{\"data\":[]}",
                    "{\"data\":[" + ONE + "," + ONE + "]}",
                    "{\"data\":[{\"index\":7,\"embedding\":[1,2]}]}",
                    "{\"data\":[{\"index\":0,\"embedding\":[1,\"x\"]}]}",
                    "{\"data\":[{\"index\":0,\"embedding\":\"!!!\"}]}",
                    "{\"data\":[{\"index\":0,\"embedding\":[1,2,3]}]}")) {
                answer = broken;
                Failed failed = (Failed) embed(engine, Text.of(TokenIds.of(1)));
                assertThat(failed.failure().code()).as(broken).isEqualTo(ErrorCode.WORKER_LOST);
            }
        }
    }

    @Test
    void aRefusalKeepsItsWords() throws InterruptedException {
        try (EmbeddingServer engine = attach()) {
            status = 400;
            answer = "{\"error\":{\"message\":\"prompt is too long\"}}";
            Failed failed = (Failed) embed(engine, Text.of(TokenIds.of(1)));
            assertThat(failed.failure().code()).isEqualTo(ErrorCode.CONTEXT_LENGTH_EXCEEDED);
            assertThat(failed.failure().message()).contains("prompt is too long");
            Failed pair = (Failed) embed(engine, new Text(TokenIds.of(1, 2), 1, null));
            assertThat(pair.failure().message()).contains("no pairs");
        }
    }

    @Test
    void cancellingClosesTheConnection() throws InterruptedException {
        try (EmbeddingServer engine = attach()) {
            hangs = true;
            EmbeddingCall call = engine.embed(request(Text.of(TokenIds.of(1))), results::add);
            Eventually.until(() -> engine.load().running() == 1);
            call.cancel();
            assertThat(((Failed) result()).failure().code()).isEqualTo(ErrorCode.CANCELLED);
        }
    }

    @Test
    void aServerThatDiesIsOutOfReachAndOneWithAnotherModelIsGone() {
        try (EmbeddingServer engine = attach()) {
            served = "another";
            Eventually.until(() -> engine.state() == WorkerState.GONE);
        }
        served = "m";
        try (EmbeddingServer engine = attach()) {
            server.close();
            Eventually.until(() -> engine.state() == WorkerState.UNREACHABLE);
        }
    }

    @Test
    void aServerWithoutEmbeddingsCannotBeJoined() {
        status = 404;
        answer = "{\"error\":{\"message\":\"no such route\"}}";
        assertThatThrownBy(this::attach)
                .isInstanceOf(JynamoException.class)
                .hasMessageContaining("cannot attach by /v1/embeddings");
        status = 200;
        answer = "{\"object\":\"list\"}";
        assertThatThrownBy(this::attach).hasMessageContaining("makes no embeddings as OpenAI does");
    }
}

package io.jynamo.engine.attached;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.engine.CollectingSink;
import io.jynamo.engine.vllm.VllmEngine;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.GenerationRequest;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.Sampling;
import io.jynamo.protocol.Stopping;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.WorkerId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** LoRA adapters that a server lists beside its model, and loads and unloads while it runs. */
class AdapterWatchTest {
    private static final String BASE = "{\"id\":\"m\",\"owned_by\":\"vllm\",\"root\":\"/m\",\"max_model_len\":1000}";
    private volatile String adapters = "";
    private final FakeServer server = new FakeServer((call, reply) -> {
        switch (call.path()) {
            case "/v1/models" -> reply.whole(200, "application/json", "{\"data\":[" + BASE + adapters + "]}");
            case "/health", "/metrics" -> reply.whole(200, "text/plain", "");
            default -> {
                String asked = call.body().replaceAll("(?s).*\"model\":\"([^\"]*)\".*", "$1");
                if (asked.equals("m") || adapters.contains("\"" + asked + "\"")) {
                    reply.begin(200, "text/event-stream");
                    reply.piece("data: {\"choices\":[{\"index\":0,\"text\":\"a\",\"token_ids\":[5],"
                            + "\"finish_reason\":\"length\"}]}\n\ndata: [DONE]\n\n");
                    reply.end();
                } else {
                    reply.whole(
                            404,
                            "application/json",
                            "{\"error\":{\"message\":\"The model `" + asked + "` does not exist.\",\"code\":404}}");
                }
            }
        }
    });

    @AfterEach
    void close() {
        server.close();
    }

    private static String adapter(String name) {
        return ",{\"id\":\"" + name + "\",\"owned_by\":\"vllm\",\"root\":\"/" + name + "\",\"parent\":\"m\"}";
    }

    private AttachedEngine engine() {
        return VllmEngine.attach(
                new WorkerId(1),
                AttachOptions.of(server.url())
                        .withLimits(Duration.ofSeconds(5), Duration.ofMillis(20), Duration.ofSeconds(30)));
    }

    private static CollectingSink run(AttachedEngine engine, String id, @Nullable String adapter) {
        CollectingSink sink = new CollectingSink();
        engine.start(
                new GenerationRequest(
                        new RequestId(id),
                        TokenIds.of(1, 2, 3),
                        Sampling.GREEDY,
                        Stopping.after(1),
                        new CacheScope(adapter, null),
                        1,
                        GenerationRequest.NO_LOGPROBS,
                        GenerationRequest.NO_LOGPROBS,
                        0,
                        Duration.ofMinutes(1),
                        GenerationRequest.UNLIMITED_CREDIT),
                sink);
        sink.await();
        return sink;
    }

    @Test
    void areKnownFromTheBeginningAndFollowedFromThenOn() {
        adapters = adapter("sql");
        try (AttachedEngine engine = engine()) {
            assertThat(engine.adapters()).containsExactly("sql");
            assertThat(engine.card().name()).isEqualTo("m");
            assertThat(run(engine, "a", "sql").tokens(0)).containsExactly(5);

            adapters = adapter("sql") + adapter("poems");
            Eventually.until(() -> engine.adapters().size() == 2);
            assertThat(run(engine, "b", "poems").tokens(0)).containsExactly(5);

            adapters = "";
            Eventually.until(() -> engine.adapters().isEmpty());
            assertThat(run(engine, "c", null).tokens(0)).containsExactly(5);
        }
    }

    @Test
    void aRequestForOneThatWasUnloadedAMomentAgoMayBeTriedElsewhere() {
        adapters = adapter("sql");
        try (AttachedEngine engine = engine()) {
            adapters = "";
            assertThat(run(engine, "a", "sql").failure()).isEqualTo(ErrorCode.WORKER_LOST);
            assertThat(run(engine, "b", null).tokens(0))
                    .as("the model is there")
                    .containsExactly(5);
            Eventually.until(() -> engine.adapters().isEmpty());
        }
    }
}

package io.jynamo.engine.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.engine.attached.AttachOptions;
import io.jynamo.engine.attached.Eventually;
import io.jynamo.engine.attached.FakeServer;
import io.jynamo.protocol.EmbeddingCall;
import io.jynamo.protocol.EmbeddingRequest;
import io.jynamo.protocol.EmbeddingRequest.Text;
import io.jynamo.protocol.EmbeddingResult;
import io.jynamo.protocol.EmbeddingResult.Failed;
import io.jynamo.protocol.EmbeddingResult.Vectors;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.RequestId;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.WorkerId;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that give way before a server that knows no priorities: how many of their calls others may find before them. */
@Timeout(60)
class EmbeddingTurnsTest {
    private static final int ORDINARY = 7;
    private static final int GIVING = 8;

    private final Semaphore ordinary = new Semaphore(0);
    private final Semaphore giving = new Semaphore(0);
    private final AtomicInteger active = new AtomicInteger();
    private final AtomicInteger mostActive = new AtomicInteger();
    private final AtomicInteger ordinaryActive = new AtomicInteger();
    private final BlockingQueue<EmbeddingResult> results = new ArrayBlockingQueue<>(8);
    private final FakeServer server = new FakeServer(this::answer);
    private final EmbeddingServer engine;

    EmbeddingTurnsTest() {
        engine = EmbeddingServer.attach(
                new WorkerId(1), AttachOptions.of(server.url()), new EmbeddingServer.Model("bert", 64, 100));
    }

    @AfterEach
    void close() {
        ordinary.release(1_000);
        giving.release(1_000);
        engine.close();
        server.close();
    }

    private void answer(FakeServer.Call call, FakeServer.Reply reply) throws java.io.IOException {
        if (call.path().equals("/v1/models")) {
            reply.whole(200, "application/json", "{\"data\":[{\"id\":\"m\"}]}");
            return;
        }
        int texts = call.body().split("],\\[", -1).length;
        if (call.body().contains("[" + GIVING + "]")) {
            mostActive.accumulateAndGet(active.incrementAndGet(), Math::max);
            giving.acquireUninterruptibly();
            active.decrementAndGet();
        } else if (call.body().contains("[" + ORDINARY + "]")) {
            ordinaryActive.incrementAndGet();
            ordinary.acquireUninterruptibly();
        }
        StringBuilder data = new StringBuilder();
        for (int i = 0; i < texts; i++) {
            data.append(i == 0 ? "" : ",").append("{\"index\":" + i + ",\"embedding\":[1,2]}");
        }
        reply.whole(200, "application/json", "{\"data\":[" + data + "]}");
    }

    private EmbeddingCall embed(int token, int texts, Duration limit) {
        List<Text> all = Collections.nCopies(texts, Text.of(TokenIds.of(token)));
        return engine.embed(
                new EmbeddingRequest(new RequestId("r"), all, token == GIVING ? -1_000 : 0, limit), results::add);
    }

    private EmbeddingResult result() throws InterruptedException {
        EmbeddingResult result = results.poll(30, TimeUnit.SECONDS);
        assertThat(result).isNotNull();
        return result;
    }

    @Test
    void theyShareOneSmallCallWhileOthersAreOpenAndAsManyAsTheyLikeAfterwards() throws InterruptedException {
        Duration minute = Duration.ofMinutes(1);
        embed(ORDINARY, 1, minute);
        Eventually.until(() -> ordinaryActive.get() == 1);
        for (int i = 0; i < 3; i++) {
            embed(GIVING, 33, minute);
        }
        Eventually.until(() -> engine.load().running() == 4 && active.get() == 1);
        giving.release();
        Eventually.until(() -> giving.availablePermits() == 0 && active.get() == 1);
        assertThat(mostActive).hasValue(1);
        ordinary.release();
        assertThat(result()).isInstanceOf(Vectors.class);
        Eventually.until(() -> active.get() > 1);
        giving.release(100);
        for (int i = 0; i < 3; i++) {
            assertThat(((Vectors) result()).count()).isEqualTo(33);
        }
        assertThat(server.calls().stream().filter(call -> call.body().contains("[" + GIVING + "]")))
                .as("33 texts are 32 and one")
                .hasSize(6);
    }

    @Test
    void theirWaitEndsWithTheirTimeAndWhenNobodyWantsThem() throws InterruptedException {
        embed(ORDINARY, 1, Duration.ofMinutes(1));
        embed(GIVING, 1, Duration.ofMinutes(1));
        Eventually.until(() -> ordinaryActive.get() == 1 && active.get() == 1);
        embed(GIVING, 1, Duration.ofMillis(20));
        assertThat(((Failed) result()).failure().code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
        EmbeddingCall unwanted = embed(GIVING, 1, Duration.ofMinutes(1));
        unwanted.cancel();
        assertThat(((Failed) result()).failure().code()).isEqualTo(ErrorCode.CANCELLED);
        giving.release();
        assertThat(result()).isInstanceOf(Vectors.class);
        ordinary.release();
        assertThat(result()).isInstanceOf(Vectors.class);
        Eventually.until(() -> engine.load().running() == 0);
    }
}

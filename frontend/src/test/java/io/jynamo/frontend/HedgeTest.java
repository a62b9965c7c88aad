package io.jynamo.frontend;

import static io.jynamo.frontend.ServerFixture.chat;
import static io.jynamo.frontend.ServerFixture.content;
import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fake.ScriptedWorker;
import io.jynamo.frontend.fake.ScriptedWorker.Running;
import io.jynamo.frontend.fake.ScriptedWorker.Script;
import io.jynamo.frontend.fleet.FleetControl;
import io.jynamo.frontend.fleet.FleetRoster;
import io.jynamo.frontend.generate.HedgeLimits;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.router.PolicyRouter;
import io.jynamo.router.RouterOptions;
import io.jynamo.router.RouterStatus;
import io.jynamo.router.RoutingPolicy;
import io.jynamo.router.admission.AdmissionOptions;
import io.jynamo.router.admission.AdmittingRouter;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Requests whose first token is slow and which a second worker gets too. */
@Timeout(60)
class HedgeTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final String ANSWER = "Whoever is first goes on.";

    private final ScriptedWorker[] workers = new ScriptedWorker[2];

    @Test
    void theSecondWorkerGoesOnAndTheFirstIsCancelled() {
        Semaphore never = new Semaphore(0);
        try (ServerFixture server =
                fixture(start -> start == 0 ? Script.text("nothing").paced(never) : Script.text(ANSWER), 1)) {
            HttpResponse<String> answer = server.post(
                    CHAT, chat("hi", "'stream':true,'stream_options':{'include_usage':true},'max_tokens':100"));
            assertThat(content(answer.body())).isEqualTo(ANSWER);
            assertUsage(ServerFixture.chunks(answer.body()).getLast().path("usage"));
            ServerFixture.await(() -> started().stream().anyMatch(Running::isCancelled));
            assertThat(started()).hasSize(2);
            assertThat(started().stream().map(one -> one.request().id()).distinct())
                    .hasSize(2);
            awaitNothingBooked(server);
            assertThat(server.get("/metrics").body())
                    .contains("dynamo_frontend_hedged_requests_total{winner=\"second\"} 1.0");
        }
    }

    @Test
    void theFirstWorkerMayStillWin() {
        Semaphore first = new Semaphore(0);
        Semaphore never = new Semaphore(0);
        try (ServerFixture server = fixture(
                start -> start == 0
                        ? Script.text(ANSWER).paced(first)
                        : Script.text("nothing").paced(never),
                1)) {
            var answer = ask(server);
            ServerFixture.await(() -> started().size() == 2);
            first.release(1_000);
            JsonNode body = ServerFixture.json(answer.join());
            assertThat(body.at("/choices/0/message/content").asString()).isEqualTo(ANSWER);
            assertUsage(body.path("usage"));
            awaitNothingBooked(server);
            assertThat(server.get("/metrics").body())
                    .contains("dynamo_frontend_hedged_requests_total{winner=\"first\"} 1.0");
        }
    }

    @Test
    void whenOneOfTheTwoFailsTheOtherGoesOn() {
        Semaphore first = new Semaphore(0);
        Semaphore second = new Semaphore(0);
        try (ServerFixture server = fixture(
                start -> start == 0
                        ? Script.text("")
                                .failing(ErrorCode.WORKER_LOST, "it died")
                                .paced(first)
                        : Script.text(ANSWER).paced(second),
                1)) {
            var answer = ask(server);
            ServerFixture.await(() -> started().size() == 2);
            first.release(1_000);
            ServerFixture.await(() -> started().stream().anyMatch(Running::isOver));
            second.release(1_000);
            assertThat(ServerFixture.json(answer.join())
                            .at("/choices/0/message/content")
                            .asString())
                    .isEqualTo(ANSWER);
            assertThat(started()).hasSize(2);
            awaitNothingBooked(server);
        }
    }

    @Test
    void aClientThatLeavesLeavesBothWorkers() {
        Semaphore never = new Semaphore(0);
        try (ServerFixture server = fixture(start -> Script.text(ANSWER).paced(never), 1)) {
            try (RawSocket client = new RawSocket(server.node.port())) {
                client.say(RawSocket.post(CHAT, chat("hi", "'stream':true").replace('\'', '"')));
                ServerFixture.await(() -> started().size() == 2);
            }
            ServerFixture.await(() -> started().stream().allMatch(Running::isCancelled));
            awaitNothingBooked(server);
        }
    }

    @Test
    void withoutBudgetNobodyElseIsAsked() {
        Semaphore pace = new Semaphore(0);
        try (ServerFixture server = fixture(start -> Script.text(ANSWER).paced(pace), 0)) {
            try (RawSocket client = new RawSocket(server.node.port())) {
                client.say(RawSocket.post(CHAT, chat("hi", "'stream':true").replace('\'', '"')));
                // The run looks after its silence and its hedge together, and the silence is the longer.
                client.until("\n: ");
                assertThat(started()).hasSize(1);
                pace.release(1_000);
                client.until("[DONE]");
            }
            assertThat(started()).hasSize(1);
        }
    }

    /** Its own workers teach it how long a first token takes: one that takes longer than nearly all is helped. */
    @Test
    void theTimeIsLearnedFromFirstTokens() {
        int lessons = 64;
        AtomicBoolean sticks = new AtomicBoolean();
        Semaphore never = new Semaphore(0);
        try (ServerFixture server = fixture(
                start -> sticks.compareAndSet(true, false)
                        ? Script.text("nothing").paced(never)
                        : Script.text(ANSWER),
                new HedgeLimits(Duration.ZERO, 0.95, 1))) {
            for (int i = 0; i < lessons; i++) {
                assertThat(ask(server).join().statusCode()).isEqualTo(200);
            }
            int before = started().size();
            sticks.set(true);
            JsonNode body = ServerFixture.json(ask(server).join());
            assertThat(body.at("/choices/0/message/content").asString()).isEqualTo(ANSWER);
            assertThat(started()).hasSize(before + 2);
            awaitNothingBooked(server);
        }
    }

    private static void assertUsage(JsonNode usage) {
        assertThat(usage.path("completion_tokens").asInt()).isEqualTo(ANSWER.length());
        int prompt = usage.path("prompt_tokens").asInt();
        assertThat(prompt).isPositive();
        assertThat(usage.at("/prompt_tokens_details/cached_tokens").asInt()).isEqualTo(prompt / 2);
    }

    private static CompletableFuture<HttpResponse<String>> ask(ServerFixture server) {
        HttpRequest request = server.request(CHAT)
                .POST(HttpRequest.BodyPublishers.ofString(
                        chat("hi", "'max_tokens':100").replace('\'', '"')))
                .build();
        return server.client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    private List<Running> started() {
        List<Running> all = new ArrayList<>();
        for (ScriptedWorker worker : workers) {
            all.addAll(worker.started());
        }
        return all;
    }

    private static void awaitNothingBooked(ServerFixture server) {
        ServerFixture.await(() -> server.models.ready().getFirst().router().status().workers().stream()
                        .mapToInt(RouterStatus.WorkerStatus::requests)
                        .sum()
                == 0);
    }

    /** @param scripts what the workers do with each request, by its number */
    private ServerFixture fixture(IntFunction<Script> scripts, double share) {
        return fixture(scripts, new HedgeLimits(Duration.ofMillis(50), share));
    }

    private ServerFixture fixture(IntFunction<Script> scripts, HedgeLimits limits) {
        AtomicInteger starts = new AtomicInteger();
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new ScriptedWorker(request -> scripts.apply(starts.getAndIncrement())).named(7 + i);
        }
        var router = new PolicyRouter(RouterOptions.of(RoutingPolicy.ROUND_ROBIN, 16), new SplittableRandom(1));
        for (ScriptedWorker worker : workers) {
            router.add(worker);
        }
        return new ServerFixture(
                workers[0],
                options -> options.withGeneration(options.generation()
                        .withTimes(Duration.ofMinutes(1), Duration.ofMillis(300))
                        .withHedging(limits)),
                FleetRoster.NONE,
                FleetControl.NONE,
                sole -> new AdmittingRouter(router, AdmissionOptions.DEFAULT, System::nanoTime));
    }
}

package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * A worker written in JavaScript from docs/wire.md alone serves a frontend of ours like one of ours: what the page says is
 * enough, and true.
 */
class JavaScriptWorkerTest {
    private static final String TOKEN = "a token for the conformance fleet";
    private static final String BEGUN = "dynamo_frontend_time_to_first_token_seconds_count";
    private static final String MIGRATED = "dynamo_frontend_model_migration_total";
    private static final int STREAMS = 8;

    private static TestFleet fleet;
    private static FleetProcess frontend;

    @BeforeAll
    static void start_the_frontend() {
        assumeTrue(
                Files.isDirectory(JavaScriptWorker.ROOM.resolve("node_modules/protobufjs")),
                "not run: the npm package protobufjs is not installed (npm ci in conformance/ brings it)");
        fleet = new TestFleet();
        frontend = fleet.frontend("--fleet-token", TOKEN, "--router-mode", "round-robin");
    }

    @AfterAll
    static void stop_the_frontend() {
        if (fleet != null) {
            fleet.close();
        }
    }

    @Test
    void it_is_found_described_and_asked() {
        try (var worker = worker()) {
            JsonNode models = Http.get(frontend.at("/v1/models")).json().path("data");
            assertThat(models.valueStream()
                            .filter(model -> model.path("id").asString().equals(JavaScriptWorker.MODEL))
                            .map(model -> model.path("max_model_len").asInt()))
                    .containsExactly(4096);

            JsonNode answer = Http.post(frontend.at("/v1/chat/completions"), chat(40, 2, false))
                    .json();
            assertThat(answer.path("choices").size()).isEqualTo(2);
            String first = answer.path("choices")
                    .path(0)
                    .path("message")
                    .path("content")
                    .asString();
            assertThat(first).hasSize(40).matches("([a-z]{5} )+[a-z]{4}");
            assertThat(answer.path("choices")
                            .path(1)
                            .path("message")
                            .path("content")
                            .asString())
                    .hasSize(40)
                    .isNotEqualTo(first);
            assertThat(answer.path("choices").path(0).path("finish_reason").asString())
                    .isEqualTo("length");
            assertThat(answer.path("usage").path("completion_tokens").asInt()).isEqualTo(80);

            String streamed = Http.content(Http.stream(frontend.at("/v1/chat/completions"), chat(40, 1, true)));
            assertThat(streamed).as("the same over a stream with credit").isEqualTo(first);
            assertThat(worker.count("session")).as("one connection").isEqualTo(1);
        }
    }

    @Test
    void a_stop_text_ends_a_choice_and_what_it_cannot_do_is_refused_by_name() {
        try (var _ = worker()) {
            String whole = Http.content(Http.stream(frontend.at("/v1/chat/completions"), chat(40, 1, true)));
            String stop = whole.substring(12, 15);
            String body = chat(40, 1, true).replace("\"stream\"", "\"stop\":\"" + stop + "\",\"stream\"");
            assertThat(Http.content(Http.stream(frontend.at("/v1/chat/completions"), body)))
                    .isEqualTo(whole.substring(0, whole.indexOf(stop)));

            var refused = Http.post(
                    frontend.at("/v1/chat/completions"),
                    chat(4, 1, false).replace("\"stream\"", "\"logprobs\":true,\"stream\""));
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.error().path("message").asString()).contains("logprobs");
        }
    }

    @Test
    void a_client_that_leaves_is_a_cancel() {
        try (var worker = worker()) {
            try (Stream<String> lines = Http.open(frontend.at("/v1/chat/completions"), chat(3000, 1, true))) {
                Iterator<String> stream = lines.iterator();
                for (int i = 0; i < 5; i++) {
                    assertThat(stream.hasNext()).isTrue();
                    stream.next();
                }
            }
            worker.await("the cancel", line -> line.startsWith("cancelled "));
        }
    }

    @Test
    void streams_of_a_killed_one_go_on_with_another() throws Exception {
        try (var stays = worker()) {
            List<StreamRecord> undisturbed = run(() -> {});
            try (var dies = worker()) {
                double before = Metrics.sum(frontend.at("/metrics"), MIGRATED);
                List<StreamRecord> disturbed = run(dies::kill);
                assertThat(disturbed.stream().map(StreamRecord::content).toList())
                        .isEqualTo(
                                undisturbed.stream().map(StreamRecord::content).toList());
                assertThat(dies.count("start "))
                        .as("streams the killed one had")
                        .isPositive();
                assertThat(Metrics.sum(frontend.at("/metrics"), MIGRATED)).isGreaterThan(before);
            }
            stays.await("it went on with streams", line -> line.matches("start \\d+ resumed [1-9]\\d*"));
        }
    }

    @Test
    void one_that_drains_ends_what_it_has_and_gets_no_more() throws Exception {
        try (var stays = worker();
                var drains = worker()) {
            double before = Metrics.sum(frontend.at("/metrics"), MIGRATED);
            List<StreamRecord> all = run(drains::terminate);
            assertThat(all).allSatisfy(stream -> {
                assertThat(stream.errors()).isEmpty();
                assertThat(stream.done()).isTrue();
            });
            assertThat(drains.awaitExit()).isZero();
            long had = drains.count("start ");
            assertThat(had).isPositive();
            assertThat(Metrics.sum(frontend.at("/metrics"), MIGRATED))
                    .as("streams that had to move")
                    .isEqualTo(before);
            assertThat(stays.count("start ") + had).isEqualTo(STREAMS);
        }
    }

    @Test
    void another_token_is_refused_by_either_side() {
        try (var strangers = new TestFleet();
                var door = strangers.frontend("--fleet-token", "another token than the fleet's");
                var worker = JavaScriptWorker.start(strangers.discovery(), "--token", TOKEN)) {
            // The frontend sees a worker that is none of its fleet, and does not go on to prove itself.
            worker.await("it is left", line -> line.equals("left in proof"));
            assertThat(Http.get(door.at("/v1/models")).text()).doesNotContain(JavaScriptWorker.MODEL);
            assertThat(worker.count("session")).isZero();
        }
        try (var open = new TestFleet();
                var door = open.frontend();
                var worker = JavaScriptWorker.start(open.discovery(), "--token", TOKEN)) {
            // A frontend without a token asks no proof; the worker does.
            worker.await("it is refused", line -> line.equals("goodbye authentication_required"));
            assertThat(Http.get(door.at("/v1/models")).text()).doesNotContain(JavaScriptWorker.MODEL);
            assertThat(worker.count("session")).isZero();
        }
    }

    private static JavaScriptWorker worker() {
        var worker = JavaScriptWorker.start(fleet.discovery(), "--token", TOKEN);
        worker.await("the frontend's session", line -> line.equals("session"));
        TestFleet.awaitModel(frontend, JavaScriptWorker.MODEL);
        TestFleet.awaitLog(frontend, "worker " + worker.id() + " .* serves ");
        return worker;
    }

    /** Runs streams of different prompts at once; {@code fault} strikes once each has its first token. */
    private static List<StreamRecord> run(Runnable fault) throws Exception {
        double before = Metrics.sum(frontend.at("/metrics"), BEGUN);
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<StreamRecord>> running = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                String body = chat(300, 1 + i % 2, true).replace("A story", "Story " + i);
                running.add(clients.submit(() -> StreamRecord.read(frontend.at("/v1/chat/completions"), body)));
            }
            Metrics.await(frontend.at("/metrics"), BEGUN, now -> now - before == STREAMS);
            fault.run();
            List<StreamRecord> seen = new ArrayList<>();
            for (Future<StreamRecord> one : running) {
                seen.add(one.get());
            }
            return seen;
        }
    }

    private static String chat(int tokens, int choices, boolean stream) {
        return """
                {"model":"%s","max_completion_tokens":%d,"n":%d,"stream":%b,"messages":[{"role":"user","content":"A story"}]}""".formatted(JavaScriptWorker.MODEL, tokens, choices, stream);
    }
}

package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Workers that die, stop or drain under streams: each client sees what it would have seen without, byte for byte. The
 * simulated engine is deterministic, so the undisturbed run says what that is.
 */
class SurvivalTest {
    private static final int STREAMS = 12;
    private static final String BEGUN = "dynamo_frontend_time_to_first_token_seconds_count";
    private static TestFleet fleet;
    private static FleetProcess frontend;
    private static int workers;
    private static List<StreamRecord> undisturbed;

    private FleetProcess victim;

    @BeforeAll
    static void startFleet() throws Exception {
        fleet = new TestFleet();
        frontend = fleet.frontend("--router-mode", "round-robin");
        fleet.worker(); // the one that stays
        TestFleet.awaitWorkers(frontend, ++workers);
        undisturbed = run(() -> {});
        assertThat(undisturbed).allSatisfy(stream -> {
            assertThat(stream.done()).isTrue();
            assertThat(stream.errors()).isEmpty();
        });
    }

    @AfterAll
    static void stopFleet() {
        fleet.close();
    }

    @BeforeEach
    void startVictim() {
        victim = fleet.worker();
        TestFleet.awaitWorkers(frontend, ++workers);
    }

    @AfterEach
    void killVictim() {
        victim.close();
    }

    @Test
    void streams_of_a_killed_worker_go_on_with_another() throws Exception {
        double before = migrations();
        assertUndisturbed(run(() -> victim.signal("KILL")));
        assertThat(migrations()).as("streams that moved").isGreaterThan(before);
    }

    @Test
    void streams_of_a_killed_process_of_many_workers_try_none_of_its_others() throws Exception {
        try (TestFleet many = new TestFleet();
                FleetProcess door = many.frontend("--migration-limit", "1", "--router-mode", "least-loaded")) {
            FleetProcess dying = many.many(40);
            many.many(8);
            TestFleet.awaitWorkers(door, 48);
            List<StreamRecord> streams = run(door, () -> dying.signal("KILL"));
            assertUndisturbed(streams);
            assertThat(Metrics.sum(door.at("/metrics"), "dynamo_frontend_model_migration_total"))
                    .isPositive();
        }
    }

    @Test
    void streams_of_a_stopped_worker_go_on_with_another() throws Exception {
        double before = migrations();
        assertUndisturbed(run(() -> victim.signal("STOP")));
        assertThat(migrations()).as("streams that moved").isGreaterThan(before);
        victim.signal("CONT");
        assertUndisturbed(run(() -> {})); // what it still says of lost streams reaches nobody
    }

    @Test
    void streams_of_a_draining_worker_end_where_they_are_and_it_gets_no_more() throws Exception {
        double before = migrations();
        assertUndisturbed(run(() -> victim.signal("TERM")));
        assertThat(migrations()).as("streams that moved\n%s", frontend.log()).isEqualTo(before);
        assertThat(victim.awaitExit(Duration.ofSeconds(40))).isZero();
    }

    @Test
    void streams_that_outlive_a_drain_go_on_with_another() throws Exception {
        FleetProcess hasty = fleet.worker("--drain-timeout", "100ms");
        TestFleet.awaitWorkers(frontend, ++workers);
        double before = migrations();
        assertUndisturbed(run(() -> hasty.signal("TERM")));
        assertThat(migrations()).as("streams that moved").isGreaterThan(before);
    }

    @Test
    void a_stream_whose_last_worker_dies_ends_with_one_error_and_what_it_had() throws Exception {
        try (TestFleet alone = new TestFleet();
                FleetProcess door = alone.frontend("--migration-patience", "300ms")) {
            FleetProcess only = alone.worker();
            TestFleet.awaitModel(door);
            ExecutorService client = Executors.newVirtualThreadPerTaskExecutor();
            try (client) {
                Future<StreamRecord> stream = client.submit(() -> StreamRecord.read(
                        door.at("/v1/chat/completions"), request(3).replace("160", "1500")));
                Metrics.await(door.at("/metrics"), BEGUN, begun -> begun == 1);
                only.signal("KILL");
                StreamRecord seen = stream.get();
                assertThat(seen.errors()).hasSize(1);
                assertThat(seen.errors().getFirst()).contains("worker_lost");
                assertThat(seen.done()).isFalse();
                assertThat(seen.texts().get(0)).isNotEmpty();
            }
            String fresh = "{\"model\":\"" + TestFleet.MODEL + "\",\"prompt\":\"again\",\"max_tokens\":3}";
            assertThat(Http.post(door.at("/v1/completions"), fresh).status()).isEqualTo(503);
        }
    }

    private static void assertUndisturbed(List<StreamRecord> streams) {
        for (int i = 0; i < STREAMS; i++) {
            assertThat(streams.get(i).content())
                    .as("stream %s", i)
                    .isEqualTo(undisturbed.get(i).content());
        }
    }

    private static double migrations() {
        return Metrics.sum(frontend.at("/metrics"), "dynamo_frontend_model_migration_total");
    }

    /** Runs all streams at once; {@code fault} strikes once each client has its first token. */
    private static List<StreamRecord> run(Runnable fault) throws InterruptedException, ExecutionException {
        return run(frontend, fault);
    }

    private static List<StreamRecord> run(FleetProcess frontend, Runnable fault)
            throws InterruptedException, ExecutionException {
        double before = Metrics.sum(frontend.at("/metrics"), BEGUN);
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<StreamRecord>> all = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                int number = i;
                all.add(() -> StreamRecord.read(frontend.at("/v1/chat/completions"), request(number)));
            }
            List<Future<StreamRecord>> running =
                    all.stream().map(clients::submit).toList();
            Metrics.await(frontend.at("/metrics"), BEGUN, now -> now - before == STREAMS);
            fault.run();
            List<StreamRecord> seen = new ArrayList<>();
            for (Future<StreamRecord> one : running) {
                seen.add(one.get());
            }
            return seen;
        }
    }

    /** Choices, log probabilities, penalties, seeds and stop texts: all that a seam could show in. */
    private static String request(int number) {
        return """
                {"model":"%s","stream":true,"stream_options":{"include_usage":true},"max_completion_tokens":160,
                 "ignore_eos":true,"n":%d,"seed":%d,"logprobs":%b,"temperature":0.8,"presence_penalty":0.5,
                 "stop":%s,"messages":[{"role":"user","content":"Story number %d, please."}]}""".formatted(
                        TestFleet.MODEL,
                        1 + number % 3,
                        number,
                        number % 2 == 0,
                        number % 4 == 0 ? "[\"the rest of the story and waits\", \"zzz\"]" : "null",
                        number);
    }
}

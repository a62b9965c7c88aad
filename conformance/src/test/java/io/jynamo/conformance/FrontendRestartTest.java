package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.conformance.ObservedStream.Ending;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A frontend goes under its streams, politely or not, and another takes its place before the same workers. */
@Tag("long")
@Timeout(300)
class FrontendRestartTest {
    private static final int WORKERS = 3;
    private static final int ORPHANS = 40;

    @Test
    void running_streams_end_with_a_frontend_that_is_told_to_stop_and_new_ones_go_to_another() throws Exception {
        try (var fleet = new TestFleet()) {
            FleetProcess first = fleet.frontend();
            startWorkers(fleet);
            TestFleet.awaitWorkers(first, WORKERS);
            var door = new AtomicReference<URI>(first.at("/"));
            FleetProcess current = first;
            try (var run = FaultRun.begin(first, door::get)) {
                while (run.ended() < 800) {
                    run.awaitMore(150);
                    FleetProcess leaving = current;
                    FleetProcess next = fleet.frontend();
                    TestFleet.awaitWorkers(next, WORKERS);
                    door.set(next.at("/"));
                    run.strike(() -> leaving.signal("TERM"));
                    assertThat(leaving.awaitExit(Duration.ofSeconds(40))).isZero();
                    current = next;
                }
                // One that was on its way to the old frontend when that began to stop is refused.
                FaultCase account = run.end("SIGTERM of the frontend", Set.of(Ending.REFUSED));
                assertThat(account.count(Ending.REFUSED)).isLessThanOrEqualTo(FaultRun.CLIENTS * account.faults());
            }
        }
    }

    @Test
    void no_stream_of_a_killed_frontend_looks_whole_and_another_serves_its_workers() {
        try (var fleet = new TestFleet()) {
            FleetProcess first = fleet.frontend();
            startWorkers(fleet);
            TestFleet.awaitWorkers(first, WORKERS);
            var door = new AtomicReference<URI>(first.at("/"));
            FleetProcess current = first;
            try (var run = FaultRun.begin(first, door::get)) {
                while (run.ended() < 1_200) {
                    run.awaitMore(200);
                    FleetProcess victim = current;
                    run.strike(() -> victim.signal("KILL"));
                    FleetProcess next = fleet.frontend();
                    door.set(next.at("/"));
                    TestFleet.awaitWorkers(next, WORKERS);
                    current = next;
                }
                FaultCase account = run.end("kill -9 of the frontend", Set.of(Ending.CUT, Ending.REFUSED));
                assertThat(account.count(Ending.CUT)).isPositive();
            }
        }
    }

    /** A worker with room for a few streams at a time, and so many long ones that they would take minutes. */
    @Test
    void workers_end_what_a_killed_frontend_asked_for() throws Exception {
        try (var fleet = new TestFleet()) {
            FleetProcess first = fleet.frontend();
            fleet.worker("--max-num-seqs", "4");
            TestFleet.awaitWorkers(first, 1);
            String endless = LoadMix.body(2).replace("\"max_completion_tokens\":120", "\"max_completion_tokens\":3900");
            try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<ObservedStream>> orphans = new ArrayList<>();
                for (int i = 0; i < ORPHANS; i++) {
                    orphans.add(clients.submit(() -> ask(first, endless)));
                }
                Metrics.await(
                        first.at("/metrics"), "dynamo_frontend_time_to_first_token_seconds_count", seen -> seen >= 2);
                first.signal("KILL");
                for (Future<ObservedStream> orphan : orphans) {
                    assertThat(orphan.get().ending()).isIn(Ending.CUT, Ending.REFUSED);
                }
            }
            FleetProcess second = fleet.frontend();
            TestFleet.awaitWorkers(second, 1);
            // Within its deadline, and the orphans would have run for longer.
            assertThat(ask(second, LoadMix.body(3)).ending()).isEqualTo(Ending.COMPLETE);
        }
    }

    private static ObservedStream ask(FleetProcess frontend, String body) {
        try (var client = new StreamClient()) {
            return client.ask(frontend.at("/"), 0, body);
        }
    }

    private static void startWorkers(TestFleet fleet) {
        for (int i = 0; i < WORKERS; i++) {
            fleet.worker();
        }
    }
}

package io.jynamo.conformance;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Thousands of streams while workers die, stop or are cut off, over and over: each client sees what it would have seen
 * without, and no stream is lost, repeats itself, hangs or ends without a word.
 */
@Tag("long")
@Timeout(300)
class FaultSuiteTest {
    private static final int WORKERS = 4;

    @Test
    void workers_killed_again_and_again() {
        try (var fleet = new TestFleet()) {
            FleetProcess frontend = fleet.frontend();
            Deque<FleetProcess> workers = new ArrayDeque<>();
            for (int i = 0; i < WORKERS; i++) {
                workers.add(fleet.worker());
            }
            int started = WORKERS;
            TestFleet.awaitWorkers(frontend, started);
            try (var run = FaultRun.begin(frontend)) {
                while (run.ended() < 2_400) {
                    run.awaitMore(150);
                    FleetProcess victim = workers.removeFirst();
                    run.strike(() -> victim.signal("KILL"));
                    workers.add(fleet.worker());
                    TestFleet.awaitWorkers(frontend, ++started);
                }
                run.end("kill -9 of a worker");
            }
        }
    }

    @Test
    void workers_stopped_and_let_go_on() {
        try (var fleet = new TestFleet()) {
            FleetProcess frontend = fleet.frontend("--router-mode", "round-robin");
            Deque<FleetProcess> workers = new ArrayDeque<>();
            for (int i = 0; i < WORKERS; i++) {
                workers.add(fleet.worker());
            }
            TestFleet.awaitWorkers(frontend, WORKERS);
            try (var run = FaultRun.begin(frontend)) {
                while (run.ended() < 1_800) {
                    FleetProcess victim = workers.removeFirst();
                    run.strike(() -> victim.signal("STOP"));
                    run.awaitMore(120);
                    victim.signal("CONT");
                    run.awaitMore(150);
                    workers.add(victim);
                }
                run.end("SIGSTOP of a worker");
            }
        }
    }

    @Test
    void workers_cut_off_by_the_network() {
        try (var lab = NetworkLab.open(WORKERS);
                var fleet =
                        new TestFleet("", Map.of("JYNAMO_FLEET_TOKEN", "a token of sixteen or more"), TestFleet.TEMP)) {
            FleetProcess frontend = fleet.frontend("--router-mode", "round-robin");
            for (int i = 0; i < WORKERS; i++) {
                fleet.workerIn(lab.inside(i), "--worker-host", lab.address(i));
            }
            TestFleet.awaitWorkers(frontend, WORKERS);
            try (var run = FaultRun.begin(frontend)) {
                for (int i = 0; run.ended() < 1_500; i++) {
                    int victim = i % WORKERS;
                    run.strike(() -> lab.cut(victim));
                    run.awaitMore(150);
                    lab.mend(victim);
                    run.awaitMore(150);
                }
                run.end("network cut to a worker");
            }
        }
    }

    @Test
    void workers_drained_one_after_the_other() {
        try (var fleet = new TestFleet()) {
            FleetProcess frontend = fleet.frontend();
            Deque<FleetProcess> workers = new ArrayDeque<>(List.of(worker(fleet), worker(fleet), worker(fleet)));
            int started = workers.size();
            TestFleet.awaitWorkers(frontend, started);
            try (var run = FaultRun.begin(frontend)) {
                while (run.ended() < 600) {
                    run.awaitMore(100);
                    FleetProcess victim = workers.removeFirst();
                    run.strike(() -> victim.signal("TERM"));
                    workers.add(worker(fleet));
                    TestFleet.awaitWorkers(frontend, ++started);
                }
                run.end("SIGTERM of a worker, 0.2 s to drain", Set.of());
            }
        }
    }

    private static FleetProcess worker(TestFleet fleet) {
        return fleet.worker("--drain-timeout", "200ms");
    }
}

package io.jynamo.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the processes of a fleet find each other by, and what they log to, fails while streams run: they go on, those of a
 * worker that dies meanwhile too, and who joins afterwards is found.
 */
@Tag("long")
@Timeout(300)
class StoreFaultTest {
    private static final int WORKERS = 4;
    /** Longer than any lease. */
    private static final Duration OUTAGE = Duration.ofSeconds(14);

    @TempDir
    private Path folder;

    @Test
    void etcd_dies_and_comes_back() throws IOException {
        try (var etcd = EtcdProcess.start(folder);
                var fleet = new TestFleet(etcd.discovery(), Map.of(), TestFleet.TEMP)) {
            FleetProcess frontend = fleet.frontend();
            Deque<FleetProcess> workers = workers(fleet);
            TestFleet.awaitWorkers(frontend, WORKERS);
            try (var run = FaultRun.begin(frontend)) {
                run.awaitMore(100);
                run.strike(etcd::kill);
                run.awaitMore(150);
                FleetProcess victim = workers.removeFirst();
                run.strike(() -> victim.signal("KILL"));
                run.awaitTime(OUTAGE);
                etcd.restart();
                fleet.worker();
                TestFleet.awaitWorkers(frontend, WORKERS + 1);
                FleetProcess second = workers.removeFirst();
                run.strike(() -> second.signal("KILL"));
                run.awaitMore(300);
                run.end("etcd down 14 s, workers killed meanwhile");
            }
        }
    }

    @Test
    void the_disk_of_discovery_and_logs_holds_every_write() throws IOException {
        try (var disk = SlowDisk.mount(folder);
                var fleet = new TestFleet(
                        "file:" + disk.folder().resolve("discovery"),
                        Map.of(),
                        Files.createDirectory(disk.folder().resolve("logs")))) {
            FleetProcess frontend = fleet.frontend();
            Deque<FleetProcess> workers = workers(fleet);
            TestFleet.awaitWorkers(frontend, WORKERS);
            try (var run = FaultRun.begin(frontend)) {
                run.awaitMore(100);
                run.strike(disk::hold);
                run.awaitMore(150);
                FleetProcess victim = workers.removeFirst();
                run.strike(() -> victim.signal("KILL"));
                run.awaitTime(OUTAGE);
                disk.letGo();
                run.awaitMore(300);
                fleet.worker();
                TestFleet.awaitWorkers(frontend, WORKERS + 1);
                run.awaitMore(100);
                run.end("disk of discovery and logs holds writes 14 s, a worker killed meanwhile");
            } finally {
                disk.ensureLetGo();
            }
        }
    }

    @Test
    void the_disk_of_discovery_and_logs_is_full() throws IOException {
        try (var disk = SlowDisk.mount(folder);
                var fleet = new TestFleet(
                        "file:" + disk.folder().resolve("discovery"),
                        Map.of(),
                        Files.createDirectory(disk.folder().resolve("logs")))) {
            FleetProcess frontend = fleet.frontend();
            Deque<FleetProcess> workers = workers(fleet);
            TestFleet.awaitWorkers(frontend, WORKERS);
            try (var run = FaultRun.begin(frontend)) {
                run.strike(disk::fill);
                run.awaitMore(150);
                FleetProcess victim = workers.removeFirst();
                run.strike(() -> victim.signal("KILL"));
                run.awaitTime(OUTAGE);
                disk.clear();
                fleet.worker();
                TestFleet.awaitWorkers(frontend, WORKERS + 1);
                run.awaitMore(100);
                run.end("disk of discovery and logs full 14 s, a worker killed meanwhile");
            }
        }
    }

    private static Deque<FleetProcess> workers(TestFleet fleet) {
        Deque<FleetProcess> workers = new ArrayDeque<>();
        for (int i = 0; i < WORKERS; i++) {
            workers.add(fleet.worker());
        }
        return workers;
    }
}

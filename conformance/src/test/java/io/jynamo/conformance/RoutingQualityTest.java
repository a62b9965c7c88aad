package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Prefix-aware routing over real processes: what the router says is cached is what the engines find cached, after faults
 * again within a stated time, and every answer is the one that a worker alone gives.
 */
@ExtendWith(SharedServers.class)
@Timeout(400)
class RoutingQualityTest {
    private static final String[] ROUTED = {"--router-mode", "time"};
    private static final double MOST_APART = 0.02;
    /** Of the hit rate without loss, while a tenth of events gets lost: after each gap a worker counts as it was for 20 ms. */
    private static final double WHILE_LOSING = 0.95;
    /** Answers until the caches are full. */
    private static final int WARM = 2_000;
    /** Of a fault's effects; catches what never comes back. */
    private static final long MOST_MILLIS = 30_000;

    private static final PrefixLoad SMALL = new PrefixLoad(TestFleet.MODEL, 4, 12, 25, 8);
    /** Answers of a model that computes them, few and short. */
    private static final PrefixLoad REAL = new PrefixLoad("smollm2", 2, 4, 8, 8);

    private static final PrefixLoad LARGE = new PrefixLoad(TestFleet.MODEL, 24, 10, 40, 8);

    @Test
    void the_hit_rate_is_what_the_router_predicts_and_comes_back_when_a_worker_is_killed(
            @Pace(Pace.Kind.FAST) Server alone) throws Exception {
        try (var fleet = new TestFleet()) {
            FleetProcess frontend = fleet.frontend(ROUTED);
            List<FleetProcess> workers = start(fleet, 3, "--kv-blocks", "320");
            TestFleet.awaitWorkers(frontend, workers.size());
            try (var load = new RoutedLoad(SMALL, 6, () -> frontend.at("/"))) {
                load.more(300);
                HitRate before = predicted("3 workers", load.more(500));
                struck(
                        "3 workers, kill -9 of one",
                        before,
                        load,
                        () -> workers.getFirst().signal("KILL"));
                load.stop();
                assertRight(load.all(), SMALL, alone.at("/"));
                assertThat(load.all()).allMatch(answer -> answer.ending() == RoutedAnswer.Ending.COMPLETE);
            }
        }
    }

    @Test
    @Tag("long")
    void eight_workers_lose_one_and_their_frontend(@Pace(Pace.Kind.FAST) Server alone) throws Exception {
        try (var fleet = new TestFleet()) {
            FleetProcess first = fleet.frontend(ROUTED);
            List<FleetProcess> workers = start(fleet, 8, "--kv-blocks", "500");
            TestFleet.awaitWorkers(first, workers.size());
            var door = new AtomicReference<URI>(first.at("/"));
            try (var load = new RoutedLoad(LARGE, 12, door::get)) {
                report("8 workers, cold", HitRate.of(load.more(400)));
                load.more(1_600);
                HitRate before = predicted("8 workers", load.more(1_500));
                struck(
                        "8 workers, kill -9 of one",
                        before,
                        load,
                        () -> workers.getFirst().signal("KILL"));
                assertThat(load.all()).allMatch(answer -> answer.ending() == RoutedAnswer.Ending.COMPLETE);

                HitRate seven = predicted("7 workers", load.more(1_000));
                struck("7 workers, kill -9 of the frontend", seven, load, () -> {
                    first.signal("KILL");
                    FleetProcess second = fleet.frontend(ROUTED);
                    TestFleet.awaitWorkers(second, workers.size() - 1);
                    door.set(second.at("/"));
                });
                predicted("7 workers, another frontend", load.more(1_000));
                load.stop();
                assertThat(load.all()).noneMatch(answer -> answer.ending() == RoutedAnswer.Ending.FAILED);
                assertRight(load.all(), LARGE, alone.at("/"));
            }
        }
    }

    @Test
    @Tag("long")
    void two_embedded_workers_beside_eight_simulated_ones(@Pace(Pace.Kind.FAST) Server alone) throws Exception {
        Optional<Path> found = RealModelTest.find();
        assumeTrue(
                found.isPresent(), "not run: SmolLM2-135M-Instruct is not on this machine (./jynamo pull brings it)");
        Path model = found.get();
        try (var fleet = new TestFleet()) {
            FleetProcess frontend = fleet.frontend(ROUTED);
            int simulated = start(fleet, 8, "--kv-blocks", "500").size();
            for (int i = 0; i < 2; i++) {
                fleet.embedded(model, REAL.model(), "--max-model-len", "2048", "--threads", "1");
            }
            TestFleet.awaitWorkers(frontend, simulated + 2);
            try (var busy = new RoutedLoad(LARGE, 2, () -> frontend.at("/"));
                    var real = new RoutedLoad(REAL, 3, () -> frontend.at("/"))) {
                real.more(40);
                int from = busy.all().size();
                predicted("2 embedded workers", real.more(120));
                busy.stop();
                real.stop();
                List<RoutedAnswer> beside = busy.all();
                predicted("8 simulated workers beside them", beside.subList(from, beside.size()));
                assertThat(real.all()).allMatch(answer -> answer.ending() == RoutedAnswer.Ending.COMPLETE);
                assertThat(beside).allMatch(answer -> answer.ending() == RoutedAnswer.Ending.COMPLETE);
                assertRight(beside, LARGE, alone.at("/"));
                assertRightOfModel(real.all(), model);
            }
        }
    }

    private static void assertRightOfModel(List<RoutedAnswer> answers, Path model) {
        List<String> flags = List.of(
                "--model",
                model.toString(),
                "--served-model-name",
                REAL.model(),
                "--max-model-len",
                "2048",
                "--workers",
                "1");
        try (var alone = Server.start(flags, Map.of())) {
            assertRight(answers, REAL, alone.at("/"));
        }
    }

    /**
     * Events get lost for as long as the workers run, so the hit rate is held against that of a fleet without loss. From a
     * gap until the next snapshot the router takes a worker for what it was.
     */
    @Test
    @Tag("long")
    void eight_workers_lose_a_tenth_of_their_kv_events(@Pace(Pace.Kind.FAST) Server alone) throws Exception {
        List<RoutedAnswer> scattered = steady(alone, "round-robin", false);
        report("8 workers, round-robin", HitRate.of(scattered.subList(WARM, scattered.size())));
        List<RoutedAnswer> whole = steady(alone, "time", false);
        HitRate wanted = predicted("8 workers", whole.subList(WARM, whole.size()));
        List<RoutedAnswer> lossy = steady(alone, "time", true);
        List<RoutedAnswer> late = lossy.subList(WARM, lossy.size());
        report("8 workers, 10 % of KV events lost", HitRate.of(late));
        predicted(
                "of these, those of whose worker something was known",
                late.stream().filter(answer -> answer.predictedTokens() > 0).toList());
        long begin = lossy.getFirst().endNanos();
        Comeback reached = Comeback.of(wanted, begin, begin, lossy);
        report("8 workers, 10 % of KV events lost, from cold", reached);
        assertThat(reached.millis()).as("%s", reached).isBetween(0L, MOST_MILLIS);
        assertThat(HitRate.of(late).measured()).isGreaterThan(WHILE_LOSING * wanted.measured());
        assertThat(HitRate.of(scattered.subList(WARM, scattered.size())).measured())
                .as("without a look at prefixes")
                .isLessThan(0.95 * wanted.measured());
    }

    /** What a fleet of eight answers from its start on. */
    private static List<RoutedAnswer> steady(Server alone, String mode, boolean lossy) throws Exception {
        try (var fleet = new TestFleet()) {
            FleetProcess frontend = fleet.frontend("--router-mode", mode);
            String loss = lossy ? "0.1" : "0";
            List<FleetProcess> workers = start(fleet, 8, "--kv-blocks", "500", "--sim-kv-event-loss", loss);
            TestFleet.awaitWorkers(frontend, workers.size());
            try (var load = new RoutedLoad(LARGE, 12, () -> frontend.at("/"))) {
                load.more(WARM + 1_500);
                load.stop();
                long gaps = workers.stream()
                        .mapToLong(worker -> worker.log()
                                .lines()
                                .filter(line -> line.contains("gets lost"))
                                .count())
                        .sum();
                report("gaps in KV events", gaps);
                assertThat(gaps > 0).as("gaps").isEqualTo(lossy);
                assertThat(load.all()).allMatch(answer -> answer.ending() == RoutedAnswer.Ending.COMPLETE);
                assertRight(load.all(), LARGE, alone.at("/"));
                return load.all();
            }
        }
    }

    /** Starts simulated workers, all at once. */
    private static List<FleetProcess> start(TestFleet fleet, int count, String... more) throws Exception {
        List<String> flags = new ArrayList<>(List.of("--speedup-ratio", "20", "--drain-timeout", "1s"));
        flags.addAll(List.of(more));
        try (ExecutorService starters = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<FleetProcess>> starting = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                starting.add(starters.submit(() -> fleet.worker(flags.toArray(String[]::new))));
            }
            List<FleetProcess> started = new ArrayList<>();
            for (Future<FleetProcess> one : starting) {
                started.add(one.get());
            }
            return started;
        }
    }

    private static HitRate predicted(String what, List<RoutedAnswer> answers) {
        HitRate rate = HitRate.of(answers);
        report(what, rate);
        assertThat(rate.error()).as("%s: %s", what, rate).isLessThanOrEqualTo(MOST_APART);
        assertThat(rate.measured()).as("%s: %s", what, rate).isBetween(0.5, 1.0);
        return rate;
    }

    private static void struck(String what, HitRate before, RoutedLoad load, Runnable fault) {
        long strike = System.nanoTime();
        fault.run();
        long over = System.nanoTime();
        Comeback comeback;
        do {
            load.more(Comeback.WINDOW);
            comeback = Comeback.of(before, strike, over, load.all());
        } while (comeback.millis() < 0 && System.nanoTime() - over < MOST_MILLIS * 1_000_000);
        report(what, comeback);
        assertThat(comeback.millis()).as("%s: %s", what, comeback).isBetween(0L, MOST_MILLIS);
    }

    /** Each answer is the one that the same request has from a server that nothing happens to. */
    private static void assertRight(List<RoutedAnswer> answers, PrefixLoad load, URI alone) {
        Map<PrefixLoad.Node, List<RoutedAnswer>> complete = answers.stream()
                .filter(answer -> answer.ending() == RoutedAnswer.Ending.COMPLETE)
                .collect(Collectors.groupingBy(RoutedAnswer::node, HashMap::new, Collectors.toList()));
        assertThat(complete).hasSizeGreaterThan(10);
        complete.keySet().forEach(node -> {
            RoutedAnswer wanted = RoutedAnswer.ask(alone, load, node);
            assertThat(wanted.ending()).as(wanted.text()).isEqualTo(RoutedAnswer.Ending.COMPLETE);
            assertThat(wanted.text()).isNotBlank();
            assertThat(complete.get(node)).allSatisfy(answer -> {
                assertThat(answer.text()).isEqualTo(wanted.text());
                assertThat(answer.promptTokens()).isEqualTo(wanted.promptTokens());
            });
        });
    }

    private static void report(Object... figures) {
        System.out.println("routing quality: "
                + Arrays.stream(figures).map(Object::toString).collect(Collectors.joining(": ")));
    }
}

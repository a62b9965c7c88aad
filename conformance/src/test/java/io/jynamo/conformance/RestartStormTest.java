package io.jynamo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.conformance.ObservedStream.Ending;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two thousand workers, a quarter of which dies and comes back all the time, under fifteen hundred streams at once. */
@Tag("long")
@Timeout(900)
class RestartStormTest {
    private static final int PROCESSES = 4;
    private static final int WORKERS_EACH = 500;
    private static final int CLIENTS = 1_500;
    private static final int STREAMS = 3_000;
    /** An undisturbed one takes half a minute, one may lose three workers, and all share the machine with 2,000 of them. */
    private static final Duration LONGEST_STREAM = Duration.ofMinutes(4);

    /** Five hundred at once, while all clients are at it. */
    private static final Duration JOINING = Duration.ofMinutes(3);

    @Test
    void every_request_ends_with_its_answer_or_a_named_error() {
        Undisturbed reference = reference();
        try (var fleet = new TestFleet()) {
            FleetProcess frontend = fleet.frontend();
            Deque<FleetProcess> processes = new ArrayDeque<>();
            for (int i = 0; i < PROCESSES; i++) {
                processes.add(start(fleet));
            }
            int known = PROCESSES * WORKERS_EACH;
            TestFleet.awaitWorkers(frontend, known, JOINING);
            int restarts = 0;
            List<ObservedStream> streams;
            try (var loop = new ClosedLoop(CLIENTS, () -> frontend.at("/"))) {
                loop.awaitMore(CLIENTS / 2);
                while (loop.ended() < STREAMS) {
                    processes.removeFirst().signal("KILL");
                    processes.add(start(fleet));
                    known += WORKERS_EACH;
                    TestFleet.awaitWorkers(frontend, known, JOINING);
                    restarts++;
                }
                streams = loop.stop(LONGEST_STREAM);
            }
            judge(reference, streams, restarts);
        }
    }

    /** So slow that two cores can say all streams at once. */
    private static FleetProcess start(TestFleet fleet) {
        return fleet.many(WORKERS_EACH, "--speedup-ratio", "0.05", "--kv-blocks", "1024");
    }

    private static Undisturbed reference() {
        try (var fleet = new TestFleet()) {
            FleetProcess frontend = fleet.frontend();
            fleet.worker();
            fleet.worker();
            TestFleet.awaitWorkers(frontend, 2);
            return Undisturbed.learn(frontend.at("/"), 32, 200);
        }
    }

    /** What errors said, all numbers alike, the most frequent first. */
    private static Map<String, Long> reasons(List<ObservedStream> streams) {
        Map<String, Long> counted = streams.stream()
                .filter(stream -> stream.ending() != Ending.COMPLETE)
                .collect(Collectors.groupingBy(
                        stream -> stream.ending() + " " + stream.detail().replaceAll("[0-9]+", "#"),
                        Collectors.counting()));
        return counted.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(8)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, LinkedHashMap::new));
    }

    private static void judge(Undisturbed reference, List<ObservedStream> streams, int restarts) {
        List<Long> whole = streams.stream()
                .filter(stream -> stream.ending() == Ending.COMPLETE)
                .map(stream -> stream.endNanos() - stream.startNanos())
                .toList();
        List<Long> gaps = streams.stream()
                .filter(stream -> stream.ending() == Ending.COMPLETE)
                .map(stream -> stream.longestGap().nanos())
                .toList();
        Map<String, Long> endings = streams.stream()
                .collect(Collectors.groupingBy(
                        (Function<ObservedStream, String>)
                                stream -> stream.ending().name(),
                        Collectors.counting()));
        System.out.println("restart storm: " + PROCESSES * WORKERS_EACH + " workers, " + CLIENTS + " clients, "
                + restarts
                + " restarts of " + WORKERS_EACH + " workers; endings " + endings + "; ms p50 / p99 / most: whole "
                + Spread.ofNanos(whole) + ", longest gap " + Spread.ofNanos(gaps));
        reasons(streams).forEach((reason, count) -> System.out.println("restart storm: " + count + " x " + reason));
        for (ObservedStream stream : streams) {
            switch (stream.ending()) {
                case COMPLETE ->
                    assertThat(stream.content())
                            .as("request %s", stream.request())
                            .isEqualTo(reference.content(stream.request()));
                case ERROR_EVENT, REFUSED ->
                    assertThat(stream.detail()).containsPattern("worker_lost|not_ready|overloaded");
                case CUT, SILENT, LATE -> throw new AssertionError(stream.ending() + ": " + stream.detail());
            }
        }
        assertThat(restarts).isGreaterThan(1);
        assertThat(streams.stream().map(ObservedStream::ending).collect(Collectors.toSet()))
                .contains(Ending.COMPLETE)
                .isSubsetOf(Set.of(Ending.COMPLETE, Ending.ERROR_EVENT, Ending.REFUSED));
    }
}

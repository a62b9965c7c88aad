package io.jynamo.router.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.WorkerId;
import io.jynamo.router.BusyRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClassedLineTest {
    private static final Map<String, Double> WEIGHTS = Map.of("a", 4.0, "b", 0.5);
    private static final List<PolicyClass> CLASSES = List.of(
            classOf("fair", QueuePolicy.FAIR, 20),
            classOf("first", QueuePolicy.FCFS, 3),
            classOf("short", QueuePolicy.WSPT, 70));

    private long numbers;

    @Test
    void itDecidesAsItsDefinition() {
        Random random = new Random(71);
        ClassedLine line = new ClassedLine(CLASSES, WEIGHTS);
        NaiveRounds naive = new NaiveRounds(CLASSES, WEIGHTS);
        List<Lane> lanes = new ArrayList<>();
        for (int i = 0; i < CLASSES.size(); i++) {
            lanes.add(lane(i));
            lanes.add(new Lane(new WorkerId(7), Set.of(), Set.of(), Set.of(), i));
        }
        int[] served = new int[CLASSES.size()];
        for (int step = 0; step < 30_000; step++) {
            Set<Lane> open = new HashSet<>(lanes);
            open.removeIf(lane -> random.nextInt(4) == 0);
            Entrant next = line.next(open::contains);
            assertThat(next).as("step %d", step).isEqualTo(naive.next(open));
            int choice = random.nextInt(100);
            if (choice < (step / 300 % 2 == 0 ? 60 : 30)) {
                Entrant added = any(random, lanes.get(random.nextInt(lanes.size())));
                line.add(added);
                naive.add(added);
            } else if (choice < 85 && next != null) {
                line.onServed(next);
                naive.serve(next);
                served[next.lane().policyClass()]++;
            } else if (choice < 95 && !naive.waiting().isEmpty()) {
                List<Entrant> waiting = naive.waiting();
                Entrant left = waiting.get(random.nextInt(waiting.size()));
                line.remove(left);
                naive.remove(left);
            } else if (choice >= 95) {
                line.onIdle();
                naive.idle();
            }
            assertThat(line.count()).isEqualTo(naive.waiting().size());
        }
        assertThat(Arrays.stream(served).min().orElseThrow()).isGreaterThan(1_000);
    }

    @Test
    void classesThatAlwaysWaitShareByTheirQuanta() {
        List<PolicyClass> classes =
                List.of(classOf("much", QueuePolicy.FCFS, 4_096), classOf("little", QueuePolicy.FCFS, 512));
        ClassedLine line = new ClassedLine(classes, Map.of());
        for (int i = 0; i < 4; i++) {
            line.add(entrant(lane(i % 2), i % 2 == 0 ? 900 : 70));
        }
        Map<Integer, Long> got = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            Entrant next = serve(line, Set.of(lane(0), lane(1)));
            got.merge(next.lane().policyClass(), next.uncachedTokens(), Long::sum);
            line.add(entrant(next.lane(), next.uncachedTokens()));
        }
        assertThat(got.getOrDefault(0, 0L) / (double) got.getOrDefault(1, 1L)).isBetween(7.9, 8.1);
    }

    @Test
    void aClassThatFindsNoRoomSavesNothingUp() {
        List<PolicyClass> classes =
                List.of(classOf("shut", QueuePolicy.FCFS, 100), classOf("open", QueuePolicy.FCFS, 100));
        ClassedLine line = new ClassedLine(classes, Map.of());
        for (int i = 0; i < 40; i++) {
            line.add(entrant(lane(0), 100));
            line.add(entrant(lane(1), 100));
        }
        for (int i = 0; i < 20; i++) {
            assertThat(serve(line, Set.of(lane(1))).lane()).isEqualTo(lane(1));
        }
        List<Integer> turns = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            turns.add(serve(line, Set.of(lane(0), lane(1))).lane().policyClass());
        }
        assertThat(turns).containsExactly(0, 1, 0, 1, 0, 1, 0, 1, 0, 1);
    }

    @Test
    void nobodyIsServedOutOfTurn() {
        ClassedLine line = new ClassedLine(CLASSES, WEIGHTS);
        Entrant one = entrant(lane(0), 5);
        line.add(one);
        assertThatThrownBy(() -> line.onServed(one)).isInstanceOf(IllegalStateException.class);
    }

    private static Entrant serve(ClassedLine line, Set<Lane> open) {
        Entrant next = Objects.requireNonNull(line.next(open::contains));
        line.onServed(next);
        return next;
    }

    private static PolicyClass classOf(String name, QueuePolicy policy, long quantum) {
        return new PolicyClass(name, policy, quantum, BusyRule.NEVER, PolicyClass.Limits.NONE);
    }

    private static Lane lane(int policyClass) {
        return new Lane(null, Set.of(), Set.of(), Set.of(), policyClass);
    }

    private Entrant entrant(Lane lane, long uncached) {
        return new Entrant(numbers++, lane, false, 0, 0, "t", uncached, uncached, numbers, Entrant.NEVER_DUE);
    }

    private Entrant any(Random random, Lane lane) {
        return new Entrant(
                numbers++,
                lane,
                random.nextInt(5) == 0,
                random.nextInt(3),
                random.nextInt(5) - 2,
                List.of("a", "b", "c").get(random.nextInt(3)),
                1L + random.nextInt(1_000),
                random.nextInt(300),
                numbers * 100_000_000L,
                Entrant.NEVER_DUE);
    }
}

package io.jynamo.router.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.WorkerId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WaitingLineTest {
    private static final Lane PINNED = new Lane(new WorkerId(7), Set.of(), Set.of(), Set.of(), 0);
    private static final Lane CHOSEN = new Lane(null, Set.of(new WorkerId(1)), Set.of(), Set.of(), 0);
    private static final List<Lane> LANES = List.of(Lane.ANY, Lane.ANY, Lane.ANY, PINNED, CHOSEN);
    private static final Map<String, Double> WEIGHTS = Map.of("a", 4.0, "b", 0.5);

    private long numbers;

    @ParameterizedTest
    @EnumSource
    void itDecidesAsItsDefinition(QueuePolicy policy) {
        Random random = new Random(policy.name().hashCode());
        WaitingLine line = new WaitingLine(policy, WEIGHTS);
        NaiveLine naive = new NaiveLine(policy, WEIGHTS);
        int served = 0;
        for (int step = 0; step < 30_000; step++) {
            Set<Lane> open = new HashSet<>(LANES.subList(random.nextInt(LANES.size()), LANES.size()));
            Entrant next = line.next(open::contains);
            assertThat(next).as("step %d", step).isEqualTo(naive.next(open));
            int choice = random.nextInt(100);
            // Longer and shorter lines take turns.
            if (choice < (step / 500 % 2 == 0 ? 55 : 35)) {
                Entrant added = any(random);
                line.add(added);
                naive.add(added);
                if (random.nextInt(8) == 0) {
                    assertThat(line.ahead(added)).as("step %d", step).isEqualTo(naive.ahead(added));
                }
            } else if (choice < 95 && next != null) {
                line.onServed(next);
                naive.serve(next);
                served++;
            } else if (!naive.waiting().isEmpty()) {
                Entrant left =
                        naive.waiting().get(random.nextInt(naive.waiting().size()));
                line.remove(left);
                naive.remove(left);
            } else {
                line.onIdle();
                naive.idle();
            }
            assertThat(line.count()).isEqualTo(naive.waiting().size());
        }
        assertThat(served).isGreaterThan(8_000);
    }

    @Test
    void tenantsThatAlwaysWaitShareByWeight() {
        WaitingLine line = new WaitingLine(QueuePolicy.FAIR, Map.of("heavy", 3.0));
        Map<String, Long> got = new HashMap<>();
        for (String tenant : List.of("heavy", "light")) {
            for (int i = 0; i < 3; i++) {
                line.add(of(tenant, tenant.equals("heavy") ? 100 : 700));
            }
        }
        for (int i = 0; i < 4_000; i++) {
            Entrant next = serve(line);
            got.merge(next.tenant(), next.cost(), Long::sum);
            line.add(of(next.tenant(), next.cost()));
        }
        assertThat(got.getOrDefault("heavy", 0L) / (double) got.getOrDefault("light", 1L))
                .isBetween(2.95, 3.05);
    }

    @Test
    void whoStayedAwayHasSavedNothing() {
        WaitingLine line = new WaitingLine(QueuePolicy.FAIR, Map.of());
        for (int i = 0; i < 1_000; i++) {
            line.add(of("busy", 10));
        }
        for (int i = 0; i < 500; i++) {
            serve(line);
        }
        for (int i = 0; i < 100; i++) {
            line.add(of("new", 10));
        }
        List<String> order = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            order.add(serve(line).tenant());
        }
        assertThat(order).filteredOn("new"::equals).hasSizeBetween(9, 11);
    }

    @Test
    void withinATenantTheEarliestDeadlineGoesFirstThenPriorityThenArrival() {
        WaitingLine line = new WaitingLine(QueuePolicy.FAIR, Map.of());
        Entrant plain = entrant(0, 0, Entrant.NEVER_DUE);
        Entrant sooner = entrant(400_000_000, 1, Entrant.NEVER_DUE);
        Entrant late = entrant(500_000_000, 0, 9_000_000_000L);
        Entrant early = entrant(600_000_000, 0, 8_000_000_000L);
        List.of(plain, sooner, late, early).forEach(line::add);
        assertThat(List.of(serve(line), serve(line), serve(line), serve(line)))
                .containsExactly(early, late, sooner, plain);
    }

    @Test
    void itForgetsTenantsThatAreGone() {
        TenantTags tags = new TenantTags(Map.of());
        for (int i = 0; i < 20 * TenantTags.MOST_REMEMBERED; i++) {
            tags.onWaiting("tenant " + i);
            tags.pay("tenant " + i, 1_000 + i);
            tags.onWaitingNoMore("tenant " + i);
            assertThat(tags.known()).isLessThanOrEqualTo(TenantTags.MOST_REMEMBERED + 1);
        }
        tags.forget();
        assertThat(tags.known()).isZero();
    }

    private static Entrant serve(WaitingLine line) {
        Entrant next = Objects.requireNonNull(line.next(lane -> true));
        line.onServed(next);
        return next;
    }

    private Entrant of(String tenant, long cost) {
        return new Entrant(numbers++, Lane.ANY, false, 0, 0, tenant, cost, cost, numbers, Entrant.NEVER_DUE);
    }

    private Entrant entrant(long arrived, int priority, long due) {
        return new Entrant(numbers++, Lane.ANY, false, 0, priority, "one", 5, 5, arrived, due);
    }

    private Entrant any(Random random) {
        String tenant = List.of("a", "b", "c", "d").get(random.nextInt(4));
        long cost = 1L + random.nextInt(1_000);
        return new Entrant(
                numbers++,
                LANES.get(random.nextInt(LANES.size())),
                random.nextInt(5) == 0,
                random.nextInt(3),
                random.nextInt(5) - 2,
                tenant,
                cost,
                1 + random.nextInt(30),
                numbers * 100_000_000L,
                random.nextInt(3) == 0
                        ? numbers * 100_000_000L + random.nextInt(20) * 100_000_000L
                        : Entrant.NEVER_DUE);
    }
}

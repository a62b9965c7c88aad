package io.jynamo.cli.graph.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.cli.graph.plan.RolePlan;
import io.jynamo.protocol.JynamoException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GraphCoreTest {
    private static final RestartLimits LIMITS =
            new RestartLimits(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(20), 3);
    private static final ReplicaId FRONTEND = new ReplicaId("frontend", 0);

    private GraphCore core;
    private long now = -5_000_000_000L; // clocks of this kind may begin below zero
    private final List<GraphEffect> done = new ArrayList<>();

    @BeforeEach
    void begin() {
        core = new GraphCore("g", 1, List.of(role("frontend", 1, 1, true), role("worker", 2, 100, false)), LIMITS);
        on(new GraphEvent.Begin());
    }

    private static RolePlan role(String name, int replicas, int most, boolean front) {
        return new RolePlan(name, List.of(name), Map.of(), replicas, most, Duration.ofSeconds(10), true, front);
    }

    private static ReplicaId worker(int index) {
        return new ReplicaId("worker", index);
    }

    /** What it says to do; what runs then is said to run, each in a process whose number tells replica and run. */
    private List<GraphEffect> on(GraphEvent event) {
        List<GraphEffect> effects = core.on(event, now);
        done.addAll(effects);
        for (GraphEffect effect : effects) {
            if (effect instanceof GraphEffect.Start start) {
                assertThat(core.on(new GraphEvent.Started(start.id(), start.run(), pid(start.id(), start.run())), now))
                        .isEmpty();
            }
        }
        return effects;
    }

    private static long pid(ReplicaId id, int run) {
        return 1000L * (id.role().equals("frontend") ? 1 : 2) + 100L * id.index() + run;
    }

    private List<GraphEffect> after(Duration time) {
        now += time.toNanos();
        return on(new GraphEvent.Tick());
    }

    private List<GraphEffect> ready(ReplicaId id, int run) {
        return on(new GraphEvent.Ready(id, run, id + "-address"));
    }

    private List<GraphEffect> ended(ReplicaId id, int run) {
        return on(new GraphEvent.Ended(id, run, "words " + run));
    }

    private void allReady() {
        ready(FRONTEND, 1);
        ready(worker(0), 1);
        ready(worker(1), 1);
    }

    private ReplicaStatus status(ReplicaId id) {
        return core.status(now)
                .replicas()
                .filter(replica -> replica.name().equals(id.toString()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void all_of_it_is_started_and_settled_when_all_is_ready() {
        assertThat(done)
                .containsExactly(
                        new GraphEffect.Start(FRONTEND, 1),
                        new GraphEffect.Start(worker(0), 1),
                        new GraphEffect.Start(worker(1), 1));
        assertThat(core.status(now).isSettled()).isFalse();
        allReady();
        assertThat(core.status(now).isSettled()).isTrue();
        assertThat(core.status(now).addresses()).containsExactly("frontend.0-address");
        assertThat(core.nextTick()).isEmpty();
    }

    @Test
    void one_that_dies_is_started_again_after_pauses_that_double_up_to_a_cap() {
        for (int run = 1; run <= 5; run++) {
            long pause = Math.min(5, 1L << (run - 1));
            assertThat(ended(worker(0), run)).isEmpty();
            assertThat(after(Duration.ofSeconds(pause).minusMillis(1))).isEmpty();
            assertThat(core.nextTick().orElseThrow()).isEqualTo(now + 1_000_000);
            assertThat(after(Duration.ofMillis(1))).containsExactly(new GraphEffect.Start(worker(0), run + 1));
        }
    }

    @Test
    void dying_often_is_said_with_its_words_until_it_is_ready() {
        for (int run = 1; run <= 3; run++) {
            assertThat(status(worker(0)).state()).isEqualTo(ReplicaState.STARTING);
            ended(worker(0), run);
            after(Duration.ofSeconds(5));
        }
        assertThat(status(worker(0)).state()).isEqualTo(ReplicaState.FAILING);
        assertThat(status(worker(0)).says()).isEqualTo("words 3");
        assertThat(status(worker(0)).restarts()).isEqualTo(3);
        assertThat(core.status(now).failing()).isPresent();
        ready(worker(0), 4);
        assertThat(status(worker(0)).state()).isEqualTo(ReplicaState.READY);
    }

    @Test
    void one_that_stayed_up_pauses_as_at_first_when_it_dies() {
        ended(worker(0), 1);
        after(Duration.ofSeconds(1));
        ended(worker(0), 2);
        after(Duration.ofSeconds(2));
        ready(worker(0), 3);
        after(Duration.ofSeconds(20));
        ended(worker(0), 3);
        assertThat(after(Duration.ofSeconds(1))).containsExactly(new GraphEffect.Start(worker(0), 4));
    }

    @Test
    void one_that_was_ready_for_a_moment_does_not_pause_as_at_first() {
        ended(worker(0), 1);
        after(Duration.ofSeconds(1));
        ready(worker(0), 2);
        after(Duration.ofSeconds(19));
        ended(worker(0), 2);
        assertThat(after(Duration.ofSeconds(1))).isEmpty();
        assertThat(after(Duration.ofSeconds(1))).containsExactly(new GraphEffect.Start(worker(0), 3));
    }

    @Test
    void news_of_an_earlier_run_change_nothing() {
        ended(worker(0), 1);
        after(Duration.ofSeconds(1));
        ended(worker(0), 1);
        ready(worker(0), 1);
        assertThat(status(worker(0)).state()).isEqualTo(ReplicaState.STARTING);
    }

    @Test
    void more_replicas_take_the_lowest_free_numbers() {
        allReady();
        on(new GraphEvent.End(pid(worker(0), 1), false));
        assertThat(on(new GraphEvent.Scale("worker", 4)))
                .containsExactly(new GraphEffect.Start(worker(2), 1), new GraphEffect.Start(worker(3), 1));
        assertThat(core.status(now).require("worker").isSettled()).isFalse();
    }

    @Test
    void fewer_replicas_drain_the_highest_numbers_and_are_killed_after_the_bound() {
        allReady();
        assertThat(on(new GraphEvent.Scale("worker", 1))).containsExactly(new GraphEffect.Drain(worker(1), 1));
        assertThat(status(worker(1)).state()).isEqualTo(ReplicaState.DRAINING);
        assertThat(after(Duration.ofSeconds(10))).containsExactly(new GraphEffect.Kill(worker(1), 1));
        assertThat(core.nextTick()).isEmpty();
        assertThat(ended(worker(1), 1)).isEmpty();
        assertThat(core.status(now).require("worker").replicas()).hasSize(1);
        assertThat(core.status(now).isSettled()).isTrue();
    }

    @Test
    void a_replica_that_waits_is_scaled_away_at_once() {
        ended(worker(1), 1);
        assertThat(on(new GraphEvent.Scale("worker", 1))).isEmpty();
        assertThat(core.status(now).require("worker").replicas()).hasSize(1);
        assertThat(after(Duration.ofMinutes(1))).isEmpty();
    }

    @Test
    void what_cannot_be_is_refused_and_changes_nothing() {
        allReady();
        assertThatThrownBy(() -> on(new GraphEvent.Scale("frontend", 2)))
                .isInstanceOf(JynamoException.class)
                .hasMessageContaining("0 to 1")
                .hasMessageContaining("port 0");
        assertThatThrownBy(() -> on(new GraphEvent.Restart("wroker")))
                .hasMessage("graph g has no role wroker; it has frontend, worker");
        assertThatThrownBy(() -> on(new GraphEvent.End(4711, true)))
                .hasMessage("process 4711 is none that graph g runs");
        assertThatThrownBy(() -> on(new GraphEvent.End(0, true))).hasMessageContaining("process 0");
        assertThat(core.status(now).isSettled()).isTrue();
    }

    @Test
    void a_restart_takes_one_after_the_other_each_when_the_one_before_is_ready() {
        allReady();
        assertThat(on(new GraphEvent.Restart("worker"))).containsExactly(new GraphEffect.Drain(worker(0), 1));
        assertThat(ended(worker(0), 1)).containsExactly(new GraphEffect.Start(worker(0), 2));
        assertThat(core.status(now).require("worker").restarting()).isEqualTo(2);
        // It dies once more on its way: the other goes on serving.
        assertThat(ended(worker(0), 2)).isEmpty();
        assertThat(after(Duration.ofSeconds(1))).containsExactly(new GraphEffect.Start(worker(0), 3));
        assertThat(ready(worker(0), 3)).containsExactly(new GraphEffect.Drain(worker(1), 1));
        assertThat(ended(worker(1), 1)).containsExactly(new GraphEffect.Start(worker(1), 2));
        assertThat(ready(worker(1), 2)).isEmpty();
        assertThat(core.status(now).isSettled()).isTrue();
    }

    @Test
    void a_restart_goes_on_when_the_one_whose_turn_it_is_leaves() {
        allReady();
        on(new GraphEvent.Scale("worker", 3));
        ready(worker(2), 1);
        on(new GraphEvent.Restart("worker"));
        ended(worker(0), 1);
        assertThat(ready(worker(0), 2)).containsExactly(new GraphEffect.Drain(worker(1), 1));
        on(new GraphEvent.Scale("worker", 1)); // 2 and the one that drains leave
        assertThat(ended(worker(1), 1)).isEmpty();
        assertThat(ended(worker(2), 1)).isEmpty();
        assertThat(core.status(now).isSettled()).isTrue();
    }

    @Test
    void a_killed_process_comes_back_without_being_a_failure() {
        allReady();
        for (int run = 1; run <= 4; run++) {
            assertThat(on(new GraphEvent.End(pid(worker(0), run), true)))
                    .containsExactly(new GraphEffect.Kill(worker(0), run));
            assertThat(ended(worker(0), run)).isEmpty();
            assertThat(after(Duration.ofSeconds(1))).containsExactly(new GraphEffect.Start(worker(0), run + 1));
            ready(worker(0), run + 1);
        }
        assertThat(status(worker(0)).state()).isEqualTo(ReplicaState.READY);
        assertThat(status(worker(0)).says()).isEmpty();
    }

    @Test
    void a_drained_process_is_started_again_when_it_has_ended() {
        allReady();
        long pid = pid(worker(0), 1);
        assertThat(on(new GraphEvent.End(pid, false))).containsExactly(new GraphEffect.Drain(worker(0), 1));
        assertThatThrownBy(() -> on(new GraphEvent.End(pid, false))).hasMessageContaining("is draining already");
        assertThat(ended(worker(0), 1)).containsExactly(new GraphEffect.Start(worker(0), 2));
    }

    @Test
    void stopping_ends_who_serves_clients_first_and_starts_nothing() {
        allReady();
        ended(worker(1), 1);
        assertThat(on(new GraphEvent.Stop())).containsExactly(new GraphEffect.Drain(FRONTEND, 1));
        assertThat(core.status(now).require("worker").replicas()).hasSize(1); // the other waited
        assertThat(on(new GraphEvent.Stop())).isEmpty();
        assertThatThrownBy(() -> on(new GraphEvent.Scale("worker", 5))).hasMessage("graph g is stopping");
        assertThat(ended(FRONTEND, 1)).containsExactly(new GraphEffect.Drain(worker(0), 1));
        assertThat(core.status(now).finished()).isFalse();
        assertThat(ended(worker(0), 1)).containsExactly(new GraphEffect.Finish());
        assertThat(core.status(now).finished()).isTrue();
        assertThat(after(Duration.ofHours(1))).isEmpty();
    }

    @Test
    void a_worker_that_dies_while_clients_are_still_served_holds_up_no_stop() {
        allReady();
        on(new GraphEvent.Stop());
        assertThat(ended(worker(0), 1)).isEmpty();
        assertThat(core.nextTick().orElseThrow()).isGreaterThan(now); // that of the frontend's bound
        assertThat(ended(FRONTEND, 1)).containsExactly(new GraphEffect.Drain(worker(1), 1));
        assertThat(ended(worker(1), 1)).containsExactly(new GraphEffect.Finish());
    }
}

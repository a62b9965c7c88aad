package io.jynamo.frontend.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fleet.MoveLedger.Moves;
import io.jynamo.protocol.WorkerId;
import io.jynamo.protocol.WorkerLoad;
import io.jynamo.protocol.WorkerState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FleetLogTest {
    private static final WorkerId ONE = new WorkerId(0xA1);
    private static final WorkerId TWO = new WorkerId(0xB2);

    private final FleetLog log = new FleetLog();
    private long now = 1_000_000;

    @Test
    void aWorkerIsNumberedInTheOrderItWasSeen() {
        see(Map.of(), ready(ONE));
        see(Map.of(), ready(ONE), member(TWO, WorkerState.LOADING));
        see(Map.of(), ready(ONE), ready(TWO));
        assertThat(texts()).containsExactly("worker 1 joined", "worker 2 joined");
        assertThat(log.standings().stream().map(FleetLog.Standing::number)).containsExactly(1, 2);
    }

    @Test
    void aWorkerThatLoadsForLongIsIntroducedBeforeItIsReady() {
        for (int i = 0; i < 20; i++) {
            see(Map.of(), member(ONE, WorkerState.LOADING));
        }
        assertThat(texts()).containsExactly("worker 1 joined, loading");
        see(Map.of(), ready(ONE));
        assertThat(texts()).containsExactly("worker 1 joined, loading", "worker 1 is ready");
    }

    @Test
    void goneAndWhatBecameOfItsStreamsIsOneSentence() {
        see(Map.of(), ready(ONE), ready(TWO));
        see(Map.of(TWO, new Moves(2, 1, 0, 4_000_000)), ready(ONE), member(TWO, WorkerState.UNREACHABLE));
        assertThat(texts()).as("while streams look for a worker").doesNotContain("worker 2 gone");
        see(Map.of(TWO, new Moves(0, 2, 0, 400_000_000)), ready(ONE), member(TWO, WorkerState.UNREACHABLE));
        assertThat(texts().getLast()).isEqualTo("worker 2 gone, 3 streams moved in 0.4 s");
        see(Map.of(), ready(ONE));
        see(Map.of(), ready(ONE));
        assertThat(texts()).as("that it is announced no more is no news").hasSize(3);
    }

    @Test
    void streamsThatMoveBeforeTheirWorkerIsSeenToBeGoneAreInItsSentence() {
        see(Map.of(), ready(ONE));
        see(Map.of(ONE, new Moves(0, 1, 0, 12_000_000)), ready(ONE));
        see(Map.of(), member(ONE, WorkerState.UNREACHABLE));
        see(Map.of(), member(ONE, WorkerState.UNREACHABLE));
        assertThat(texts()).containsExactly("worker 1 joined", "worker 1 gone, 1 stream moved in 12 ms");
    }

    @Test
    void streamsThatNobodyTakesAreSaidAfterAWhile() {
        see(Map.of(), ready(ONE));
        see(Map.of(ONE, new Moves(3, 0, 0, 0)), member(ONE, WorkerState.UNREACHABLE));
        for (int i = 0; i < 30; i++) {
            see(Map.of(ONE, new Moves(3, 0, 0, 0)), member(ONE, WorkerState.UNREACHABLE));
        }
        assertThat(texts()).contains("worker 1 gone, 3 streams without a worker still");
        see(Map.of(ONE, new Moves(0, 2, 1, 7_200_000_000L)), member(ONE, WorkerState.UNREACHABLE));
        see(Map.of(), member(ONE, WorkerState.UNREACHABLE));
        assertThat(texts().getLast())
                .isEqualTo("worker 1 lost streams: 2 streams moved in 7.2 s, 1 stream ended before finding one");
    }

    @Test
    void aSuspendedWorkerAnswersAgain() {
        see(Map.of(), ready(ONE));
        suspended = Set.of(ONE);
        see(Map.of(ONE, new Moves(0, 4, 0, 3_100_000_000L)), ready(ONE));
        see(Map.of(), ready(ONE));
        assertThat(log.standings().getFirst().state()).isEqualTo(FleetState.SUSPENDED);
        suspended = Set.of();
        see(Map.of(), ready(ONE));
        assertThat(texts())
                .containsExactly(
                        "worker 1 joined", "worker 1 suspended, 4 streams moved in 3.1 s", "worker 1 answers again");
    }

    @Test
    void aWorkerThatIsAnnouncedNoMoreDrainsWhileItStillServes() {
        see(Map.of(), ready(ONE));
        served = Map.of(ONE, 2);
        see(Map.of());
        assertThat(log.standings().getFirst().state()).isEqualTo(FleetState.DRAINING);
        served = Map.of();
        see(Map.of());
        see(Map.of());
        assertThat(texts()).containsExactly("worker 1 joined", "worker 1 draining", "worker 1 gone");
    }

    @Test
    void aWorkerThatIsGoneIsForgottenAfterAMinute() {
        see(Map.of(), ready(ONE));
        see(Map.of());
        see(Map.of());
        assertThat(log.standings()).hasSize(1);
        now += 61_000;
        see(Map.of());
        assertThat(log.standings()).isEmpty();
    }

    @Test
    void neitherEventsNorGoneWorkersPileUp() {
        for (int i = 0; i < 1_000; i++) {
            see(Map.of(), ready(new WorkerId(1_000 + i)));
        }
        assertThat(log.events()).hasSize(FleetLog.EVENTS);
        assertThat(log.events().getLast().sequence()).isGreaterThan(1_000);
        assertThat(log.standings()).hasSizeLessThan(210);
    }

    @Test
    void whatWasAskedForIsNoted() {
        see(Map.of(), ready(ONE));
        log.onControl(ONE, "kill", now);
        assertThat(texts().getLast()).isEqualTo("kill of worker 1 asked for");
    }

    private Set<WorkerId> suspended = Set.of();
    private Map<WorkerId, Integer> served = Map.of();

    private void see(Map<WorkerId, Moves> moves, FleetMember... members) {
        now += 250;
        log.on(new FleetSample(List.of(members), suspended, served, moves, now));
    }

    private List<String> texts() {
        return new ArrayList<>(log.events().stream().map(FleetEvent::text).toList());
    }

    private static FleetMember ready(WorkerId id) {
        return member(id, WorkerState.READY);
    }

    private static FleetMember member(WorkerId id, WorkerState state) {
        return new FleetMember(id, "m", "sim", "127.0.0.1:1", null, state, new WorkerLoad(0, 0, 0, 0, 0), "");
    }
}

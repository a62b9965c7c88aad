package io.jynamo.frontend.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.fleet.MoveLedger.Moves;
import io.jynamo.protocol.WorkerId;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MoveLedgerTest {
    private static final WorkerId LOST = new WorkerId(3);

    private final MoveLedger ledger = new MoveLedger();

    @Test
    void aMoveLastsFromItsFirstAttemptToItsWorker() {
        ledger.onLooking("move", "stream", LOST, 100);
        ledger.onLooking("move", "stream", LOST, 900);
        assertThat(ledger.isLooking("stream")).isTrue();
        assertThat(ledger.take()).containsExactly(Map.entry(LOST, new Moves(1, 0, 0, 0)));
        ledger.onMoved("move", 1_000);
        assertThat(ledger.isLooking("stream")).isFalse();
        assertThat(ledger.take()).containsExactly(Map.entry(LOST, new Moves(0, 1, 0, 900)));
        assertThat(ledger.take()).isEmpty();
    }

    @Test
    void aStreamThatEndsLooksNoMore() {
        ledger.onLooking("first", "stream", LOST, 1);
        ledger.onLooking("second", "stream", LOST, 1);
        ledger.onLooking("other", "another", LOST, 1);
        ledger.onEnd("stream");
        ledger.onMoved("first", 50);
        assertThat(ledger.take()).containsExactly(Map.entry(LOST, new Moves(1, 0, 2, 0)));
        ledger.onEnd("another");
        ledger.onEnd("nobody");
        assertThat(ledger.take()).containsExactly(Map.entry(LOST, new Moves(0, 0, 1, 0)));
    }

    @Test
    void theSlowestOfManyCounts() {
        for (int i = 1; i <= 5; i++) {
            ledger.onLooking(i, "stream " + i, LOST, 0);
        }
        for (int i = 1; i <= 5; i++) {
            ledger.onMoved(i, 10L * i);
        }
        assertThat(ledger.take()).containsExactly(Map.entry(LOST, new Moves(0, 5, 0, 50)));
    }
}

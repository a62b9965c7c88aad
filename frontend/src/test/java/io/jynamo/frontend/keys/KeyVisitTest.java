package io.jynamo.frontend.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyVisitTest {
    private final List<AuditRow> rows = new ArrayList<>();
    private long nanos = 1_000_000_000;

    private final KeyClock clock = new KeyClock() {
        @Override
        public long nanos() {
            return nanos;
        }

        @Override
        public long epochMillis() {
            return 1_700_000_000_000L;
        }
    };

    private final AuditSink sink = new AuditSink() {
        @Override
        public int payloadBytes() {
            return 0;
        }

        @Override
        public void offer(AuditRow row) {
            rows.add(row);
        }
    };

    /** Its first token is measured from the same moment: a row in which it came behind the end would be nonsense. */
    @Test
    void a_request_lasts_from_when_its_connection_took_it() {
        KeyRing ring = new KeyRing(List.of(), false, clock, sink);
        KeyVisit visit = ring.visit(new Guest("POST", "/v1/chat/completions", List.of(), null));
        nanos += 5_000_000; // classes are loaded, keys looked up
        visit.onClient(null, 30_000_000);
        nanos += 12_000_000;
        visit.onOver();
        visit.onOver();
        assertThat(rows).extracting(AuditRow::durationNanos).containsExactly(42_000_000L);
    }
}

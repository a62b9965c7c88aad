package io.jynamo.frontend.resume;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EventLogTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static EventLog log(MemoryBudget budget, int limit) {
        assertThat(EventLog.reserve(budget)).isTrue();
        return EventLog.open(budget, limit);
    }

    @Test
    void keepsTheNewestBytesAsAPlainArrayWould() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 20; round++) {
            int limit = EventLog.LEAST_BYTES << random.nextInt(4);
            MemoryBudget budget = new MemoryBudget(random.nextBoolean() ? 1 << 20 : 2L * EventLog.LEAST_BYTES);
            EventLog log = log(budget, limit);
            byte[] all = new byte[400_000];
            int end = 0;
            while (true) {
                byte[] more = new byte[random.nextInt(random.nextBoolean() ? 300 : 40_000)];
                random.nextBytes(more);
                if (end + more.length > all.length) {
                    break;
                }
                System.arraycopy(more, 0, all, end, more.length);
                end += more.length;
                log.append(more, more.length);
                assertThat(log.end()).as("seed %d", seed).isEqualTo(end);
                assertThat(log.end() - log.start()).as("seed %d", seed).isLessThanOrEqualTo(limit);
                byte[] kept = new byte[(int) (log.end() - log.start())];
                assertThat(log.copy(log.start(), kept, kept.length)).isEqualTo(kept.length);
                assertThat(kept).as("seed %d", seed).isEqualTo(Arrays.copyOfRange(all, (int) log.start(), end));
            }
            log.close();
            assertThat(budget.taken()).isZero();
        }
    }

    @Test
    void growsNoFurtherThanTheBudgetOfAllAllows() {
        MemoryBudget budget = new MemoryBudget(3L * EventLog.LEAST_BYTES);
        EventLog log = log(budget, 1 << 20);
        byte[] much = new byte[200_000];
        log.append(much, much.length);
        assertThat(log.end() - log.start()).isEqualTo(2L * EventLog.LEAST_BYTES);
        assertThat(EventLog.reserve(budget)).isTrue();
        assertThat(EventLog.reserve(budget)).isFalse();
    }

    @Test
    void findsWhatFollowsAnEvent() {
        EventLog log = log(new MemoryBudget(1 << 20), 1 << 16);
        byte[] first = bytes("id: t.0\ndata: one\n\n");
        byte[] second = bytes("id: t." + first.length + "\ndata: two\n\n");
        log.append(first, first.length);
        log.append(second, second.length);
        assertThat(log.after(0, "id: t.0")).isEqualTo(first.length);
        assertThat(log.after(first.length, "id: t." + first.length)).isEqualTo(log.end());
    }

    @Test
    void anOffsetAtWhichNoEventBeginsIsNone() {
        EventLog log = log(new MemoryBudget(1 << 20), 1 << 16);
        byte[] event = bytes("id: t.0\ndata: one\n\n");
        log.append(event, event.length);
        for (int offset = -1; offset < 2 * event.length; offset++) {
            if (offset != 0) {
                assertThat(log.after(offset, "id: t." + offset)).isEqualTo(-1);
            }
        }
        assertThat(log.after(Long.MAX_VALUE - 2, "id: t.0")).isEqualTo(-1);
    }
}

package io.jynamo.frontend.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.routing.ReplicaEvent.Binding;
import io.jynamo.frontend.routing.ReplicaEvent.Bound;
import io.jynamo.frontend.routing.ReplicaEvent.Freed;
import io.jynamo.frontend.routing.ReplicaEvent.Given;
import io.jynamo.frontend.routing.ReplicaEvent.Prefilled;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The bytes are those that Dynamo 1.6.1's selection service and slot tracker published. */
class ReplicaWireTest {
    private static final String PARTITION = "aa6d6f64656c5f6e616d65a16dad726f7574696e675f67726f7570a764656661756c74";
    private static final String EVENT =
            "84" + PARTITION + "aa626c6f636b5f73697a6504a56576656e7485aa726571756573745f6964";
    private static final String WORKER = "a6776f726b657282a9776f726b65725f696401a764705f72616e6b00a464617461";
    private static final String LORA = "a96c6f72615f6e616d65c0";
    private static final String GIVEN = EVENT + "a27231" + WORKER
            + "81aa4164645265717565737484ae746f6b656e5f73657175656e636592cfcb38e4d7fb2dca5ccf44a2b2379d6d3c3db4747261636b5f70"
            + "726566696c6c5f746f6b656e73c3b665787065637465645f6f75747075745f746f6b656e7332b170726566696c6c5f6c6f61645f68696e74"
            + "82d920696e697469616c5f6566666563746976655f70726566696c6c5f746f6b656e730ab965787065637465645f70726566696c6c5f6475"
            + "726174696f6ec0a9726f757465725f6964cf7b2f630d2c436ad5" + LORA;
    private static final String GIVEN_BY_TRACKER = EVENT + "a27131" + WORKER
            + "81aa4164645265717565737484ae746f6b656e5f73657175656e6365920bcffffffffffffffff4b4747261636b5f70726566696c6c5f746f"
            + "6b656e73c3b665787065637465645f6f75747075745f746f6b656e73c0b170726566696c6c5f6c6f61645f68696e7482d920696e69746961"
            + "6c5f6566666563746976655f70726566696c6c5f746f6b656e7309b965787065637465645f70726566696c6c5f6475726174696f6ec0a972"
            + "6f757465725f6964cfcf18576717f0c6af" + LORA;
    private static final String PREFILLED = EVENT + "a27231" + WORKER
            + "b44d61726b50726566696c6c436f6d706c65746564a9726f757465725f6964cf7b2f630d2c436ad5" + LORA;
    private static final String FREED =
            EVENT + "a27131" + WORKER + "a446726565a9726f757465725f6964cfcf18576717f0c6af" + LORA;
    private static final String BOUND = "87" + PARTITION
            + "aa73657373696f6e5f6964a27331a9776f726b65725f696401a764705f72616e6b00a873657175656e6365cf18ec1f64411e80c6a97772"
            + "697465725f6964cf7b2f630d2c436ad5";

    private static final PartitionKey KEY = new PartitionKey("m", "default");
    private static final Rank RANK = new Rank(1, 0);
    private static final long SELECTOR = 0x7b2f630d2c436ad5L;
    private static final long TRACKER = 0xcf18576717f0c6afL;

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static ReplicaWire.Told read(String hex) {
        return Objects.requireNonNull(ReplicaWire.read(ReplicaWire.LOAD, bytes(hex)), hex);
    }

    @Test
    void what_dynamo_tells_is_understood() {
        ReplicaWire.Told told = read(GIVEN);
        assertThat(told.teller()).isEqualTo(SELECTOR);
        assertThat(told.event()).isInstanceOfSatisfying(Given.class, given -> {
            assertThat(given.key()).isEqualTo(KEY);
            assertThat(given.blockTokens()).isEqualTo(4);
            assertThat(given.request()).isEqualTo("r1");
            assertThat(given.rank()).isEqualTo(RANK);
            assertThat(given.sequences()).containsExactly(-3803038269031200164L, 4945711292740353085L);
            assertThat(given.prefillTokens()).isEqualTo(10);
            assertThat(given.outputTokens()).isEqualTo(50);
        });
        assertThat(read(GIVEN_BY_TRACKER).event()).isInstanceOfSatisfying(Given.class, given -> {
            assertThat(given.sequences()).containsExactly(11, -12);
            assertThat(given.prefillTokens()).isEqualTo(9);
            assertThat(given.outputTokens()).isZero();
        });
        assertThat(read(PREFILLED)).isEqualTo(new ReplicaWire.Told(new Prefilled(KEY, 4, "r1", RANK), SELECTOR));
        assertThat(read(FREED)).isEqualTo(new ReplicaWire.Told(new Freed(KEY, 4, "q1", RANK), TRACKER));
        assertThat(ReplicaWire.read(ReplicaWire.SESSIONS, bytes(BOUND)))
                .isEqualTo(new ReplicaWire.Told(
                        new Bound(KEY, "s1", new Binding(1, 0, 1795844866863694022L, SELECTOR)), SELECTOR));
    }

    @Test
    void what_is_told_are_the_bytes_that_dynamo_tells() {
        long[] sequences = {-3803038269031200164L, 4945711292740353085L};
        assertThat(ReplicaWire.bytes(new Given(KEY, 4, "r1", RANK, sequences, 10, 50), SELECTOR))
                .isEqualTo(bytes(GIVEN));
        assertThat(ReplicaWire.bytes(new Given(KEY, 4, "q1", RANK, new long[] {11, -12}, 9, 0), TRACKER))
                .isEqualTo(bytes(GIVEN_BY_TRACKER));
        assertThat(ReplicaWire.bytes(new Prefilled(KEY, 4, "r1", RANK), SELECTOR))
                .isEqualTo(bytes(PREFILLED));
        assertThat(ReplicaWire.bytes(new Freed(KEY, 4, "q1", RANK), TRACKER)).isEqualTo(bytes(FREED));
        assertThat(ReplicaWire.bytes(new Bound(KEY, "s1", new Binding(1, 0, 1795844866863694022L, SELECTOR)), SELECTOR))
                .isEqualTo(bytes(BOUND));
    }

    @Test
    void ids_and_ranks_are_unsigned_and_a_rank_may_be_missing() {
        Rank last = new Rank(-1, -1);
        byte[] told = ReplicaWire.bytes(new Freed(KEY, 16, "x", last), -1);
        assertThat(ReplicaWire.read(ReplicaWire.LOAD, told))
                .isEqualTo(new ReplicaWire.Told(new Freed(KEY, 16, "x", last), -1));
        var anyRank = new Bound(KEY, "s", new Binding(7, null, 1, 2));
        assertThat(ReplicaWire.read(ReplicaWire.SESSIONS, ReplicaWire.bytes(anyRank, 2)))
                .isEqualTo(new ReplicaWire.Told(anyRank, 2));
    }

    @Test
    void a_message_that_ends_early_or_was_changed_is_none_or_another_and_never_fails() {
        var random = new SplittableRandom(3);
        int unread = 0;
        for (String hex : new String[] {GIVEN, PREFILLED, BOUND}) {
            String topic = hex.equals(BOUND) ? ReplicaWire.SESSIONS : ReplicaWire.LOAD;
            byte[] whole = bytes(hex);
            for (int length = 0; length < whole.length; length++) {
                assertThat(ReplicaWire.read(topic, Arrays.copyOf(whole, length)))
                        .as("%d bytes of %s", length, hex)
                        .isNull();
            }
            for (int i = 0; i < 20_000; i++) {
                byte[] changed = whole.clone();
                for (int at = random.nextInt(1, 4); at > 0; at--) {
                    changed[random.nextInt(changed.length)] = (byte) random.nextInt();
                }
                unread += ReplicaWire.read(topic, changed) == null ? 1 : 0;
            }
        }
        assertThat(unread).isBetween(10_000, 60_000);
    }

    @Test
    void numbers_of_tokens_that_are_none_make_no_event() {
        String output = "746f6b656e7332b170";
        for (String wrong : new String[] {"746f6b656e73ffb170", "746f6b656e73cf8000000000000000b170"}) {
            assertThat(GIVEN).contains(output);
            assertThat(ReplicaWire.read(ReplicaWire.LOAD, bytes(GIVEN.replace(output, wrong))))
                    .as(wrong)
                    .isNull();
        }
    }

    @Test
    void a_count_that_no_message_of_that_size_can_hold_is_not_believed() {
        String huge = GIVEN.replace("656e636592cf", "656e6365dd7fffffffcf");
        assertThat(huge).isNotEqualTo(GIVEN);
        assertThat(ReplicaWire.read(ReplicaWire.LOAD, bytes(huge))).isNull();
        assertThat(ReplicaWire.read(ReplicaWire.LOAD, bytes("df7fffffff"))).isNull();
        assertThat(ReplicaWire.read(ReplicaWire.LOAD, bytes("81a161".repeat(5_000) + "c0")))
                .as("nested without end")
                .isNull();
    }
}

package io.jynamo.cli.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.WorkerId;
import io.jynamo.runtime.discovery.Entry;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is announced of a worker, by us and by whoever else can write to the store. */
class InstanceRecordTest {
    private static final String VALUE = "{\"host\":\"127.0.0.1\",\"port\":9000,\"engine\":\"sim\",\"models\":[\"m\"]}";

    @Test
    void what_is_announced_is_read_back() {
        var record = new InstanceRecord(
                new WorkerId(0xab), "worker-7", 9000, "vllm", List.of("a", "b"), OptionalLong.of(4711));

        Entry entry = record.entry("blue");

        assertThat(entry.key()).isEqualTo("instances/blue/worker/generate/ab");
        assertThat(InstanceRecord.of(entry)).isEqualTo(record);
    }

    @Test
    void one_that_does_not_say_its_process_is_read_too() {
        var without = new InstanceRecord(new WorkerId(42), "127.0.0.1", 9000, "sim", List.of("a"));

        assertThat(InstanceRecord.of(without.entry("blue"))).isEqualTo(without);
        byte[] odd = "{\"host\":\"h\",\"port\":1,\"pid\":\"none\"}".getBytes(UTF_8);
        assertThat(InstanceRecord.of(new Entry(without.entry("blue").key(), odd))
                        .pid())
                .isEmpty();
    }

    /** A second announcement of the same worker, when it is withdrawn, would take the worker from its frontends. */
    @ParameterizedTest
    @ValueSource(strings = {"0ab", "AB", "00000000000000ab", "0", "-1", "ab/ab", "11111111111111111", "worker"})
    void an_id_in_another_spelling_is_no_worker(String id) {
        refused("instances/default/worker/generate/" + id, VALUE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "instances/default/other/generate/ab",
                "ab",
                "instances/a/b/worker/generate/ab",
                "x/d/worker/generate/ab"
            })
    void a_key_elsewhere_is_no_worker(String key) {
        refused(key, VALUE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{",
                "{}",
                "{\"host\":\"\",\"port\":9000}",
                "{\"host\":\"h\",\"port\":0}",
                "{\"host\":\"h\",\"port\":65536}",
                "{\"host\":\"h\",\"port\":-1}",
                "{\"host\":\"h\",\"port\":1e99}",
                "{\"host\":{},\"port\":\"x\"}"
            })
    void a_value_without_an_address_is_no_worker(String value) {
        refused("instances/default/worker/generate/ab", value);
    }

    @Test
    void whatever_stands_there_is_read_or_refused() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] value = VALUE.getBytes(UTF_8);
            for (int change = random.nextInt(4); change > 0; change--) {
                value[random.nextInt(value.length)] = (byte) random.nextInt(256);
            }
            try {
                InstanceRecord.of(new Entry("instances/default/worker/generate/ab", value));
                read++;
            } catch (JynamoException refused) {
                assertThat(refused.code()).as("seed %s", seed).isEqualTo(ErrorCode.INVALID_REQUEST);
            }
        }
        assertThat(read).as("those that were not changed, and some that were").isBetween(4_000, 19_000);
    }

    private static void refused(String key, String value) {
        var entry = new Entry(key, value.getBytes(UTF_8));
        assertThatThrownBy(() -> InstanceRecord.of(entry))
                .isInstanceOfSatisfying(
                        JynamoException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                .hasMessageContaining(key);
    }
}

package io.jynamo.cli.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.WorkerId;
import io.jynamo.runtime.discovery.Entry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class InstanceRecordTest {
    @Test
    void what_is_announced_is_read_back() {
        var record = new InstanceRecord(
                new WorkerId(42), "127.0.0.1", 9000, "sim", List.of("a", "b"), OptionalLong.of(4711));

        assertThat(InstanceRecord.of(record.entry("blue"))).isEqualTo(record);
    }

    @Test
    void one_that_does_not_say_its_process_is_read_too() {
        var without = new InstanceRecord(new WorkerId(42), "127.0.0.1", 9000, "sim", List.of("a"));

        assertThat(InstanceRecord.of(without.entry("blue"))).isEqualTo(without);
        byte[] odd = "{\"host\":\"h\",\"port\":1,\"pid\":\"none\"}".getBytes(StandardCharsets.UTF_8);
        assertThat(InstanceRecord.of(new Entry(without.entry("blue").key(), odd))
                        .pid())
                .isEmpty();
    }
}

package io.jynamo.frontend.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.frontend.routing.KvSource.Known;
import io.jynamo.protocol.KvEvent.Tier;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class InheritanceTest {
    /** As Dynamo's indexer wrote it. */
    private static final String DUMP = """
            {"m:default":{"block_size":4,"events":[
            {"worker_id":1,"storage_tier":"device","residency_domain":"worker","event":{"event_id":0,"data":{"stored":
            {"parent_hash":null,"start_position":null,"blocks":[
            {"block_hash":101,"tokens_hash":14643705804678351452,"mm_extra_info":null},
            {"block_hash":102,"tokens_hash":16777012769546811212,"mm_extra_info":null}]}},"dp_rank":0}},
            {"worker_id":1,"storage_tier":"host_pinned","residency_domain":"worker","event":{"event_id":0,"data":{"stored":
            {"parent_hash":102,"start_position":null,"blocks":[
            {"block_hash":103,"tokens_hash":483935686894639516,"mm_extra_info":null}]}},"dp_rank":0}}]}}
            """;

    @Test
    void a_dump_of_dynamos_is_read() {
        byte[] bytes = DUMP.getBytes(StandardCharsets.UTF_8);
        Inheritance read = Inheritance.parse(bytes);
        PartitionKey key = new PartitionKey("m", "default");
        assertThat(read.of(key, new Rank(1, 0), 4))
                .containsExactly(
                        new Known(101, null, Long.parseUnsignedLong("14643705804678351452"), Tier.DEVICE),
                        new Known(102, 101L, Long.parseUnsignedLong("16777012769546811212"), Tier.DEVICE),
                        new Known(103, 102L, 483935686894639516L, Tier.HOST));
        assertThat(read.of(key, new Rank(1, 0), 8)).as("another block size").isEmpty();
        assertThat(read.of(key, new Rank(2, 0), 4)).isEmpty();
        assertThat(read.of(new PartitionKey("q", "default"), new Rank(1, 0), 4)).isEqualTo(List.of());
    }
}

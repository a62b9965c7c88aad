package io.jynamo.engine.sglang;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.engine.attached.AttachOptions;
import io.jynamo.engine.attached.FakeServer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The ranks behind one server, as SGLang 0.5.23 with two of them answered on a CPU, and as others may. */
class SglangRanksTest {
    @ParameterizedTest
    @CsvSource({
        "2,1,1,2,2", // replicas
        "1,4,1,4,4", // attention's groups
        "4,4,1,4,4", // the same said twice
        "2,1,1,99,1", // a version that does not read the rank
        "2,1,2,2,1", // on two nodes
        "1,1,1,1,1"
    })
    void ranksCountWhereTheServerRefusesOneThatThereIsNot(
            int replicas, int groups, int nodes, int obeyed, int expected) {
        try (FakeServer server = new FakeServer((call, reply) -> {
            if (call.path().equals("/server_info")) {
                reply.whole(
                        200,
                        "application/json",
                        "{\"dp_size\":%d,\"attn_dp_size\":%d,\"nnodes\":%d}".formatted(replicas, groups, nodes));
                return;
            }
            JsonNode asked = JsonMapper.shared().readTree(call.body());
            assertThat(asked.path("data_parallel_rank")).isEqualTo(asked.path("routed_dp_rank"));
            boolean known = asked.path("routed_dp_rank").intValue() < obeyed;
            reply.whole(known ? 200 : 400, "application/json", "{}");
        })) {
            assertThat(SglangRanks.count(AttachOptions.of(server.url()))).isEqualTo(expected);
        }
    }
}

package io.jynamo.engine.vllm;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.engine.attached.AttachOptions;
import io.jynamo.engine.attached.FakeServer;
import io.jynamo.engine.attached.PrometheusText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** The ranks behind one server and where they publish, as vLLM 0.32 with two of them answered on a CPU. */
class VllmRanksTest {
    private static final String TWO = """
            vllm:cache_config_info{block_size="32",engine="0",num_gpu_blocks="8192"} 1.0
            vllm:cache_config_info{block_size="32",engine="1",num_gpu_blocks="8192"} 1.0
            """;

    @ParameterizedTest
    @ValueSource(ints = {200, 400})
    void ranksCountWhereTheServerRefusesOneThatThereIsNot(int status) {
        try (FakeServer server = new FakeServer((call, reply) -> {
            switch (call.path()) {
                case "/metrics" -> reply.whole(200, "text/plain", TWO);
                case "/v1/models" -> reply.whole(200, "application/json", "{\"data\":[{\"id\":\"m\"}]}");
                default ->
                    reply.whole(
                            "2".equals(call.headers().get("x-data-parallel-rank")) ? status : 500,
                            "application/json",
                            "{}");
            }
        })) {
            assertThat(VllmRanks.count(AttachOptions.of(server.url()))).isEqualTo(status == 400 ? 2 : 1);
        }
    }

    @Test
    void ranksOfALargerGroupAreOneToUs() {
        assertThat(VllmRanks.count(PrometheusText.parse(TWO))).isEqualTo(2);
        assertThat(VllmRanks.count(PrometheusText.parse(TWO.replace("engine=\"0\"", "engine=\"2\""))))
                .isEqualTo(1);
        assertThat(VllmRanks.count(PrometheusText.parse(""))).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "tcp://*:18557,10.0.0.7,tcp://10.0.0.7:18557,",
        "tcp://*:18557,127.0.0.1,tcp://127.0.0.1:18557,tcp://127.0.0.1:18657",
        "tcp://10.0.0.9:5557,10.0.0.7,tcp://10.0.0.9:5557,",
        "tcp://127.0.0.1:5557,10.0.0.7,,",
        "tcp://*:0,127.0.0.1,,",
        "ipc:///tmp/x,127.0.0.1,,"
    })
    void eventsAreHeardWhereTheyCanBeReached(String published, String host, String endpoint, String replay) {
        var source = new JsonMapper().readTree("""
                {"0":{"enable_kv_cache_events":true,"publisher":"zmq","endpoint":"%s","topic":"","hwm":100000,
                "replay_endpoint":"tcp://127.0.0.1:18657","buffer_steps":10000}}""".formatted(published)).path("0");
        var read = VllmEventSources.read(source, host);
        assertThat(read.map(VllmEventSources::endpoint).orElse(null)).isEqualTo(endpoint);
        assertThat(read.map(VllmEventSources::replay).orElse(null)).isEqualTo(replay);
    }
}

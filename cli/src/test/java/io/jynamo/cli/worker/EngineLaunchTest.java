package io.jynamo.cli.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.cli.settings.EngineKind;
import io.jynamo.engine.process.LmcacheSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What engines are launched with, and what does not go together. */
class EngineLaunchTest {
    @TempDir
    private Path folder;

    @Test
    void vllmIsServedWithEventsAndTheUsersFlagsLast() {
        assertThat(line(
                        EngineLaunch.VLLM,
                        Map.of("engine", "vllm", "max-model-len", "2048"),
                        "--tensor-parallel-size",
                        "2"))
                .containsExactly(
                        "program",
                        "serve",
                        "/model",
                        "--host",
                        "127.0.0.1",
                        "--port",
                        "8000",
                        "--served-model-name",
                        "name",
                        "--enable-prompt-tokens-details",
                        "--max-model-len=2048",
                        "--kv-events-config",
                        "{\"enable_kv_cache_events\":true,\"publisher\":\"zmq\",\"endpoint\":\"tcp://*:5557\","
                                + "\"replay_endpoint\":\"tcp://127.0.0.1:5657\"}",
                        "--tensor-parallel-size",
                        "2");
    }

    @Test
    void vllmIsToldItsRanksItsGroupAndLmcache() {
        assertThat(line(EngineLaunch.VLLM, Map.of("engine", "vllm", "data-parallel-size", "4")))
                .containsSequence("--data-parallel-size", "4");
        assertThat(line(EngineLaunch.VLLM, group("vllm", "1")))
                .containsSequence(
                        "--nnodes",
                        "2",
                        "--node-rank",
                        "1",
                        "--master-addr",
                        "10.0.0.1",
                        "--master-port",
                        "29500",
                        "--headless");
        var lmcache = LmcacheSettings.of(new LmcacheSettings.Flags(null, URI.create("tcp://127.0.0.1:5555")), Map.of());
        assertThat(line(EngineLaunch.VLLM, Map.of("engine", "vllm"), Optional.of(lmcache)))
                .containsSequence("--kv-transfer-config", lmcache.transferConfig());
    }

    @Test
    void sglangIsServedWithPagesThatHoldSeveralTokens() {
        assertThat(line(EngineLaunch.SGLANG, Map.of("engine", "sglang", "max-model-len", "2048"), "--tp", "2"))
                .containsExactly(
                        "program",
                        "serve",
                        "--host",
                        "127.0.0.1",
                        "--port",
                        "8000",
                        "--model-path",
                        "/model",
                        "--served-model-name",
                        "name",
                        "--enable-metrics",
                        "--context-length=2048",
                        "--page-size",
                        "16",
                        "--kv-events-config",
                        "{\"publisher\":\"zmq\",\"endpoint\":\"tcp://*:5557\","
                                + "\"replay_endpoint\":\"tcp://127.0.0.1:5657\",\"topic\":\"kv-events\"}",
                        "--tp",
                        "2");
        assertThat(line(EngineLaunch.SGLANG, Map.of("engine", "sglang"), "--page-size=32"))
                .doesNotContain("--page-size")
                .endsWith("--page-size=32");
        assertThat(line(EngineLaunch.SGLANG, group("sglang", "1")))
                .containsSequence("--dist-init-addr", "10.0.0.1:29500", "--nnodes", "2", "--node-rank", "1");
    }

    @Test
    void aPythonLaunchesSglangsModule() {
        var order = new EngineLaunch.Order(
                "/venv/bin/python3",
                "name",
                "/model",
                setup(Map.of("engine", "sglang")),
                1,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        assertThat(EngineLaunch.SGLANG.line().apply(order))
                .startsWith("/venv/bin/python3", "-m", "sglang.launch_server")
                .doesNotContain("--kv-events-config");
    }

    /** After trtllm-serve's documentation; not verified against the real program. */
    @Test
    void trtllmIsServedAsItsDocumentationSays() {
        assertThat(line(EngineLaunch.TRTLLM, Map.of("engine", "trtllm", "max-model-len", "2048"), "--tp_size", "2"))
                .containsExactly(
                        "program",
                        "/model",
                        "--host",
                        "127.0.0.1",
                        "--port",
                        "8000",
                        "--max_seq_len=2048",
                        "--tp_size",
                        "2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "|1",
                "--data-parallel-size 4|4",
                "--data-parallel-size=4|4",
                "-dp 2|2",
                "--data-parallel-size x|1",
                "--data-parallel-size 4 --data-parallel-rank 2|1",
                "--data-parallel-size 4 --data-parallel-hybrid-lb|1"
            })
    void ranksAreReadFromTheEnginesOwnFlags(String flags, int ranks) {
        String[] each = flags == null ? new String[0] : flags.split(" ", -1);
        assertThat(EngineLaunch.ranks(
                        EngineKind.VLLM, setup(Map.of("engine", "vllm"), each).foreign()))
                .isEqualTo(ranks);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "|1",
                "--dp-size 4|4",
                "--dp=4|4",
                "--data-parallel-size 2|2",
                "--tp 8 --dp 8 --enable-dp-attention|8",
                "--tp 8 --attn-dp-size 4|4",
                "--dp-size x|1",
                "--dp-size 4 --nnodes 2|1"
            })
    void ranksOfSglangAreReadFromItsFlagsWhereTheyAreOnOneNode(String flags, int ranks) {
        String[] each = flags == null ? new String[0] : flags.split(" ", -1);
        assertThat(EngineLaunch.ranks(
                        EngineKind.SGLANG,
                        setup(Map.of("engine", "sglang"), each).foreign()))
                .isEqualTo(ranks);
        assertThat(line(EngineLaunch.SGLANG, Map.of("engine", "sglang", "data-parallel-size", "2")))
                .containsSequence("--dp-size", "2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "engine=openai|attach: --engine openai joins a server",
                "engine=trtllm,data-parallel-size=2|data-parallel-size is for --engine vllm and sglang",
                "engine=sglang,data-parallel-size=2,nnodes=2,leader-address=host:1|do not go together",
                "engine=sglang,lmcache=true|lmcache is for --engine vllm",
                "engine=vllm,nnodes=2|leader-address",
                "engine=vllm,nnodes=2,leader-address=host|no HOST:PORT",
                "engine=vllm,nnodes=2,leader-address=host:99999|no HOST:PORT",
                "engine=vllm,nnodes=2,node-rank=2,leader-address=host:1|node-rank 2 is not below nnodes 2",
                "engine=vllm,node-rank=1|give nnodes too",
                "engine=trtllm,nnodes=2,leader-address=host:1|nnodes is for a vLLM or SGLang that is launched",
                "engine=vllm,nnodes=2,leader-address=host:1,attach=http://127.0.0.1:1|nnodes is for a vLLM or SGLang"
            })
    void whatDoesNotGoTogetherIsSaid(String settings, String message) {
        Map<String, String> told = new HashMap<>();
        for (String one : settings.split(",", -1)) {
            told.put(one.substring(0, one.indexOf('=')), one.substring(one.indexOf('=') + 1));
        }
        assertThatThrownBy(() -> setup(told)).hasMessageContaining(message);
    }

    @Test
    void sizesGivenTwiceAreSaid() {
        assertThatThrownBy(
                        () -> setup(Map.of("engine", "vllm", "data-parallel-size", "2"), "--data-parallel-size", "2"))
                .hasMessageContaining("give it once");
    }

    private static Map<String, String> group(String engine, String rank) {
        return Map.of("engine", engine, "nnodes", "2", "node-rank", rank, "leader-address", "10.0.0.1:29500");
    }

    private List<String> line(EngineLaunch launch, Map<String, String> settings, String... flags) {
        return line(launch, settings, Optional.empty(), flags);
    }

    private List<String> line(
            EngineLaunch launch, Map<String, String> settings, Optional<LmcacheSettings> lmcache, String... flags) {
        return launch.line()
                .apply(new EngineLaunch.Order(
                        "program",
                        "name",
                        "/model",
                        setup(settings, flags),
                        8000,
                        Optional.of(5557),
                        Optional.of(5657),
                        lmcache));
    }

    private WorkerSetup setup(Map<String, String> settings, String... flags) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("model", "/model");
        return new TestFleet(folder).options(all, flags).setup();
    }
}

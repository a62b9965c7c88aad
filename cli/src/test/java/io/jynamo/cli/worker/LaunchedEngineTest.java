package io.jynamo.cli.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.cli.frontend.FleetFrontend;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Engines of others as processes of ours, each played by the fake engine: launched, served from, killed, ended. */
class LaunchedEngineTest {
    @TempDir
    private Path folder;

    private TestFleet fleet;

    @BeforeEach
    void begin() {
        fleet = new TestFleet(folder);
    }

    @AfterEach
    void end() {
        fleet.close();
    }

    @Test
    void eachRankOfOneVllmIsAWorker() {
        FleetFrontend frontend = fleet.frontend();
        WorkerNode node = fleet.worker(told("vllm"), "--data-parallel-size", "2");
        assertThat(node.ids()).hasSize(2);
        TestFleet.await("two workers", () -> TestFleet.ready(frontend) == 2);
        assertThat(frontend.workers())
                .extracting(worker -> worker.card().totalBlocks())
                .as("each has a pool of its own")
                .containsExactlyInAnyOrder(4096, 4097);
        fleet.awaitAnswer(frontend, "m");
        assertThat(fleet.engines()).as("one process for all").hasSize(1);
        assertThat(fleet.engines().getFirst().line()).containsSequence("--data-parallel-size", "2");
    }

    @Test
    void eachRankOfOneSglangIsAWorker() {
        FleetFrontend frontend = fleet.frontend();
        WorkerNode node = fleet.worker(told("sglang"), "--dp-size", "2");
        assertThat(node.ids()).hasSize(2);
        TestFleet.await("two workers", () -> TestFleet.ready(frontend) == 2);
        fleet.awaitAnswer(frontend, "m");
        assertThat(fleet.engines()).as("one process for all").hasSize(1);
    }

    @Test
    void aKilledSglangComesBackAndIsEndedWithItsWorker() {
        FleetFrontend frontend = fleet.frontend();
        WorkerNode node = fleet.worker(told("sglang"));
        String before = fleet.awaitAnswer(frontend, "m").body();
        TestFleet.Started first = fleet.engines().getFirst();
        assertThat(first.line()).contains("--model-path", "--enable-metrics");
        first.kill();
        TestFleet.await("the second start", () -> fleet.engines().size() == 2);
        String after = fleet.awaitAnswer(frontend, "m").body();
        assertThat(text(after)).isEqualTo(text(before));
        assertThat(fleet.engines()).hasSize(2);
        node.close();
        // One that has ended is seen until the system's record of it is collected.
        TestFleet.await("no process of it", () -> fleet.engines().stream().noneMatch(TestFleet.Started::isAlive));
    }

    /** Marked: trtllm-serve itself was never run here. */
    @Test
    void trtllmIsLaunchedLikewise() {
        FleetFrontend frontend = fleet.frontend();
        Map<String, String> told = told("trtllm");
        told.put("max-model-len", "2048"); // it does not say
        fleet.worker(told, "--tp_size", "1");
        fleet.awaitAnswer(frontend, "m");
        assertThat(fleet.engines().getFirst().line())
                .contains("--max_seq_len=2048", "--tp_size")
                .startsWith(folder.resolve("model").toString());
    }

    @Test
    void whatLmcacheIsToldReachesVllm() {
        Map<String, String> told = told("vllm");
        told.put("lmcache", "true");
        told.put("lmcache-max-local-cpu-gb", "3");
        fleet.worker(told);
        assertThat(fleet.engines().getFirst().line())
                .containsSequence(
                        "--kv-transfer-config", "{\"kv_connector\":\"LMCacheConnectorV1\",\"kv_role\":\"kv_both\"}")
                .contains("LMCACHE_MAX_LOCAL_CPU_SIZE=3");
    }

    private static String text(String completion) {
        return completion.substring(completion.indexOf("\"choices\""));
    }

    private Map<String, String> told(String engine) {
        return new HashMap<>(Map.of(
                "engine",
                engine,
                "model",
                fleet.model("model").toString(),
                "served-model-name",
                "m",
                "engine-command",
                fleet.program().toString()));
    }
}

package io.jynamo.engine.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.engine.process.RestartPolicy.Decision;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.WorkerState;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The pure parts of supervision: restarts, groups, progress, LMCache. */
class ProcessPolicyTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void pausesGrowAndStartAnewAfterItRanWell() {
        RestartPolicy policy = new RestartPolicy(new RestartPolicy.Limits(
                SECOND, Duration.ofSeconds(3), Duration.ofMinutes(1), 100, Duration.ofHours(1)));
        assertThat(policy.onFailure(0, Duration.ZERO)).isEqualTo(new Decision.Restart(SECOND));
        assertThat(policy.onFailure(1, Duration.ZERO)).isEqualTo(new Decision.Restart(Duration.ofSeconds(2)));
        assertThat(policy.onFailure(2, Duration.ZERO)).isEqualTo(new Decision.Restart(Duration.ofSeconds(3)));
        assertThat(policy.onFailure(3, Duration.ofSeconds(59))).isEqualTo(new Decision.Restart(Duration.ofSeconds(3)));
        assertThat(policy.onFailure(4, Duration.ofMinutes(1))).isEqualTo(new Decision.Restart(SECOND));
    }

    @Test
    void givesUpAfterTooManyWithinAWindow() {
        RestartPolicy policy =
                new RestartPolicy(new RestartPolicy.Limits(SECOND, SECOND, SECOND, 2, Duration.ofSeconds(10)));
        assertThat(policy.onFailure(seconds(0), Duration.ZERO)).isInstanceOf(Decision.Restart.class);
        assertThat(policy.onFailure(seconds(5), Duration.ZERO)).isInstanceOf(Decision.Restart.class);
        assertThat(policy.onFailure(seconds(11), Duration.ZERO)).isInstanceOf(Decision.Restart.class);
        assertThat(policy.onFailure(seconds(12), Duration.ZERO))
                .isEqualTo(new Decision.GiveUp(3, Duration.ofSeconds(10)));
        assertThat(new RestartPolicy(RestartPolicy.Limits.NEVER).onFailure(0, SECOND))
                .isInstanceOf(Decision.GiveUp.class);
    }

    @Test
    void aGroupIsReadyWhenAllAreAndFallsWithAnyOne() {
        EngineGroup group = new EngineGroup(3, 1, "10.0.0.1", 29500);
        assertThat(group.verdict(List.of(WorkerState.READY, WorkerState.READY)).state())
                .isEqualTo(WorkerState.LOADING);
        assertThat(group.verdict(List.of(WorkerState.READY, WorkerState.LOADING, WorkerState.READY)))
                .isEqualTo(new EngineGroup.Verdict(WorkerState.LOADING, false, "2 of 3 nodes are ready"));
        assertThat(group.verdict(List.of(WorkerState.READY, WorkerState.READY, WorkerState.READY)))
                .isEqualTo(new EngineGroup.Verdict(WorkerState.READY, false, ""));
        assertThat(group.verdict(List.of(WorkerState.READY, WorkerState.UNREACHABLE, WorkerState.LOADING)))
                .satisfies(verdict -> {
                    assertThat(verdict.state()).isEqualTo(WorkerState.UNREACHABLE);
                    assertThat(verdict.restartAll()).isTrue();
                    assertThat(verdict.reason()).contains("rank 1");
                });
        assertThat(group.verdict(List.of(WorkerState.UNREACHABLE, WorkerState.GONE))
                        .state())
                .isEqualTo(WorkerState.GONE);
        assertThat(group.verdict(List.of(WorkerState.DRAINING, WorkerState.READY, WorkerState.READY))
                        .state())
                .isEqualTo(WorkerState.DRAINING);
    }

    @Test
    void aGroupTellsItsMembersTheirFlags() {
        assertThat(new EngineGroup(2, 0, "h", 1).vllmFlags())
                .containsExactly("--nnodes", "2", "--node-rank", "0", "--master-addr", "h", "--master-port", "1");
        assertThat(new EngineGroup(2, 1, "h", 1).vllmFlags()).endsWith("--headless");
        assertThat(new EngineGroup(2, 1, "h", 1).sglangFlags())
                .containsExactly("--dist-init-addr", "h:1", "--nnodes", "2", "--node-rank", "1");
        assertThatThrownBy(() -> new EngineGroup(2, 2, "h", 1)).hasMessageContaining("rank 2 of 2");
    }

    @Test
    void readsHowFarVllmIs() {
        List<String> said = LastWordsTest.kept("missing-lmcache.txt").stream()
                .flatMap(line -> StartProgress.of(line).stream())
                .toList();
        assertThat(said)
                .containsSubsequence(
                        "loading model tiny",
                        "loading weights: 0 %",
                        "loading weights: 100 %",
                        "weights loaded in 0.03 s");
        assertThat(StartProgress.of("INFO:     Application startup complete.")).contains("serving");
        assertThat(StartProgress.of("Capturing CUDA graphs (decode, FULL):  43%|####  | 15/35 [00:01<00:01]"))
                .contains("capturing graphs: 43 %");
        assertThat(StartProgress.of("(APIServer pid=1) INFO nothing of it")).isEmpty();
    }

    @Test
    void readsHowFarSglangIs() {
        assertThat(List.of(
                                "[2026-11-27 07:08:07] Ignore import error when loading sglang.srt.models.inkling",
                                "[2026-11-27 07:08:08] Load weight begin. avail mem=18.96 GB",
                                "Multi-thread loading shards: 100% Completed | 1/1 [00:00<00:00, 102.06it/s]",
                                "[2026-11-27 07:08:08] Load weight end. elapsed=0.04 s, type=Qwen3ForCausalLM",
                                "[2026-11-27 07:08:10] KV Cache is allocated. dtype: torch.bfloat16, #tokens: 8192, K size",
                                "[2026-11-27 07:08:11] The server is fired up and ready to roll!")
                        .stream()
                        .flatMap(line -> StartProgress.of(line).stream()))
                .containsExactly(
                        "loading weights",
                        "loading weights: 100 %",
                        "weights loaded in 0.04 s",
                        "KV cache of 8192 tokens",
                        "serving");
    }

    @Test
    void lmcacheInTheEngineIsSetByFlagsAndTheUsersEnvironmentStays() {
        LmcacheSettings set = LmcacheSettings.of(new LmcacheSettings.Flags(20, null), Map.of());
        assertThat(set.environment())
                .containsEntry("LMCACHE_MAX_LOCAL_CPU_SIZE", "20")
                .containsEntry("LMCACHE_TRACK_USAGE", "false");
        assertThat(new JsonMapper()
                        .readTree(set.transferConfig())
                        .get("kv_connector")
                        .stringValue())
                .isEqualTo("LMCacheConnectorV1");
        Map<String, String> user = Map.of(
                "LMCACHE_CONFIG_FILE",
                "/etc/lm.yaml",
                "LMCACHE_TRACK_USAGE",
                "true",
                "LMCACHE_MAX_LOCAL_CPU_SIZE",
                "9");
        assertThat(LmcacheSettings.of(new LmcacheSettings.Flags(null, null), user)
                        .environment())
                .isEmpty();
        assertThatThrownBy(() -> LmcacheSettings.of(new LmcacheSettings.Flags(20, null), user))
                .isInstanceOf(JynamoException.class)
                .hasMessageContaining("LMCACHE_CONFIG_FILE=/etc/lm.yaml");
    }

    @Test
    void lmcacheAsAServerIsAnAddress() {
        LmcacheSettings set =
                LmcacheSettings.of(new LmcacheSettings.Flags(null, URI.create("tcp://127.0.0.1:5556")), Map.of());
        assertThat(new JsonMapper().readTree(set.transferConfig()))
                .isEqualTo(
                        new JsonMapper()
                                .readTree(
                                        "{\"kv_connector\":\"LMCacheMPConnector\",\"kv_role\":\"kv_both\","
                                                + "\"kv_connector_extra_config\":{\"lmcache.mp.host\":\"tcp://127.0.0.1\",\"lmcache.mp.port\":5556}}"));
        assertThatThrownBy(() ->
                        LmcacheSettings.of(new LmcacheSettings.Flags(20, URI.create("tcp://127.0.0.1:5556")), Map.of()))
                .hasMessageContaining("--l1-size-gb");
        assertThatThrownBy(() ->
                        LmcacheSettings.of(new LmcacheSettings.Flags(null, URI.create("http://127.0.0.1")), Map.of()))
                .hasMessageContaining("tcp://");
        assertThat(LmcacheSettings.MEASURED).isNotEmpty();
    }

    private static long seconds(long seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }
}

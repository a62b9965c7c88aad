package io.jynamo.router.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.jynamo.protocol.KvEvent.Tier;
import io.jynamo.router.select.Candidates.Booked;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * Costs and choices of Dynamo's own policy, from all vectors made with it; who may be chosen at all is held against the
 * same vectors by {@code EligibilityGoldenTest}.
 */
class DynamoCostGoldenTest {
    private static final Path VECTORS =
            Path.of(System.getProperty("jynamo.root", ".."), "../shared/data/goldens/selector.jsonl");

    static Stream<JsonNode> vectors() throws IOException {
        Assumptions.assumeTrue(Files.exists(VECTORS), "not run: no selector vectors at " + VECTORS);
        ObjectMapper json = new ObjectMapper();
        List<JsonNode> vectors =
                Files.readAllLines(VECTORS).stream().map(json::readTree).toList();
        assertThat(vectors).hasSize(73);
        return vectors.stream().filter(vector -> !vector.get("costs").isEmpty());
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void costsAndChoosesAsDynamo(JsonNode vector) {
        List<JsonNode> eligible = eligible(vector);
        Candidates candidates = candidates(vector, eligible);
        DynamoCost cost = cost(vector);
        double degrees = vector.get("config").get("router_temperature").asDouble();
        LeastCost policy = LeastCost.ofPrefixAndLoad(cost, new Random(5)).withTemperature(degrees);
        int chosen = policy.choose(candidates);
        for (int i = 0; i < eligible.size(); i++) {
            double expected = vector.get("costs").get(i).get("cost").asDouble();
            assertThat(candidates.cost(i)).isCloseTo(expected, within(1e-9 * Math.max(1, expected)));
            assertAddsUp(policy, candidates, i);
        }
        if (degrees > 0) {
            assertShares(vector, policy, candidates);
            return;
        }
        assertThat(named(vector.get("chosen"))).contains(name(eligible.get(chosen)));
        if (vector.get("chosen").size() == 1) {
            assertThat(policy.cachedTokens(candidates, chosen))
                    .isEqualTo(vector.get("cached_tokens").asInt());
        }
    }

    private static void assertAddsUp(LeastCost policy, Candidates candidates, int i) {
        double[] sum = {0};
        policy.explain(candidates, i, (name, value) -> sum[0] += value);
        assertThat(sum[0]).isCloseTo(candidates.cost(i), within(1e-9 * Math.max(1, candidates.cost(i))));
    }

    private static void assertShares(JsonNode vector, LeastCost policy, Candidates candidates) {
        int draws = 200_000;
        int[] drawn = new int[candidates.count()];
        for (int i = 0; i < draws; i++) {
            drawn[policy.choose(candidates)]++;
        }
        for (int i = 0; i < drawn.length; i++) {
            double share = vector.get("sampled_shares").get(i).get("share").asDouble();
            assertThat((double) drawn[i] / draws).isCloseTo(share, within(0.005));
        }
    }

    private static DynamoCost cost(JsonNode vector) {
        JsonNode config = vector.get("config");
        DynamoWeights weights = new DynamoWeights(
                config.get("overlap_score_credit").asDouble(),
                config.get("overlap_score_credit_decay").asDouble(),
                config.get("prefill_load_scale").asDouble(),
                config.get("decode_active_request_weight").asDouble(),
                config.get("host_cache_hit_weight").asDouble(),
                config.get("disk_cache_hit_weight").asDouble(),
                config.get("shared_cache_multiplier").asDouble(0));
        boolean conditional = config.get("conditional_disagg_enabled").asBoolean();
        DynamoCost.Pool pool = switch (vector.get("role").asString()) {
            case "aggregated" -> DynamoCost.Pool.AGGREGATED;
            case "prefill" -> DynamoCost.Pool.PREFILL;
            default -> conditional ? DynamoCost.Pool.CONDITIONAL_DECODE : DynamoCost.Pool.DECODE;
        };
        return new DynamoCost(weights, pool, vector.get("track_prefill_tokens").asBoolean());
    }

    /** Those that Dynamo costed. */
    private static List<JsonNode> eligible(JsonNode vector) {
        Set<String> costed = named(vector.get("costs"));
        List<JsonNode> eligible = new ArrayList<>();
        vector.get("ranks").forEach(rank -> {
            if (costed.contains(name(rank))) {
                eligible.add(rank);
            }
        });
        return eligible;
    }

    private static Set<String> named(JsonNode ranks) {
        Set<String> names = new HashSet<>();
        ranks.forEach(rank -> names.add(name(rank)));
        return names;
    }

    private static String name(JsonNode rank) {
        return rank.get("worker_id") + "/" + rank.get("dp_rank");
    }

    private static Candidates candidates(JsonNode vector, List<JsonNode> ranks) {
        int tokens = vector.get("isl_tokens").asInt();
        Candidates candidates = new Candidates(tokens, vector.get("block_size").asInt(), ranks.size());
        candidates.begin(tokens, new long[0], 0, 4);
        for (int i = 0; i < ranks.size(); i++) {
            JsonNode rank = ranks.get(i);
            int device = rank.get("device_blocks").asInt();
            candidates.add(i, device, booked(rank.get("load"), candidates.promptBlocks()));
            int host = device + rank.get("host_blocks").asInt();
            int disk = host + rank.get("disk_blocks").asInt();
            candidates.depths(Tier.HOST)[i] = host;
            candidates.depths(Tier.DISK)[i] = disk;
            candidates.depths(Tier.REMOTE)[i] = disk;
        }
        lean(vector, ranks, candidates);
        List<Integer> runs = new ArrayList<>();
        vector.get("shared_ranges").forEach(run -> run.forEach(bound -> runs.add(bound.asInt())));
        candidates.sharedCache(runs.stream().mapToInt(Integer::intValue).toArray());
        return candidates;
    }

    /** A worker without an entry in Dynamo's book has, in ours, an empty one that the prompt adds nothing to. */
    private static Booked booked(JsonNode load, int promptBlocks) {
        if (load.isNull()) {
            return new Booked(0, 0, promptBlocks, 0, -1);
        }
        return new Booked(
                load.get("active_prefill_tokens").asLong(),
                load.get("active_decode_blocks").asLong(),
                promptBlocks - load.get("additional_active_blocks").asInt(),
                load.get("active_requests").asInt(),
                -1);
    }

    private static void lean(JsonNode vector, List<JsonNode> ranks, Candidates candidates) {
        if (vector.get("preferred_taints").isEmpty()) {
            return;
        }
        candidates.begin(candidates.promptTokens(), new long[0], 0, 4);
        for (int i = 0; i < ranks.size(); i++) {
            double sum = 0;
            for (JsonNode wish : vector.get("preferred_taints")) {
                for (JsonNode taint : ranks.get(i).get("taints")) {
                    sum += taint.equals(wish.get(0)) ? wish.get(1).asDouble() : 0;
                }
            }
            candidates.add(i, Math.exp(-Math.tanh(sum)));
        }
    }
}

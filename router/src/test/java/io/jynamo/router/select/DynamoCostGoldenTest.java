package io.jynamo.router.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.jynamo.router.select.Candidates.Booked;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * The costs of Dynamo's own policy, from vectors made with it. Those with tiers, decay, request weights, taints, pins or
 * decode roles belong to the full cost model and are left out here; so are prompts shorter than their hits, which our
 * index cannot report.
 */
class DynamoCostGoldenTest {
    private static final Path VECTORS =
            Path.of(System.getProperty("jynamo.root", ".."), "../shared/data/goldens/selector.jsonl");

    @Test
    void agreesOnEveryVectorOfTheFirstForm() throws IOException {
        Assumptions.assumeTrue(Files.exists(VECTORS), "not run: no selector vectors at " + VECTORS);
        ObjectMapper json = new ObjectMapper();
        List<JsonNode> vectors = Files.readAllLines(VECTORS).stream()
                .map(json::readTree)
                .filter(DynamoCostGoldenTest::isOfFirstForm)
                .toList();
        assertThat(vectors).hasSizeGreaterThan(15);
        vectors.forEach(DynamoCostGoldenTest::check);
    }

    private static void check(JsonNode vector) {
        JsonNode config = vector.get("config");
        DynamoCost cost = new DynamoCost(
                config.get("prefill_load_scale").asDouble(),
                config.get("overlap_score_credit").asDouble());
        JsonNode ranks = vector.get("ranks");
        Candidates candidates = new Candidates(
                vector.get("isl_tokens").asInt(), vector.get("block_size").asInt(), ranks.size());
        for (JsonNode rank : ranks) {
            JsonNode load = rank.get("load");
            candidates.add(
                    rank.get("worker_id").asInt(),
                    rank.get("device_blocks").asInt(),
                    new Booked(
                            load.get("active_prefill_tokens").asLong(),
                            load.get("active_decode_blocks").asLong(),
                            candidates.promptBlocks()
                                    - load.get("additional_active_blocks").asInt(),
                            load.get("active_requests").asInt(),
                            -1));
        }
        for (int i = 0; i < candidates.count(); i++) {
            double expected = vector.get("costs").get(i).get("cost").asDouble();
            assertThat(cost.cost(candidates, i))
                    .as(vector.get("name").asString())
                    .isCloseTo(expected, within(1e-9));
        }
    }

    private static boolean isOfFirstForm(JsonNode vector) {
        JsonNode config = vector.get("config");
        boolean plain = vector.get("role").asString().equals("aggregated")
                && vector.get("track_prefill_tokens").asBoolean()
                && config.get("overlap_score_credit_decay").asDouble() == 0
                && config.get("decode_active_request_weight").asDouble() == 0
                && config.get("router_temperature").asDouble() == 0
                && !vector.get("costs").isEmpty()
                && List.of("per_request_override", "allowed_worker_ids", "pinned").stream()
                        .allMatch(key -> vector.get(key).isNull())
                && List.of("required_taints", "preferred_taints", "overloaded_worker_ids", "shared_ranges").stream()
                        .allMatch(key -> vector.get(key).isEmpty());
        int tokens = vector.get("isl_tokens").asInt();
        for (JsonNode rank : vector.get("ranks")) {
            plain &= rank.get("host_blocks").asInt() == 0
                    && rank.get("disk_blocks").asInt() == 0
                    && !rank.get("load").isNull()
                    && rank.get("device_blocks").asInt()
                                    * vector.get("block_size").asInt()
                            <= tokens;
        }
        return plain;
    }
}

package io.jynamo.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.JynamoException;
import io.jynamo.protocol.TokenIds;
import io.jynamo.protocol.WorkerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Who may be chosen at all, from the vectors of Dynamo's own policy that have wishes, full workers or nobody. */
class EligibilityGoldenTest {
    private static final Path VECTORS =
            Path.of(System.getProperty("jynamo.root", ".."), "../shared/data/goldens/selector.jsonl");
    private static final TokenIds PROMPT = TokenIds.of(1, 2, 3);

    static Stream<JsonNode> vectors() throws IOException {
        Assumptions.assumeTrue(Files.exists(VECTORS), "not run: no selector vectors at " + VECTORS);
        ObjectMapper json = new ObjectMapper();
        List<JsonNode> vectors = Files.readAllLines(VECTORS).stream()
                .map(json::readTree)
                .filter(vector -> vector.has("error")
                        || !vector.get("pinned").isNull()
                        || !vector.get("allowed_worker_ids").isNull()
                        || !vector.get("required_taints").isEmpty()
                        || !vector.get("overloaded_worker_ids").isEmpty())
                .toList();
        assertThat(vectors).hasSizeGreaterThan(9);
        return vectors.stream();
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void offersTheRequestToWhomDynamoOffersIt(JsonNode vector) {
        var options = new RouterOptions(
                RoutingPolicy.PREFIX_AFFINITY, vector.get("block_size").asInt(), 1 << 20, 1, Duration.ofSeconds(1));
        try (var router = new PolicyRouter(options, new Random(1))) {
            vector.get("ranks")
                    .forEach(rank -> router.add(new FakeWorker(
                                    rank.get("worker_id").asLong(),
                                    vector.get("block_size").asInt())
                            .tainted(strings(rank.get("taints")))));
            vector.get("overloaded_worker_ids")
                    .forEach(full -> router.place(ordinary().withWishes(Wishes.pinnedTo(new WorkerId(full.asLong())))));
            Router.Request request = ordinary().withWishes(wishes(vector));
            if (vector.has("error")) {
                assertThatThrownBy(() -> router.explain(request))
                        .isInstanceOfSatisfying(
                                JynamoException.class,
                                refused -> assertThat(refused.code())
                                        .isEqualTo(code(
                                                vector.get("error").asString(),
                                                wishes(vector).pinned())));
                return;
            }
            Set<WorkerId> offered = new HashSet<>();
            router.explain(request).candidates().forEach(each -> offered.add(each.worker()));
            assertThat(offered).isEqualTo(ids(vector.get(vector.get("costs").isEmpty() ? "chosen" : "costs")));
        }
    }

    private static ErrorCode code(String error, @Nullable WorkerId pinned) {
        return switch (error.replaceAll(" .*", "")) {
            case "NoEndpoints" -> pinned == null ? ErrorCode.NOT_READY : ErrorCode.WORKER_NOT_FOUND;
            case "PinnedWorkerNotAllowed" -> ErrorCode.INVALID_REQUEST;
            default -> ErrorCode.OVERLOADED;
        };
    }

    private static Router.Request ordinary() {
        return new Router.Request(PROMPT, CacheScope.SHARED, 1, 10, 0);
    }

    private static Wishes wishes(JsonNode vector) {
        JsonNode pinned = vector.get("pinned");
        JsonNode allowed = vector.get("allowed_worker_ids");
        Map<String, Double> preferred = new HashMap<>();
        vector.get("preferred_taints")
                .forEach(wish ->
                        preferred.put(wish.get(0).asString(), wish.get(1).asDouble()));
        Set<WorkerId> only = new HashSet<>();
        if (!allowed.isNull()) {
            allowed.forEach(id -> only.add(new WorkerId(id.asLong())));
        }
        return new Wishes(
                pinned.isNull() ? null : new WorkerId(pinned.get("worker_id").asLong()),
                null,
                only,
                strings(vector.get("required_taints")),
                preferred);
    }

    private static Set<String> strings(JsonNode list) {
        Set<String> strings = new LinkedHashSet<>();
        list.forEach(each -> strings.add(each.asString()));
        return strings;
    }

    private static Set<WorkerId> ids(JsonNode list) {
        Set<WorkerId> ids = new HashSet<>();
        list.forEach(each -> ids.add(new WorkerId(each.get("worker_id").asLong())));
        return ids;
    }
}

package io.jynamo.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * Vectors made with Dynamo's own crates. Left to later issues: kinds {@code engine} with multimodal runs, {@code mm_pad},
 * {@code mm_identifier}, {@code mm_to_blocks}, and {@code router} vectors with eagle windows or multimodal blocks.
 */
class BlockHashGoldenTest {
    private static final Path VECTORS =
            Path.of(System.getProperty("jynamo.root", ".."), "../shared/data/goldens/block-hashes.jsonl");

    @Test
    void agreesOnEveryVectorOfPlainTokens() throws IOException {
        Assumptions.assumeTrue(Files.exists(VECTORS), "not run: no block hash vectors at " + VECTORS);
        ObjectMapper json = new ObjectMapper();
        List<JsonNode> vectors = Files.readAllLines(VECTORS).stream()
                .map(json::readTree)
                .filter(BlockHashGoldenTest::isPlain)
                .toList();
        assertThat(vectors).hasSizeGreaterThan(30);
        vectors.forEach(BlockHashGoldenTest::check);
    }

    private static boolean isPlain(JsonNode vector) {
        return switch (vector.get("kind").asString()) {
            case "router" ->
                !vector.get("eagle").asBoolean() && vector.get("mm_blocks").isEmpty();
            case "engine" -> vector.get("mm_runs").isEmpty();
            default -> false;
        };
    }

    private static void check(JsonNode vector) {
        String name = vector.get("name").asString();
        CacheScope scope = new CacheScope(text(vector.get("lora")), text(vector.get("cache_salt")));
        if (vector.has("seed")) {
            assertThat(hex(BlockHasher.seed(scope)))
                    .as(name)
                    .isEqualTo(vector.get("seed").asString());
        }
        JsonNode range = vector.get("tokens");
        // Ids are u32 on the wire; an int holds the same bits.
        int start = (int) range.get("start").asLong();
        int step = (int) range.get("step").asLong();
        TokenIds tokens = TokenIds.of(IntStream.range(0, range.get("count").asInt())
                .map(i -> start + i * step)
                .toArray());
        BlockHashes hashes = new BlockHasher(vector.get("block_size").asInt(), scope).hash(tokens);
        assertThat(hex(hashes.local())).as(name).isEqualTo(hex(vector.get("local")));
        assertThat(hex(hashes.sequence())).as(name).isEqualTo(hex(vector.get("sequence")));
    }

    private static @Nullable String text(JsonNode node) {
        return node.isNull() ? null : node.asString();
    }

    private static String hex(long value) {
        return String.format("%016x", value);
    }

    private static List<String> hex(long[] values) {
        return Arrays.stream(values).mapToObj(BlockHashGoldenTest::hex).toList();
    }

    private static List<String> hex(JsonNode values) {
        return values.valueStream().map(JsonNode::asString).toList();
    }
}

package io.jynamo.router.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.KvEvent.Tier;
import io.jynamo.protocol.SequenceHash;
import io.jynamo.protocol.SequenceHashes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * What stores, removals and look-ups in odd orders come to, by scenarios that were made with Dynamo's structures: ours is
 * the answer of a plain set per worker each time, where theirs differ from it and from each other. A store under a parent
 * that the worker does not hold is dropped.
 */
class IndexSemanticsTest {
    private final ChainIndex index = new ChainIndex(1 << 20);
    private final PrefixHits hits = new PrefixHits();

    static Stream<JsonNode> scenarios() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(IndexSemanticsTest.class.getResourceAsStream("/golden/index-semantics.jsonl"))) {
            String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            ObjectMapper json = new ObjectMapper();
            return all.lines().map(json::readTree).toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void answersLikeASetPerWorker(JsonNode scenario) {
        List<List<Integer>> answers = new ArrayList<>();
        for (JsonNode step : scenario.get("steps")) {
            String[] words = step.asString().split(" ", -1);
            switch (words[0]) {
                case "store" -> store(Integer.parseInt(words[1]), words[2]);
                case "remove" -> remove(Integer.parseInt(words[1]), Arrays.copyOfRange(words, 2, words.length));
                case "clear" -> index.on(Integer.parseInt(words[1]), new KvEvent.Cleared(0));
                default -> {
                    index.find(hashes(words[1]).local(), hits);
                    answers.add(List.of(hits.depthOf(Tier.DEVICE, 0), hits.depthOf(Tier.DEVICE, 1)));
                }
            }
        }
        List<List<Integer>> exact = new ArrayList<>();
        scenario.get("exact")
                .forEach(each ->
                        exact.add(List.of(each.get(0).asInt(), each.get(1).asInt())));
        assertThat(answers).as(scenario.get("scenario").asString()).isEqualTo(exact);
    }

    private void store(int worker, String blocks) {
        int plus = blocks.indexOf('+');
        String parent = blocks.substring(0, plus);
        BlockHashes whole = hashes(parent + blocks.substring(plus + 1));
        SequenceHash before = parent.isEmpty() ? null : new SequenceHash(whole.sequence()[plus - 1]);
        BlockHashes added = Chains.part(whole, plus, whole.count());
        index.on(worker, new KvEvent.Stored(0, before, added, Tier.DEVICE));
    }

    private void remove(int worker, String[] prefixes) {
        long[] gone = Arrays.stream(prefixes)
                .mapToLong(prefix -> hashes(prefix).sequence()[prefix.length() - 1])
                .toArray();
        index.on(worker, new KvEvent.Removed(0, SequenceHashes.of(gone), Tier.DEVICE));
    }

    /** One letter is one block. */
    private static BlockHashes hashes(String prefix) {
        return Chains.of(
                prefix.chars().mapToLong(letter -> letter * 0x9E3779B97F4A7C15L).toArray());
    }
}

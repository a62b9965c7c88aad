package io.jynamo.engine.kvfeed;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.engine.kvfeed.EngineKvEvent.Place;
import io.jynamo.engine.kvfeed.EventWriter.Unsigned;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.SequenceHashes;
import io.jynamo.protocol.TokenIds;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class KvEventDecoderTest {
    private static final List<String> KEPT =
            List.of("vllm-int-hash.jsonl", "vllm-bytes-hash.jsonl", "vllm-rank-1.jsonl", "sglang.jsonl");

    @ParameterizedTest
    @ValueSource(strings = {"vllm-int-hash.jsonl", "vllm-bytes-hash.jsonl", "vllm-rank-1.jsonl", "sglang.jsonl"})
    void readsWhatEnginesSent(String file) {
        Capture.kept(file).forEach(KvEventDecoderTest::agrees);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "vllm-wire/kv-events-int-hash.jsonl",
                "vllm-wire/kv-events-bytes-hash.jsonl",
                "vllm-wire/kv-events-replay-from-2.jsonl",
                "vllm-wire/kv-events-dp-rank-1.jsonl",
                "sglang-wire/kv-events.jsonl"
            })
    void readsWholeRecordings(String file) {
        List<Capture> messages = Capture.recorded(file).stream()
                .filter(capture -> capture.sequence() >= 0)
                .toList();
        assertThat(messages).isNotEmpty().allSatisfy(KvEventDecoderTest::agrees);
    }

    @Test
    void takesAdapterAndSaltFromExtraKeys() {
        List<CacheScope> scopes = Capture.kept("vllm-bytes-hash.jsonl").stream()
                .map(capture -> stored(capture.payload()).scope())
                .toList();
        assertThat(scopes)
                .containsExactly(
                        CacheScope.SHARED,
                        CacheScope.SHARED,
                        CacheScope.SHARED,
                        new CacheScope("ad1", null),
                        new CacheScope(null, "tenant-1"),
                        new CacheScope("ad1", "tenant-1"));
    }

    @Test
    void takesTheSaltOfSglang() {
        assertThat(Capture.kept("sglang.jsonl").stream()
                        .flatMap(capture -> batch(capture.payload()).events().stream())
                        .filter(EngineKvEvent.Stored.class::isInstance)
                        .map(event -> ((EngineKvEvent.Stored) event).scope().salt()))
                .containsOnlyOnce("salt-1");
        Object salted =
                list("BlockStored", new long[] {1}, null, new int[] {7}, 1, null, "GPU", Map.of("cache_salt", "s"));
        assertThat(stored(EventWriter.batch(salted)).scope()).isEqualTo(new CacheScope(null, "s"));
    }

    @Test
    void readsArraysOfAnyAge() {
        Object oldest = list("BlockStored", new long[] {-5, 6}, null, new int[] {1, 2, 3, 4}, 2, null);
        EngineKvEvent.Stored old = stored(EventWriter.batch(oldest));
        assertThat(old.blocks()).isEqualTo(SequenceHashes.of(-5, 6));
        assertThat(old.tokens()).isEqualTo(TokenIds.of(1, 2, 3, 4));
        assertThat(old.place()).isEqualTo(new Place("", Place.NO_GROUP, "", true));
        Object newest = list(
                "BlockStored",
                List.of(new Unsigned(-5)),
                6L,
                new int[] {1, 2},
                2,
                3,
                "CPU",
                "ad",
                list(list("ad")),
                4,
                "mla_attention",
                128,
                "REMOTE",
                "kvcr",
                "what comes next");
        EngineKvEvent.Stored recent = stored(EventWriter.batch(newest));
        assertThat(recent)
                .isEqualTo(new EngineKvEvent.Stored(
                        SequenceHashes.of(-5),
                        6L,
                        TokenIds.of(1, 2),
                        2,
                        new CacheScope("ad", null),
                        1,
                        new Place("CPU", 4, "mla_attention", false)));
        assertThat(batch(EventWriter.batch(list("BlockRemoved", new long[] {9}, "GPU", 1), list("AllBlocksCleared")))
                        .events())
                .containsExactly(
                        new EngineKvEvent.Removed(SequenceHashes.of(9), new Place("GPU", 1, "", true)),
                        new EngineKvEvent.Cleared());
    }

    @Test
    void readsABatchThatIsAMap() {
        byte[] bytes = EventWriter.write(Map.of(
                "ts",
                1.0,
                "events",
                List.of(Map.of("type", "AllBlocksCleared")),
                "data_parallel_rank",
                3,
                "more",
                Map.of()));
        assertThat(batch(bytes)).isEqualTo(new Decoding.Batch(List.of(new EngineKvEvent.Cleared()), 3));
    }

    @Test
    void takesTheFirstOfTokenPairs() {
        Object event = list("BlockStored", new long[] {1}, null, list(new int[] {1, 2}, new int[] {2, 3}), 2, null);
        assertThat(stored(EventWriter.batch(event)).tokens()).isEqualTo(TokenIds.of(1, 2));
    }

    @Test
    void passesOverWhatItDoesNotKnow() {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("novel", List.of(Map.of("a", new byte[300]), true, 1.5, "x".repeat(70_000)));
        event.put("type", "BlockRemoved");
        event.put("block_hashes", new long[] {1});
        event.put("ownership", "kvcr");
        Map<String, Object> pinned = new LinkedHashMap<>();
        pinned.put("type", "BlockPinned");
        pinned.put("block_hashes", "?");
        assertThat(batch(EventWriter.batch(event, pinned, list("Ignored"))).events())
                .containsExactly(
                        new EngineKvEvent.Removed(SequenceHashes.of(1), new Place("", Place.NO_GROUP, "", true)),
                        new EngineKvEvent.Unknown("BlockPinned"),
                        new EngineKvEvent.Unknown("Ignored"));
    }

    @Test
    void saysHowManyBlocksTokensDescribe() {
        assertThat(plain(null, list(null, null, list("img")))).isEqualTo(2);
        assertThat(plain(null, list(list(list("img", 3)), null, null))).isZero();
        assertThat(plain(null, list(list(list("img", 3), "salt"), null, null))).isZero();
        assertThat(plain(null, list(list("salt"), null, null))).isEqualTo(3);
        assertThat(plain(null, list(list("img", "salt"), null, null))).isZero();
        assertThat(plain(5L, list(list("img"), null, null))).isZero();
        assertThat(plain(5L, list(null, null, list(new byte[8])))).isEqualTo(2);
    }

    @Test
    void anAdapterWithoutANameDescribesNothing() {
        Object event = list("BlockStored", new long[] {1}, null, new int[] {1}, 1, 7, "GPU");
        assertThat(stored(EventWriter.batch(event)).plainBlocks()).isZero();
    }

    @Test
    void refusesWhatIsNoBatch() {
        assertMalformed(new byte[0], "ends early");
        assertMalformed(EventWriter.write("hello"), "expected an array");
        assertMalformed(EventWriter.write(List.of(1.0)), "a batch of 1 fields");
        assertMalformed(EventWriter.batch(List.of()), "an event of no fields");
        assertMalformed(EventWriter.batch(Map.of("block_hashes", new long[] {1})), "without a type");
        assertMalformed(EventWriter.batch(list("BlockStored", new long[] {1}, null, new int[] {1}, 0)), "blocks of 0");
        assertMalformed(
                EventWriter.batch(list("BlockStored", new long[] {1}, null, new int[] {1, 2}, 1)), "2 tokens in 1");
        assertMalformed(EventWriter.batch(list("BlockRemoved", list(new byte[4]))), "hash of 4 bytes");
        assertMalformed(EventWriter.batch(list("BlockRemoved", list("x"))), "expected an integer");
        byte[] whole = EventWriter.batch(list("AllBlocksCleared"));
        assertMalformed(Arrays.copyOf(whole, whole.length + 1), "left after the batch");
    }

    @Test
    void believesNoLengthThatTheMessageCannotHold() {
        assertMalformed(HexFormat.of().parseHex("92c0ddffffffff"), "2 GiB");
        assertMalformed(HexFormat.of().parseHex("92c0dd7ffffffe"), "elements in");
        assertMalformed(HexFormat.of().parseHex("92c6ffffffff"), "2 GiB");
        assertMalformed(HexFormat.of().parseHex("92db7ffffffe90"), "ends early");
        assertMalformed(HexFormat.of().parseHex("92c97ffffffe0190"), "ends early");
        assertMalformed(new byte[KvEventDecoder.MAX_BYTES + 1], "at most");
        byte[] deep = new byte[1 << 20];
        Arrays.fill(deep, (byte) 0x91);
        deep[0] = (byte) 0x92;
        assertMalformed(deep, "1 elements in 0 bytes");
    }

    @Test
    void refusesEveryBeginningOfAMessage() {
        for (byte[] whole : messages()) {
            for (int end = 0; end < whole.length; end++) {
                assertThat(KvEventDecoder.decode(Arrays.copyOf(whole, end))).isInstanceOf(Decoding.Malformed.class);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void survivesBrokenMessages(long seed) {
        Random random = new Random(seed);
        List<byte[]> whole = messages();
        for (int i = 0; i < 20_000; i++) {
            byte[] broken = whole.get(random.nextInt(whole.size())).clone();
            for (int j = 0; j <= random.nextInt(4); j++) {
                broken[random.nextInt(Math.min(broken.length, 120))] = (byte) random.nextInt();
            }
            assertThat(KvEventDecoder.decode(broken)).isNotNull();
        }
    }

    private static List<byte[]> messages() {
        return KEPT.stream()
                .flatMap(file -> Capture.kept(file).stream().map(Capture::payload))
                .toList();
    }

    private static void agrees(Capture capture) {
        Decoding.Batch batch = batch(capture.payload());
        JsonNode expected = capture.decoded();
        assertThat(batch.rank()).isEqualTo(expected.get(2).intValue());
        assertThat(batch.events()).hasSize(expected.get(1).size());
        for (int i = 0; i < batch.events().size(); i++) {
            agrees(batch.events().get(i), expected.get(1).get(i));
        }
    }

    private static void agrees(EngineKvEvent event, JsonNode expected) {
        String type = expected.get("type").stringValue();
        switch (event) {
            case EngineKvEvent.Stored stored -> {
                assertThat(type).isEqualTo("BlockStored");
                assertThat(stored.blocks().values()).containsExactly(hashes(expected.get("block_hashes")));
                JsonNode parent = expected.get("parent_block_hash");
                assertThat(stored.parent()).isEqualTo(parent.isNull() ? null : (Long) hash(parent));
                assertThat(stored.tokens().toArray())
                        .containsExactly(expected.get("token_ids")
                                .valueStream()
                                .mapToInt(JsonNode::intValue)
                                .toArray());
                assertThat(stored.blockTokens())
                        .isEqualTo(expected.get("block_size").intValue());
                assertThat(stored.plainBlocks()).isEqualTo(stored.blocks().count());
                assertThat(stored.place().medium())
                        .isEqualTo(expected.get("medium").stringValue());
            }
            case EngineKvEvent.Removed removed -> {
                assertThat(type).isEqualTo("BlockRemoved");
                assertThat(removed.blocks().values()).containsExactly(hashes(expected.get("block_hashes")));
            }
            case EngineKvEvent.Cleared cleared -> assertThat(type).isEqualTo("AllBlocksCleared");
            case EngineKvEvent.Unknown unknown -> throw new AssertionError(unknown);
        }
    }

    private static long[] hashes(JsonNode nodes) {
        return nodes.valueStream().mapToLong(KvEventDecoderTest::hash).toArray();
    }

    private static long hash(JsonNode node) {
        if (node.isObject()) {
            String hex = node.get("bytes_hex").stringValue();
            return Long.parseUnsignedLong(hex.substring(hex.length() - 16), 16);
        }
        return new BigInteger(node.asString()).longValue();
    }

    private static int plain(@Nullable Long parent, List<?> extraKeys) {
        Object event =
                list("BlockStored", new long[] {1, 2, 3}, parent, new int[] {1, 2, 3}, 1, null, "GPU", null, extraKeys);
        return stored(EventWriter.batch(event)).plainBlocks();
    }

    private static EngineKvEvent.Stored stored(byte[] payload) {
        return (EngineKvEvent.Stored) batch(payload).events().getFirst();
    }

    private static Decoding.Batch batch(byte[] payload) {
        Decoding decoding = KvEventDecoder.decode(payload);
        assertThat(decoding).isInstanceOf(Decoding.Batch.class);
        return (Decoding.Batch) decoding;
    }

    private static void assertMalformed(byte[] payload, String reason) {
        assertThat(KvEventDecoder.decode(payload))
                .isInstanceOfSatisfying(
                        Decoding.Malformed.class,
                        malformed -> assertThat(malformed.reason()).contains(reason));
    }

    /** A list that may hold nulls. */
    private static List<?> list(@Nullable Object... values) {
        return new ArrayList<>(Stream.of(values).toList());
    }
}

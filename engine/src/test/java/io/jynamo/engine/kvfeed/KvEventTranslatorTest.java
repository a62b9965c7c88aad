package io.jynamo.engine.kvfeed;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.engine.kvfeed.EngineKvEvent.Place;
import io.jynamo.protocol.BlockHasher;
import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.ErrorCode;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.KvEvent.Tier;
import io.jynamo.protocol.SequenceHash;
import io.jynamo.protocol.SequenceHashes;
import io.jynamo.protocol.TokenIds;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KvEventTranslatorTest {
    private static final Place GPU = new Place("GPU", 0, "full_attention", true);
    private static final Place CPU = new Place("CPU", 0, "full_attention", true);
    private static final TokenIds SIX = TokenIds.of(1, 2, 3, 4, 5, 6);

    private final KvEventTranslator translator = new KvEventTranslator(2, 100);

    @Test
    void namesBlocksAsTheRouterDoes() {
        BlockHashes hashes = new BlockHasher(2, CacheScope.SHARED).hash(SIX);
        assertThat(on(stored(null, SIX.slice(0, 4), 10, 11)))
                .containsExactly(new KvEvent.Stored(1, null, part(hashes, 0, 2), Tier.DEVICE));
        assertThat(on(stored(11L, SIX.slice(4, 6), 12)))
                .containsExactly(
                        new KvEvent.Stored(2, new SequenceHash(hashes.sequence()[1]), part(hashes, 2, 3), Tier.DEVICE));
        assertThat(on(removed(12, 10)))
                .containsExactly(new KvEvent.Removed(
                        3, SequenceHashes.of(hashes.sequence()[2], hashes.sequence()[0]), Tier.DEVICE));
    }

    @Test
    void childrenInheritAdapterAndSalt() {
        CacheScope scope = new CacheScope("ad", "tenant");
        BlockHashes hashes = new BlockHasher(2, scope).hash(SIX);
        on(new EngineKvEvent.Stored(SequenceHashes.of(10), null, SIX.slice(0, 2), 2, scope, 1, GPU));
        assertThat(on(stored(10L, SIX.slice(2, 6), 11, 12)))
                .containsExactly(
                        new KvEvent.Stored(2, new SequenceHash(hashes.sequence()[0]), part(hashes, 1, 3), Tier.DEVICE));
    }

    @Test
    void tellsOnlyWhatIsNew() {
        BlockHashes hashes = new BlockHasher(2, CacheScope.SHARED).hash(SIX);
        on(stored(null, SIX.slice(0, 4), 10, 11));
        assertThat(on(stored(null, SIX.slice(0, 4), 10, 11))).isEmpty();
        assertThat(on(stored(null, SIX, 10, 11, 12)))
                .containsExactly(
                        new KvEvent.Stored(2, new SequenceHash(hashes.sequence()[1]), part(hashes, 2, 3), Tier.DEVICE));
        assertThat(on(removed(10, 10, 77))).hasSize(1);
        assertThat(on(removed(10))).isEmpty();
    }

    @Test
    void removalsOfOneBatchAreOneEventAndComeBeforeItsStores() {
        on(stored(null, SIX, 10, 11, 12));
        List<KvEvent> told = on(removed(12), removed(11), stored(null, TokenIds.of(9, 9), 20), removed(10));
        assertThat(told).hasExactlyElementsOfTypes(KvEvent.Removed.class, KvEvent.Stored.class, KvEvent.Removed.class);
        assertThat(((KvEvent.Removed) told.getFirst()).blocks().count()).isEqualTo(2);
    }

    @Test
    void aChildOfABlockThatIsGoneIsStillNamed() {
        on(stored(null, SIX.slice(0, 4), 10, 11));
        on(removed(11));
        assertThat(on(stored(11L, SIX.slice(4, 6), 12))).hasSize(1);
        assertThat(translator.isIncomplete()).isFalse();
    }

    @Test
    void dropsChildrenOfUnknownParents() {
        assertThat(on(stored(5L, SIX, 10, 11, 12))).isEmpty();
        assertThat(translator.omissions().unknownParents()).isEqualTo(3);
        assertThat(translator.isIncomplete()).isTrue();
        assertThat(on(removed(10))).isEmpty();
        assertThat(translator.reset()).isEmpty();
        assertThat(translator.isIncomplete()).isFalse();
    }

    @Test
    void whatTokensDoNotDescribeIsLeftOutWithAllThatFollows() {
        List<KvEvent> told = on(new EngineKvEvent.Stored(
                SequenceHashes.of(10, 11), null, SIX.slice(0, 4), 2, CacheScope.SHARED, 1, GPU));
        assertThat(told).hasSize(1);
        assertThat(on(stored(11L, SIX.slice(4, 6), 12), removed(12), removed(11)))
                .isEmpty();
        assertThat(translator.omissions().opaque()).isEqualTo(2);
        assertThat(translator.isIncomplete()).isFalse();
    }

    @Test
    void tiersAreApart() {
        on(stored(null, SIX.slice(0, 2), 10));
        assertThat(on(place(CPU, null, SIX.slice(0, 2), 10)))
                .singleElement()
                .isInstanceOfSatisfying(
                        KvEvent.Stored.class, event -> assertThat(event.tier()).isEqualTo(Tier.HOST));
        assertThat(translator.snapshot()).hasSize(2);
        assertThat(on(removed(10)))
                .singleElement()
                .isInstanceOfSatisfying(
                        KvEvent.Removed.class, event -> assertThat(event.tier()).isEqualTo(Tier.DEVICE));
        assertThat(translator.snapshot()).hasSize(1);
    }

    @Test
    void clearingIsOfTheDeviceWhereThereAreOtherTiers() {
        on(stored(null, SIX.slice(0, 4), 10, 11), place(CPU, null, SIX.slice(0, 2), 10));
        assertThat(on(new EngineKvEvent.Cleared()))
                .singleElement()
                .isInstanceOfSatisfying(
                        KvEvent.Removed.class,
                        event -> assertThat(event.blocks().count()).isEqualTo(2));
        on(new EngineKvEvent.Removed(SequenceHashes.of(10), CPU), stored(null, SIX, 20, 21, 22));
        assertThat(on(new EngineKvEvent.Cleared())).hasExactlyElementsOfTypes(KvEvent.Cleared.class);
        assertThat(translator.snapshot()).isEmpty();
    }

    @Test
    void ofSeveralGroupsOneCounts() {
        Place window = new Place("GPU", 1, "sliding_window", true);
        Place second = new Place("GPU", 2, "full_attention", true);
        assertThat(on(place(window, null, SIX, 10, 11, 12))).isEmpty();
        assertThat(on(stored(null, SIX, 10, 11, 12))).hasSize(1);
        assertThat(on(place(second, null, SIX, 10, 11, 12))).isEmpty();
        assertThat(on(new EngineKvEvent.Removed(SequenceHashes.of(10), new Place("GPU", 1, "", true))))
                .isEmpty();
        assertThat(on(removed(10))).hasSize(1);
    }

    @Test
    void foreignPlacesAreLeftOut() {
        assertThat(on(place(new Place("TAPE", 0, "", true), null, SIX, 1, 2, 3)))
                .isEmpty();
        assertThat(on(place(new Place("GPU", 0, "", false), null, SIX, 1, 2, 3)))
                .isEmpty();
        assertThat(on(new EngineKvEvent.Unknown("BlockPinned"))).isEmpty();
        assertThat(translator.omissions().ignored()).isEqualTo(3);
    }

    @Test
    void refusesAnotherBlockSizeByName() {
        assertThat(on(new EngineKvEvent.Stored(
                        SequenceHashes.of(1), null, SIX.slice(0, 4), 4, CacheScope.SHARED, 1, GPU)))
                .isEmpty();
        assertThat(translator.refusal()).hasValueSatisfying(refusal -> {
            assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
            assertThat(refusal).hasMessageContaining("of 4 tokens").hasMessageContaining("card says 2");
        });
    }

    @Test
    void aNameThatNowMeansAnotherBlockReplacesIt() {
        on(stored(null, SIX.slice(0, 2), 10));
        List<KvEvent> told = on(stored(null, TokenIds.of(9, 9), 10));
        assertThat(told).hasExactlyElementsOfTypes(KvEvent.Removed.class, KvEvent.Stored.class);
        assertThat(held()).hasSize(1);
    }

    @Test
    void twoNamesOfOneBlockAreOneUntilBothAreGone() {
        on(stored(null, SIX.slice(0, 2), 10));
        assertThat(on(stored(null, SIX.slice(0, 2), 20))).isEmpty();
        assertThat(on(removed(10))).isEmpty();
        assertThat(on(removed(20))).hasSize(1);
    }

    @Test
    void followsNoMoreBlocksThanItMay() {
        KvEventTranslator small = new KvEventTranslator(1, 3);
        small.on(new Decoding.Batch(
                List.of(new EngineKvEvent.Stored(
                        SequenceHashes.of(1, 2, 3, 4, 5),
                        null,
                        TokenIds.of(1, 2, 3, 4, 5),
                        1,
                        CacheScope.SHARED,
                        5,
                        GPU)),
                null));
        assertThat(small.omissions().overflowed()).isEqualTo(2);
        assertThat(small.snapshot())
                .singleElement()
                .isInstanceOfSatisfying(
                        KvEvent.Stored.class,
                        event -> assertThat(event.blocks().count()).isEqualTo(3));
    }

    @Test
    void aSnapshotIsOneEventPerRunParentsFirst() {
        on(stored(null, SIX, 10, 11, 12));
        on(stored(10L, TokenIds.of(7, 7, 8, 8), 20, 21));
        List<KvEvent> snapshot = translator.snapshot();
        assertThat(snapshot)
                .hasSize(3)
                .allSatisfy(event -> assertThat(event.id()).isEqualTo(2));
        Told told = new Told();
        told.begin(snapshot, 2);
        Set<Long> expected = new HashSet<>();
        for (TokenIds prompt : List.of(SIX, TokenIds.of(1, 2, 7, 7, 8, 8))) {
            Arrays.stream(new BlockHasher(2, CacheScope.SHARED).hash(prompt).sequence())
                    .forEach(expected::add);
        }
        assertThat(told.in(Tier.DEVICE)).isEqualTo(expected);
        assertThat(((KvEvent.Stored) snapshot.getFirst()).parent()).isNull();
    }

    @Test
    void followsARealEngineFromItsFirstMessageOn() {
        KvEventTranslator vllm = new KvEventTranslator(32, 1000);
        Told told = new Told();
        Capture.recorded("vllm-wire/kv-events-int-hash.jsonl")
                .forEach(capture -> told.on(vllm.on((Decoding.Batch) KvEventDecoder.decode(capture.payload()))));
        assertThat(vllm.omissions()).isEqualTo(new KvEventTranslator.Omissions(0, 0, 0, 0));
        TokenIds last = TokenIds.of(IntStream.range(500, 532).toArray());
        assertThat(told.in(Tier.DEVICE))
                .containsExactly(
                        new BlockHasher(32, CacheScope.SHARED).hash(last).sequence()[0]);
    }

    @Test
    void namesRealBlocksAsTheRouterDoes() {
        TokenIds prompt = TokenIds.of(IntStream.concat(IntStream.range(1000, 1070), IntStream.range(2000, 2030))
                .toArray());
        BlockHasher hasher = new BlockHasher(32, CacheScope.SHARED);
        for (String file : List.of("vllm-int-hash.jsonl", "vllm-bytes-hash.jsonl", "sglang.jsonl")) {
            KvEventTranslator engine = new KvEventTranslator(32, 1000);
            Told told = new Told();
            Capture.kept(file)
                    .subList(0, 2)
                    .forEach(capture -> told.on(engine.on((Decoding.Batch) KvEventDecoder.decode(capture.payload()))));
            assertThat(told.in(Tier.DEVICE))
                    .as(file)
                    .containsExactlyInAnyOrderElementsOf(
                            Arrays.stream(hasher.hash(prompt).sequence())
                                    .boxed()
                                    .toList());
        }
        KvEventTranslator salted = new KvEventTranslator(32, 1000);
        salted.on((Decoding.Batch) KvEventDecoder.decode(
                Capture.kept("vllm-bytes-hash.jsonl").get(5).payload()));
        assertThat(salted.snapshot())
                .singleElement()
                .isInstanceOfSatisfying(
                        KvEvent.Stored.class,
                        event -> assertThat(event.blocks())
                                .isEqualTo(new BlockHasher(32, new CacheScope("ad1", "tenant-1"))
                                        .hash(prompt.slice(0, 64))));
    }

    private List<KvEvent> on(EngineKvEvent... events) {
        return translator.on(new Decoding.Batch(List.of(events), null));
    }

    private Set<Long> held() {
        Told told = new Told();
        told.begin(translator.snapshot(), translator.lastId());
        return told.in(Tier.DEVICE);
    }

    private static EngineKvEvent stored(@Nullable Long parent, TokenIds tokens, long... names) {
        return place(GPU, parent, tokens, names);
    }

    private static EngineKvEvent place(Place place, @Nullable Long parent, TokenIds tokens, long... names) {
        return new EngineKvEvent.Stored(
                SequenceHashes.of(names), parent, tokens, 2, CacheScope.SHARED, names.length, place);
    }

    private static EngineKvEvent removed(long... names) {
        return new EngineKvEvent.Removed(SequenceHashes.of(names), GPU);
    }

    private static BlockHashes part(BlockHashes all, int from, int to) {
        return new BlockHashes(Arrays.copyOfRange(all.local(), from, to), Arrays.copyOfRange(all.sequence(), from, to));
    }
}

package io.jynamo.engine.kvfeed;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.BlockHasher;
import io.jynamo.protocol.CacheScope;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.Media;
import io.jynamo.protocol.MediumName;
import io.jynamo.protocol.Modality;
import io.jynamo.protocol.TokenIds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Blocks with media in events of vLLM 0.32, whose extra keys have pairs of a name and a place. */
class BlockMediumTest {
    private static final int BLOCK = 4;
    private static final int PAD = 151655;

    private static byte[] stored(@Nullable Long parent, int[] tokens, @Nullable Object... keys) {
        long first = parent == null ? 1 : parent + 1;
        long[] names = LongStream.range(first, first + tokens.length / BLOCK).toArray();
        List<@Nullable Object> event = new ArrayList<>(
                Stream.of("BlockStored", names, parent, tokens, BLOCK, null, "GPU", null, Arrays.asList(keys))
                        .toList());
        return EventWriter.batch(event);
    }

    private static List<?> medium(String name, int offset) {
        return List.of(name, offset);
    }

    /** Sequence hashes that are told of an engine's events, its first. */
    private static long[] told(byte[]... payloads) {
        KvEventTranslator translator = new KvEventTranslator(BLOCK, 100);
        LongStream.Builder sequences = LongStream.builder();
        for (byte[] payload : payloads) {
            Decoding.Batch batch = (Decoding.Batch) KvEventDecoder.decode(payload);
            for (KvEvent event : translator.on(batch)) {
                Arrays.stream(((KvEvent.Stored) event).blocks().sequence()).forEach(sequences);
            }
        }
        return sequences.build().toArray();
    }

    private static long[] hashed(int[] tokens) {
        return hashed(tokens, CacheScope.SHARED);
    }

    private static long[] hashed(int[] tokens, CacheScope scope) {
        return new BlockHasher(BLOCK, scope).hash(TokenIds.of(tokens)).sequence();
    }

    /** As a frontend has it: words, so many tokens of a medium, words. */
    private static int[] asked(int before, int media, String name, int after) {
        int[] tokens = new int[before + media + after];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = 10 + i;
        }
        MediumName.mark(tokens, before, before + media, name, 0);
        return tokens;
    }

    private static int[] computed(int before, int media, int after) {
        int[] tokens = asked(before, media, "", after);
        Arrays.fill(tokens, before, before + media, PAD);
        return tokens;
    }

    @Test
    void blocksOfAMediumAreThoseOfARequestWithItsName() {
        int[] computed = computed(2, 7, 3);
        byte[] event = stored(
                null, computed, List.of(medium("cat", 2)), List.of(medium("cat", -2)), List.of(medium("cat", -6)));
        assertThat(told(event)).containsExactly(hashed(asked(2, 7, "cat", 3)));
        assertThat(hashed(asked(2, 7, "cat", 3))).doesNotContain(hashed(asked(2, 7, "dog", 3)));
    }

    @Test
    void aWrongCountOfItsTokensFindsNothingFromThereOn() {
        told(stored(null, computed(2, 7, 3), List.of(medium("cat", 2)), List.of(medium("cat", -2)), null));
        long[] right = hashed(asked(2, 7, "cat", 3));
        long[] wrong = hashed(asked(2, 6, "cat", 4));
        assertThat(wrong[0]).as("all of its tokens are the medium's first").isEqualTo(right[0]);
        assertThat(Arrays.copyOfRange(wrong, 2, 3)).doesNotContain(right);
    }

    @Test
    void aMediumGoesOnInTheNextEvent() {
        int[] computed = computed(2, 9, 1);
        byte[] first = stored(null, Arrays.copyOf(computed, 4), List.of(medium("cat", 2)));
        byte[] second =
                stored(1L, Arrays.copyOfRange(computed, 4, 12), List.of(medium("cat", -2)), List.of(medium("cat", -6)));
        assertThat(told(first, second)).containsExactly(hashed(asked(2, 9, "cat", 1)));
    }

    @Test
    void mediaSideBySideAreTheirOwn() {
        int[] asked = asked(1, 2, "cat", 5);
        MediumName.mark(asked, 3, 6, "dog", 0);
        int[] computed = computed(1, 5, 2);
        byte[] event = stored(null, computed, List.of(medium("cat", 1), medium("dog", 3)), List.of(medium("dog", -1)));
        assertThat(told(event)).containsExactly(hashed(asked));
    }

    /** What is behind a medium of many kinds of tokens is told apart by them, whether or not a frontend knows it. */
    @Test
    void tokensWithinThatAreNoneOfItsFirstStay() {
        int[] computed = computed(1, 7, 0);
        computed[2] = 198;
        int[] expected = computed.clone();
        MediumName.mark(expected, 1, 2, "cat", 0);
        MediumName.mark(expected, 4, 8, "cat", 3);
        byte[] event = stored(null, computed, List.of(medium("cat", 1)), List.of(medium("cat", -3)));
        assertThat(told(event)).containsExactly(hashed(expected));
    }

    @Test
    void aSaltIsTheLastKeyOfTheFirstBlock() {
        byte[] event = stored(null, computed(2, 2, 4), List.of(medium("cat", 2), "tenant"), null);
        assertThat(told(event)).containsExactly(hashed(asked(2, 2, "cat", 4), new CacheScope(null, "tenant")));
    }

    @Test
    void placesThatCannotBeEndWhatIsTold() {
        assertThat(told(stored(null, computed(2, 2, 4), List.of(medium("cat", 4)), null)))
                .isEmpty();
        assertThat(told(stored(null, computed(2, 2, 4), List.of(medium("cat", 2), medium("dog", 1)), null)))
                .isEmpty();
        assertThat(told(stored(null, computed(2, 2, 4), null, List.of(medium("cat", 1), medium("dog", 9)))))
                .containsExactly(hashed(computed(2, 2, 4))[0]);
        assertThat(told(stored(null, computed(3, 2, 3), null, List.of(List.of("cat", "dog")))))
                .hasSize(1);
        assertThat(told(stored(null, computed(3, 3, 2), null, List.of(List.of("cat", 1L << 40)))))
                .hasSize(1);
    }

    @Test
    void aNameIsOfBytesModalityAndSalt() {
        Media image = new Media(Modality.IMAGE, "image/png", new byte[] {1, 2});
        MediumName name = MediumName.of(image);
        assertThat(name.digest()).matches("[0-9a-f]{64}");
        assertThat(MediumName.of(new Media(Modality.IMAGE, "image/gif", new byte[] {1, 2})))
                .isEqualTo(name);
        assertThat(MediumName.of(new Media(Modality.VIDEO, "video/mp4", new byte[] {1, 2})))
                .isNotEqualTo(name);
        assertThat(name.within(null)).isEqualTo(name.digest());
        assertThat(List.of(name.within("a"), name.within("b"), name.digest())).doesNotHaveDuplicates();
    }
}

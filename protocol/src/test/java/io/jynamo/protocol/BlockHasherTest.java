package io.jynamo.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BlockHasherTest {
    private static final TokenIds ONE_TO_TWELVE =
            TokenIds.of(IntStream.rangeClosed(1, 12).toArray());

    @Test
    void hashesBlocksAsDynamoDoes() {
        BlockHashes hashes = new BlockHasher(4, CacheScope.SHARED).hash(ONE_TO_TWELVE);
        assertThat(hashes.local())
                .containsExactly(
                        Long.parseUnsignedLong("14643705804678351452"),
                        Long.parseUnsignedLong("16777012769546811212"),
                        Long.parseUnsignedLong("483935686894639516"));
        assertThat(hashes.sequence())
                .containsExactly(
                        Long.parseUnsignedLong("14643705804678351452"),
                        Long.parseUnsignedLong("4945711292740353085"),
                        Long.parseUnsignedLong("12583592247330656132"));
    }

    @Test
    void adapterAndSaltKeepBlocksApart() {
        BlockHashes hashes = new BlockHasher(4, new CacheScope("adapter-a", "tenant-a")).hash(ONE_TO_TWELVE);
        assertThat(hashes.sequence()[2]).isEqualTo(Long.parseUnsignedLong("6376789474022567002"));
    }

    @Test
    void leavesThePartialTailOut() {
        assertThat(new BlockHasher(5, CacheScope.SHARED).hash(ONE_TO_TWELVE).count())
                .isEqualTo(2);
    }
}

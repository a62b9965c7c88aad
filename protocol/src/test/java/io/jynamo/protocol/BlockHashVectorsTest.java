package io.jynamo.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Vectors that need no file: Dynamo's own literals, and values computed with the reference XXH3. */
class BlockHashVectorsTest {
    private static final int[] ONE_TO_TWELVE = IntStream.rangeClosed(1, 12).toArray();

    @Test
    void plain() {
        check(
                hashes(4, CacheScope.SHARED, ONE_TO_TWELVE).local(),
                "14643705804678351452",
                "16777012769546811212",
                "483935686894639516");
        check(
                hashes(4, CacheScope.SHARED, ONE_TO_TWELVE).sequence(),
                "14643705804678351452",
                "4945711292740353085",
                "12583592247330656132");
    }

    @Test
    void adapter() {
        CacheScope scope = new CacheScope("adapter-a", null);
        assertThat(BlockHasher.seed(scope)).isEqualTo(Long.parseUnsignedLong("8842669519798868182"));
        BlockHashes hashes = hashes(4, scope, ONE_TO_TWELVE);
        check(hashes.local(), "11381080598872079209", "5698110331184095209", "10923852707342720619");
        check(hashes.sequence(), "11381080598872079209", "17518568667535815909", "12857975441449519705");
    }

    @Test
    void salt() {
        CacheScope scope = new CacheScope(null, "tenant-a");
        assertThat(BlockHasher.seed(scope)).isEqualTo(Long.parseUnsignedLong("1948188790972764086"));
        BlockHashes hashes = hashes(4, scope, ONE_TO_TWELVE);
        check(hashes.local(), "5738685477468498325", "11202231085456067787", "9318114775459440904");
        check(hashes.sequence(), "5738685477468498325", "1076233986426276607", "14251413665512820044");
    }

    @Test
    void adapterAndSaltAndOneNameAsEither() {
        BlockHashes both = hashes(4, new CacheScope("adapter-a", "tenant-a"), ONE_TO_TWELVE);
        check(both.local(), "9967753091837871098", "17145582438027477403", "1573782188507051189");
        check(new long[] {both.sequence()[2]}, "6376789474022567002");
        check(
                new long[] {
                    hashes(4, new CacheScope(null, "adapter-a"), ONE_TO_TWELVE).local()[0]
                },
                "17345328379853685678");
    }

    @Test
    void everyLengthPathOfXxh3() {
        checkTwoBlocks(1, "16451421758532862321", "14426539925402682893", "5478772005252122579");
        checkTwoBlocks(4, "9143094415614847814", "12124091508212882195", "9510318385840434533");
        checkTwoBlocks(32, "5756925433886871916", "13958166640625465031", "16658382216643214443");
        checkTwoBlocks(48, "17528049439166767664", "10810856111076465926", "10000301670742198671");
        checkTwoBlocks(300, "1474022888726555932", "4816278824653018760", "14514577097019391433");
    }

    @Test
    void usualBlockSizes() {
        BlockHashes sixteen = hashes(16, CacheScope.SHARED, upTo(64));
        check(
                sixteen.local(),
                "15310707395893867146",
                "15292316782987903195",
                "5532946206955930018",
                "14928757266181269122");
        check(new long[] {sixteen.sequence()[3]}, "3888788807566526800");
        BlockHashes sixtyFour = hashes(64, CacheScope.SHARED, upTo(256));
        check(
                new long[] {sixtyFour.local()[0], sixtyFour.sequence()[3]},
                "3480597578098033343",
                "16084599388174964645");
        BlockHashes long128 = hashes(128, CacheScope.SHARED, upTo(512));
        check(new long[] {long128.local()[0], long128.sequence()[3]}, "9509643624113304476", "14734887269570497990");
    }

    @Test
    void blocksOfOneToken() {
        for (var row : List.of(
                List.of(64, "4218722068121879188"),
                List.of(128, "1075869293209628459"),
                List.of(512, "6010885096840287250"))) {
            int[] tokens = new int[(Integer) row.getFirst()];
            Arrays.fill(tokens, 46);
            check(hashes(tokens.length, CacheScope.SHARED, tokens).local(), (String) row.getLast());
        }
    }

    private static void checkTwoBlocks(int blockTokens, String... localsAndSecondSequence) {
        BlockHashes hashes = hashes(blockTokens, CacheScope.SHARED, upTo(2 * blockTokens));
        check(new long[] {hashes.local()[0], hashes.local()[1], hashes.sequence()[1]}, localsAndSecondSequence);
    }

    private static BlockHashes hashes(int blockTokens, CacheScope scope, int[] tokens) {
        return new BlockHasher(blockTokens, scope).hash(TokenIds.of(tokens));
    }

    private static int[] upTo(int count) {
        return IntStream.range(0, count).toArray();
    }

    private static void check(long[] hashes, String... unsigned) {
        assertThat(Arrays.stream(hashes).mapToObj(Long::toUnsignedString)).containsExactly(unsigned);
    }
}

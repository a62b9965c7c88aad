package io.jynamo.router.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.KvEvent.Tier;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Any sequence of events gives what a set per owner gives; with too little memory, never more than that. */
class ChainIndexModelTest {
    private static final int OWNERS = 70;

    private final long[] now = {0};
    private final PrefixHits hits = new PrefixHits();
    private final NaiveIndex oracle = new NaiveIndex();

    static LongStream seeds() {
        return LongStream.concat(LongStream.rangeClosed(1, 40), LongStream.of(System.nanoTime()));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void agreesWithTheOracle(long seed) {
        var index = new ChainIndex(16 << 20, () -> now[0]);
        var random = new SplittableRandom(seed);
        var chains = new Chains(random, 200);
        for (int i = 0; i < 1_000; i++) {
            step(random, chains, index);
            if (i % 8 == 0) {
                BlockHashes prompt = chains.prompt(random);
                index.find(prompt, hits);
                for (Tier tier : Tier.values()) {
                    assertThat(depths(tier))
                            .as("seed %d, step %d, %s", seed, i, tier)
                            .isEqualTo(expected(tier, prompt));
                }
            }
        }
        for (int owner = 0; owner < OWNERS; owner++) {
            index.clear(owner);
        }
        assertThat(index.blocks()).isZero();
        assertThat(index.setCount()).isZero();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void localHashesAloneFindTheSame(long seed) {
        var index = new ChainIndex(16 << 20, () -> now[0]);
        var random = new SplittableRandom(seed);
        var chains = new Chains(random, 40);
        for (int i = 0; i < 400; i++) {
            step(random, chains, index);
            BlockHashes prompt = chains.prompt(random);
            index.find(prompt.local(), hits);
            int[] depths = depths(Tier.DEVICE);
            assertThat(depths).as("seed %d, step %d", seed, i).isEqualTo(expected(Tier.DEVICE, prompt));
            for (int owner = 0; owner < OWNERS; owner++) {
                assertThat(hits.depthOf(Tier.DEVICE, owner)).isEqualTo(depths[owner]);
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void neverSaysTooMuchNorGrowsTooLarge(long seed) {
        long limit = ChainIndex.MIN_BYTES;
        var index = new ChainIndex(limit, () -> now[0]);
        var random = new SplittableRandom(seed);
        var chains = new Chains(random, 200);
        for (int i = 0; i < 800; i++) {
            step(random, chains, index);
            BlockHashes prompt = chains.prompt(random);
            index.find(prompt, hits);
            for (Tier tier : Tier.values()) {
                int[] said = depths(tier);
                int[] most = expected(tier, prompt);
                for (int owner = 0; owner < OWNERS; owner++) {
                    assertThat(said[owner]).as("seed %d, step %d", seed, i).isLessThanOrEqualTo(most[owner]);
                }
            }
            assertThat(index.bytes()).isLessThanOrEqualTo(limit);
        }
        for (int owner = 0; owner < OWNERS; owner++) {
            index.clear(owner);
        }
        assertThat(index.blocks()).isZero();
        assertThat(index.setCount()).isZero();
    }

    private void step(SplittableRandom random, Chains chains, ChainIndex index) {
        int owner = random.nextInt(OWNERS);
        now[0] += random.nextInt(3);
        if (random.nextInt(6) == 0) {
            BlockHashes prompt = chains.prompt(random);
            long deadline = now[0] + random.nextInt(-1, 60);
            index.predict(owner, prompt, deadline);
            oracle.predict(owner, prompt, deadline, now[0]);
            return;
        }
        if (random.nextInt(60) == 0) {
            index.clear(owner);
            oracle.clear(owner);
            return;
        }
        KvEvent event = chains.event(random);
        index.on(owner, event);
        oracle.on(owner, event, now[0]);
    }

    private int[] depths(Tier tier) {
        int[] depths = new int[OWNERS];
        Arrays.fill(depths, -1);
        hits.expand(tier, depths);
        return depths;
    }

    private int[] expected(Tier tier, BlockHashes prompt) {
        int[] depths = new int[OWNERS];
        for (int owner = 0; owner < OWNERS; owner++) {
            depths[owner] = oracle.depth(owner, tier, prompt.sequence(), now[0]);
        }
        return depths;
    }
}

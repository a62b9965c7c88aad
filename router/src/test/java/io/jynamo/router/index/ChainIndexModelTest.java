package io.jynamo.router.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Any sequence of events gives what a set per owner gives; with too little memory, never more than that. */
class ChainIndexModelTest {
    private static final int OWNERS = 70;

    static LongStream seeds() {
        return LongStream.concat(LongStream.rangeClosed(1, 40), LongStream.of(System.nanoTime()));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void agreesWithTheOracle(long seed) {
        var index = new ChainIndex(16 << 20);
        var oracle = new NaiveIndex();
        var random = new SplittableRandom(seed);
        var chains = new Chains(random);
        for (int i = 0; i < 800; i++) {
            chains.apply(random, index, oracle);
            if (i % 8 == 0) {
                long[] prompt = chains.prompt(random);
                assertThat(depths(index, prompt))
                        .as("seed %d, step %d", seed, i)
                        .isEqualTo(depths(oracle, prompt));
                assertThat(index.blocks()).isEqualTo(oracle.blocks());
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
    void neverSaysTooMuchNorGrowsTooLarge(long seed) {
        long limit = ChainIndex.MIN_BYTES;
        var index = new ChainIndex(limit);
        var oracle = new NaiveIndex();
        var random = new SplittableRandom(seed);
        var chains = new Chains(random);
        for (int i = 0; i < 800; i++) {
            chains.apply(random, index, oracle);
            long[] prompt = chains.prompt(random);
            int[] said = depths(index, prompt);
            int[] most = depths(oracle, prompt);
            for (int owner = 0; owner < OWNERS; owner++) {
                assertThat(said[owner]).as("seed %d, step %d", seed, i).isLessThanOrEqualTo(most[owner]);
            }
            assertThat(index.bytes()).isLessThanOrEqualTo(limit);
        }
    }

    private static int[] depths(PrefixIndex index, long[] prompt) {
        int[] depths = new int[OWNERS];
        Arrays.fill(depths, -1);
        index.find(prompt, depths);
        return depths;
    }

    /** A few branching chains of hashes, and random events over them: any order, repeated, out of the blue. */
    private static final class Chains {
        private final long[][] chains = new long[60][];

        Chains(SplittableRandom random) {
            for (int i = 0; i < chains.length; i++) {
                long[] chain = random.longs(1 + random.nextInt(200)).toArray();
                if (i > 0 && random.nextInt(3) > 0) {
                    long[] trunk = chains[random.nextInt(i)];
                    int shared = random.nextInt(Math.min(trunk.length, chain.length) + 1);
                    System.arraycopy(trunk, 0, chain, 0, shared);
                }
                chains[i] = chain;
            }
            chains[0][0] = 0; // a hash like any other
        }

        long[] prompt(SplittableRandom random) {
            long[] chain = chains[random.nextInt(chains.length)];
            return Arrays.copyOf(chain, random.nextInt(chain.length + 1));
        }

        void apply(SplittableRandom random, PrefixIndex... indexes) {
            int owner = random.nextInt(OWNERS);
            long[] chain = chains[random.nextInt(chains.length)];
            int from = random.nextInt(chain.length);
            int to = from + random.nextInt(chain.length - from + 1);
            int kind = random.nextInt(20);
            long[] blocks = Arrays.copyOfRange(chain, kind < 8 ? 0 : from, to);
            for (PrefixIndex index : indexes) {
                if (kind < 12) {
                    index.store(owner, blocks);
                } else if (kind < 19) {
                    index.remove(owner, blocks);
                } else {
                    index.clear(owner);
                }
            }
        }
    }
}

package io.jynamo.router.index;

import io.jynamo.protocol.BlockHasher;
import io.jynamo.protocol.BlockHashes;
import io.jynamo.protocol.KvEvent;
import io.jynamo.protocol.KvEvent.Tier;
import io.jynamo.protocol.SequenceHash;
import io.jynamo.protocol.SequenceHashes;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** A few branching chains of blocks, and random events over them: any order, repeated, out of the blue. */
final class Chains {
    private static final List<Tier> TIERS = List.of(Tier.values());

    private final BlockHashes[] chains = new BlockHashes[60];

    Chains(SplittableRandom random, int longest) {
        long[][] locals = new long[chains.length][];
        for (int i = 0; i < chains.length; i++) {
            locals[i] = random.longs(1 + random.nextInt(longest)).toArray();
            if (i > 0 && random.nextInt(3) > 0) {
                long[] trunk = locals[random.nextInt(i)];
                int shared = random.nextInt(Math.min(trunk.length, locals[i].length) + 1);
                System.arraycopy(trunk, 0, locals[i], 0, shared);
            }
            chains[i] = of(locals[i]);
        }
        chains[0] = of(0, 0, 0, 0, 7); // a hash like any other, and a block that repeats
        if (longest > 40) {
            // Blocks named by somebody else's rule.
            chains[1] =
                    new BlockHashes(locals[1], random.longs(locals[1].length).toArray());
        }
    }

    /** The hashes of blocks with these local hashes. */
    static BlockHashes of(long... locals) {
        long[] sequences = locals.clone();
        for (int i = 1; i < locals.length; i++) {
            sequences[i] = BlockHasher.chain(sequences[i - 1], locals[i]);
        }
        return new BlockHashes(locals, sequences);
    }

    static BlockHashes part(BlockHashes whole, int from, int to) {
        return new BlockHashes(
                Arrays.copyOfRange(whole.local(), from, to), Arrays.copyOfRange(whole.sequence(), from, to));
    }

    /** The event that blocks of a chain were stored. */
    static KvEvent stored(BlockHashes whole, int from, int to, Tier tier) {
        SequenceHash parent = from == 0 ? null : new SequenceHash(whole.sequence()[from - 1]);
        return new KvEvent.Stored(0, parent, part(whole, from, to), tier);
    }

    BlockHashes prompt(SplittableRandom random) {
        BlockHashes chain = chains[random.nextInt(chains.length)];
        return part(chain, 0, random.nextInt(chain.count() + 1));
    }

    KvEvent event(SplittableRandom random) {
        BlockHashes chain = chains[random.nextInt(chains.length)];
        int from = random.nextInt(chain.count());
        int to = from + random.nextInt(chain.count() - from + 1);
        Tier tier = random.nextInt(3) > 0 ? Tier.DEVICE : TIERS.get(random.nextInt(TIERS.size()));
        int kind = random.nextInt(40);
        if (kind < 16) {
            return stored(chain, 0, to, tier);
        } else if (kind < 24) {
            return stored(chain, from, to, tier);
        } else if (kind < 39) {
            long[] gone = part(chain, random.nextBoolean() ? from : 0, to).sequence();
            return new KvEvent.Removed(0, SequenceHashes.of(gone), tier);
        }
        return new KvEvent.Cleared(0);
    }
}

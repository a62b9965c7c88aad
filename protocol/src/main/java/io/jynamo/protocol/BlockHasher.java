package io.jynamo.protocol;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Hashes token blocks exactly as NVIDIA Dynamo's router does, so that events from its workers and ours name the same
 * blocks alike.
 *
 * <p>Local hash: XXH3-64 over the block's ids as little-endian u32, seeded with 1337 plus, where present, XXH3-64 of the
 * adapter name (seed 0) and of the salt (seed 1). Sequence hash: the local hash for the first block, then XXH3-64 (seed
 * 1337) over the parent's sequence hash and the block's local hash as little-endian u64. A partial block has no hash.
 */
public final class BlockHasher {
    private static final long SEED = 1337;
    private static final Hasher64 CHAIN = Hashing.xxh3_64(SEED);

    private final int blockTokens;
    private final Hasher64 general;
    private final @Nullable TokenHash local;

    /** @param blockTokens tokens per block, at least 1 */
    public BlockHasher(int blockTokens, CacheScope scope) {
        if (blockTokens < 1) {
            throw new IllegalArgumentException("blockTokens must be at least 1: " + blockTokens);
        }
        this.blockTokens = blockTokens;
        long seed = seed(scope);
        this.general = Hashing.xxh3_64(seed);
        this.local = TokenHash.served(blockTokens) ? new TokenHash(blockTokens, seed) : null;
    }

    public int blockTokens() {
        return blockTokens;
    }

    /** The local hash of the block that starts at token index {@code from}. */
    public long localHash(TokenIds tokens, int from) {
        return localHash(tokens.shared(), from);
    }

    private long localHash(int[] ids, int from) {
        TokenHash fast = local;
        if (fast != null) {
            return fast.hash(ids, from);
        }
        return general.hashBytesToLong(ids, (long) from << 2, (long) blockTokens << 2, TokenBytes.INSTANCE);
    }

    /** The sequence hash of a block from its parent's sequence hash and its own local hash. */
    public static long chain(long parentSequence, long local) {
        return CHAIN.hashLongLongToLong(parentSequence, local);
    }

    /** The hashes of every full block of {@code tokens}, first to last. */
    public BlockHashes hash(TokenIds tokens) {
        int blocks = tokens.count() / blockTokens;
        long[] locals = new long[blocks];
        long[] sequences = new long[blocks];
        hash(tokens, locals, sequences, blocks);
        return new BlockHashes(locals, sequences);
    }

    /** The same into arrays that are used again. */
    public void hash(TokenIds tokens, BlockHashBuffer into) {
        into.resize(tokens.count() / blockTokens);
        hash(tokens, into.local(), into.sequence(), into.count());
    }

    private void hash(TokenIds tokens, long[] locals, long[] sequences, int blocks) {
        int[] ids = tokens.shared();
        for (int i = 0; i < blocks; i++) {
            locals[i] = localHash(ids, i * blockTokens);
        }
        if (blocks > 0) {
            sequences[0] = locals[0];
        }
        for (int i = 1; i < blocks; i++) {
            sequences[i] = chain(sequences[i - 1], locals[i]);
        }
    }

    static long seed(CacheScope scope) {
        long seed = SEED;
        String lora = scope.lora();
        if (lora != null) {
            seed += Hashing.xxh3_64(0).hashBytesToLong(lora.getBytes(StandardCharsets.UTF_8));
        }
        String salt = scope.salt();
        if (salt != null) {
            seed += Hashing.xxh3_64(1).hashBytesToLong(salt.getBytes(StandardCharsets.UTF_8));
        }
        return seed;
    }
}

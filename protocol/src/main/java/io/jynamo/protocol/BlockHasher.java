package io.jynamo.protocol;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.nio.charset.StandardCharsets;

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
    private final Hasher64 local;

    /** @param blockTokens tokens per block, at least 1 */
    public BlockHasher(int blockTokens, CacheScope scope) {
        if (blockTokens < 1) {
            throw new IllegalArgumentException("blockTokens must be at least 1: " + blockTokens);
        }
        this.blockTokens = blockTokens;
        this.local = Hashing.xxh3_64(seed(scope));
    }

    public int blockTokens() {
        return blockTokens;
    }

    /** The local hash of the block that starts at token index {@code from}. */
    public long localHash(TokenIds tokens, int from) {
        byte[] bytes = new byte[blockTokens * 4];
        for (int i = 0; i < blockTokens; i++) {
            putInt(bytes, i * 4, tokens.at(from + i));
        }
        return local.hashBytesToLong(bytes);
    }

    /** The sequence hash of a block from its parent's sequence hash and its own local hash. */
    public static long chain(long parentSequence, long local) {
        byte[] bytes = new byte[16];
        putLong(bytes, 0, parentSequence);
        putLong(bytes, 8, local);
        return CHAIN.hashBytesToLong(bytes);
    }

    /** The hashes of every full block of {@code tokens}, first to last. */
    public BlockHashes hash(TokenIds tokens) {
        int blocks = tokens.count() / blockTokens;
        long[] locals = new long[blocks];
        long[] sequences = new long[blocks];
        for (int i = 0; i < blocks; i++) {
            locals[i] = localHash(tokens, i * blockTokens);
            sequences[i] = i == 0 ? locals[0] : chain(sequences[i - 1], locals[i]);
        }
        return new BlockHashes(locals, sequences);
    }

    private static long seed(CacheScope scope) {
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

    private static void putInt(byte[] bytes, int at, int value) {
        bytes[at] = (byte) value;
        bytes[at + 1] = (byte) (value >>> 8);
        bytes[at + 2] = (byte) (value >>> 16);
        bytes[at + 3] = (byte) (value >>> 24);
    }

    private static void putLong(byte[] bytes, int at, long value) {
        putInt(bytes, at, (int) value);
        putInt(bytes, at + 4, (int) (value >>> 32));
    }
}

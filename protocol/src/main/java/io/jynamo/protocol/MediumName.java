package io.jynamo.protocol;

import com.dynatrace.hash4j.hashing.Hashing;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What an image, a sound or a film is called by what it holds. Engines are told it beside the medium, tell it in their KV events, and it
 * stands in the hashes of blocks: the same bytes, and no others, have the same name.
 *
 * @param digest SHA-256 of its modality and bytes, in 64 hexadecimal digits
 */
public record MediumName(String digest) {
    private static final int NO_TOKEN = 1 << 31;

    /** Of one medium. */
    public static MediumName of(Media media) {
        MessageDigest hash = sha256();
        hash.update(media.modality().id().getBytes(StandardCharsets.US_ASCII));
        hash.update((byte) 0);
        return new MediumName(HexFormat.of().formatHex(hash.digest(media.bytes())));
    }

    /**
     * Its name among those whose cache is kept apart by a salt, as an engine is told it: another salt has another name for the same bytes.
     *
     * @param salt as of {@link CacheScope}, or null where all share
     */
    public String within(@Nullable String salt) {
        if (salt == null) {
            return digest;
        }
        MessageDigest hash = sha256();
        hash.update(digest.getBytes(StandardCharsets.US_ASCII));
        return HexFormat.of().formatHex(hash.digest(salt.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Writes ids that stand for the tokens of a medium wherever blocks are hashed. No token has such an id, and no two media, nor two places
     * of one, have the same few.
     *
     * @param name as an engine is told it
     * @param from index of the first to write
     * @param to index after the last
     * @param position of the first within the medium
     */
    public static void mark(int[] tokens, int from, int to, String name, int position) {
        long seed = Hashing.xxh3_64(0).hashBytesToLong(name.getBytes(StandardCharsets.UTF_8));
        for (int i = from; i < to; i++) {
            tokens[i] = (int) mixed(seed + (position + i - from) * 0x9E3779B97F4A7C15L) | NO_TOKEN;
        }
    }

    /** SplitMix64's end: every bit of the result depends on all. */
    private static long mixed(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}

package io.jynamo.protocol;

/**
 * What a set of blocks amounts to, in whatever order they came: sets that differ have different digests, but for a chance
 * that can be neglected.
 *
 * @param blocks how many
 * @param sum of the mixed sequence hashes, modulo 2^64
 * @param xor exclusive or of the same
 */
public record BlockDigest(long blocks, long sum, long xor) {
    public static final BlockDigest NONE = new BlockDigest(0, 0, 0);

    /** The hash as it is summed: David Stafford's mix 13, in which every bit changes half of the others. */
    public static long mix(long sequenceHash) {
        long mixed = (sequenceHash ^ (sequenceHash >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}

package io.jynamo.protocol;

import com.dynatrace.hash4j.hashing.ByteAccess;

/**
 * Token ids read as the bytes of little-endian u32, in place. XXH3 over whole tokens reads ints and longs at offsets
 * that are multiples of four (it offsets its secret, not the input); the byte path serves any other offset.
 */
final class TokenBytes implements ByteAccess<int[]> {
    static final TokenBytes INSTANCE = new TokenBytes();

    private TokenBytes() {}

    @Override
    public byte getByte(int[] tokens, long offset) {
        return (byte) (tokens[(int) (offset >>> 2)] >>> ((offset & 3) << 3));
    }

    @Override
    public int getInt(int[] tokens, long offset) {
        if ((offset & 3) == 0) {
            return tokens[(int) (offset >>> 2)];
        }
        return ByteAccess.super.getInt(tokens, offset);
    }

    @Override
    public long getIntAsUnsignedLong(int[] tokens, long offset) {
        return getInt(tokens, offset) & 0xFFFF_FFFFL;
    }

    @Override
    public long getLong(int[] tokens, long offset) {
        if ((offset & 3) == 0) {
            int at = (int) (offset >>> 2);
            return (tokens[at] & 0xFFFF_FFFFL) | ((long) tokens[at + 1] << 32);
        }
        return ByteAccess.super.getLong(tokens, offset);
    }
}

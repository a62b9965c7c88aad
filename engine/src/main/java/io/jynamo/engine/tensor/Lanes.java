package io.jynamo.engine.tensor;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The machine's vector width and how vectors come out of native memory.
 *
 * <p>Native memory is read by absolute address through one segment that spans all of it: its bounds check folds into a
 * comparison with a constant and it has no liveness check. Callers vouch for the addresses: they come from a
 * {@link PackedMatrix} or a KV pool, never from outside.
 */
public final class Lanes {
    public static final VectorSpecies<Float> FLOAT = FloatVector.SPECIES_PREFERRED;
    static final VectorSpecies<Integer> INT = VectorSpecies.of(int.class, FLOAT.vectorShape());

    /** Numbers in a vector: 16 with AVX-512, 8 with AVX2, 4 with NEON. */
    public static final int COUNT = FLOAT.length();

    private static final VectorSpecies<Short> SHORT =
            VectorSpecies.of(short.class, VectorShape.forBitSize(Math.max(64, COUNT * 16)));
    private static final VectorSpecies<Byte> BYTE =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, COUNT * 8)));

    @SuppressWarnings("restricted") // the class comment says who vouches for addresses
    static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    static final float HALF_TO_FLOAT = 0x1p112f;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private Lanes() {}

    /** Copies native memory. */
    public static void copy(long from, long to, long size) {
        MemorySegment.copy(MEMORY, from, MEMORY, to, size);
    }

    static int roundUp(int value, int multiple) {
        return (value + multiple - 1) / multiple * multiple;
    }

    public static FloatVector floats(long address) {
        return FloatVector.fromMemorySegment(FLOAT, MEMORY, address, ORDER);
    }

    static IntVector ints(long address) {
        return IntVector.fromMemorySegment(INT, MEMORY, address, ORDER);
    }

    /** Signed bytes, one a lane, as floats. */
    static FloatVector bytes(long address) {
        return (FloatVector)
                ByteVector.fromMemorySegment(BYTE, MEMORY, address, ORDER).castShape(FLOAT, 0);
    }

    /** 16-bit numbers, one a lane, sign-extended. */
    static IntVector shorts(long address) {
        return (IntVector)
                ShortVector.fromMemorySegment(SHORT, MEMORY, address, ORDER).castShape(INT, 0);
    }

    /** Bfloat16 numbers, one a lane. */
    public static FloatVector bfloats(long address) {
        return shorts(address).lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
    }

    /** Half-precision numbers, one a lane. */
    public static FloatVector halves(long address) {
        return smallHalves(shorts(address)).mul(HALF_TO_FLOAT);
    }

    /**
     * The half-precision number in the upper 16 bits of each lane, divided by {@link #HALF_TO_FLOAT}: sign, exponent and
     * mantissa move to a float's places, with the bias of the exponent still a half's. Multiplying corrects that, makes
     * subnormals normal, and is exact for all finite numbers.
     */
    static FloatVector smallUpperHalves(IntVector bits) {
        return bits.lanewise(VectorOperators.ASHR, 3)
                .and(CodeConstants.halfMask)
                .reinterpretAsFloats();
    }

    static FloatVector smallLowerHalves(IntVector bits) {
        return smallUpperHalves(bits.lanewise(VectorOperators.LSHL, 16));
    }

    static FloatVector smallHalves(IntVector bits) {
        return smallLowerHalves(bits);
    }

    static void store(FloatVector vector, long address) {
        vector.intoMemorySegment(MEMORY, address, ORDER);
    }
}

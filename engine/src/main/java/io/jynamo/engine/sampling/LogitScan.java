package io.jynamo.engine.sampling;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Passes over a whole row of logits, vectorised. Sums run over sixteen lanes in a fixed order whatever the machine's
 * vectors are, and the exponential is a polynomial of single operations, so the results are the same bits on every
 * machine, compiled or interpreted.
 */
final class LogitScan {
    /** Numbers whose exponentials are summed in single precision before they join the total. */
    static final int CHUNK = 1024;

    static final int LANES = 16;

    private static final VectorSpecies<Float> SPECIES =
            FloatVector.SPECIES_PREFERRED.length() <= LANES ? FloatVector.SPECIES_PREFERRED : FloatVector.SPECIES_512;
    private static final int WIDTH = SPECIES.length();

    // exp(x) = 2^n * exp(r), |r| <= ln(2)/2, and exp(r) by its Taylor series to the seventh power: error below 2e-7.
    static final float LOWEST = -87f;
    static final float LOG2_E = (float) (1 / Math.log(2));
    /** Adding it rounds to an integer, which is then in the low bits. */
    static final float ROUNDER = 12582912f;

    static final int ROUNDER_BITS = 0x4B400000;
    /** The leading bits of ln(2), so that products with small integers are exact, and the rest. */
    static final float LN2_HIGH = 355f / 512;

    static final float LN2_LOW = (float) (Math.log(2) - LN2_HIGH);
    static final float F2 = 0.5f;
    static final float F3 = (float) (1 / 6.0);
    static final float F4 = (float) (1 / 24.0);
    static final float F5 = (float) (1 / 120.0);
    static final float F6 = (float) (1 / 720.0);
    static final float F7 = (float) (1 / 5040.0);

    private LogitScan() {}

    /** The largest number of the row, or NaN if any is not finite. */
    static float max(float[] row) {
        FloatVector max = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        FloatVector fault = FloatVector.zero(SPECIES);
        int bound = SPECIES.loopBound(row.length);
        for (int i = 0; i < bound; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(SPECIES, row, i);
            max = max.lanewise(VectorOperators.MAX, v);
            fault = fault.add(v.mul(0f)); // 0 for finite numbers, NaN for others
        }
        float best = max.reduceLanes(VectorOperators.MAX);
        float bad = fault.reduceLanes(VectorOperators.ADD);
        for (int i = bound; i < row.length; i++) {
            best = Math.max(best, row[i]);
            bad += row[i] * 0f;
        }
        return bad == 0f ? best : Float.NaN;
    }

    /** The largest number of the row, which may hold negative infinities. */
    static float maxOfEdited(float[] row) {
        FloatVector max = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        int bound = SPECIES.loopBound(row.length);
        for (int i = 0; i < bound; i += WIDTH) {
            max = max.lanewise(VectorOperators.MAX, FloatVector.fromArray(SPECIES, row, i));
        }
        float best = max.reduceLanes(VectorOperators.MAX);
        for (int i = bound; i < row.length; i++) {
            best = Math.max(best, row[i]);
        }
        return best;
    }

    /** The first index of a number that is in the row. */
    static int indexOf(float[] row, float value) {
        int bound = SPECIES.loopBound(row.length);
        for (int i = 0; i < bound; i += WIDTH) {
            var equal = FloatVector.fromArray(SPECIES, row, i).compare(VectorOperators.EQ, value);
            if (equal.anyTrue()) {
                return i + equal.firstTrue();
            }
        }
        for (int i = bound; i < row.length; i++) {
            if (row[i] == value) {
                return i;
            }
        }
        throw new IllegalArgumentException("the row does not hold " + value);
    }

    /**
     * The sum of {@code exp((x - max) * scale)} over the row.
     *
     * @param chunkSums receives the sum of each {@link #CHUNK} numbers
     */
    static double sumExp(float[] row, float max, float scale, double[] chunkSums) {
        double total = 0;
        float[] lanes = new float[LANES];
        for (int chunk = 0, from = 0; from < row.length; chunk++, from += CHUNK) {
            double sum = sumExpOfChunk(row, from, Math.min(row.length, from + CHUNK), max, scale, lanes);
            chunkSums[chunk] = sum;
            total += sum;
        }
        return total;
    }

    private static double sumExpOfChunk(float[] row, int from, int to, float max, float scale, float[] lanes) {
        java.util.Arrays.fill(lanes, 0f);
        int i = from;
        for (int lane = 0; lane < LANES; lane += WIDTH) {
            FloatVector sum = FloatVector.zero(SPECIES);
            for (i = from + lane; i + LANES - lane <= to; i += LANES) {
                FloatVector x = FloatVector.fromArray(SPECIES, row, i).sub(max).mul(scale);
                sum = sum.add(exp(x));
            }
            sum.intoArray(lanes, lane);
        }
        double total = 0;
        for (float lane : lanes) {
            total += lane;
        }
        for (i = from + (to - from) / LANES * LANES; i < to; i++) {
            total += exp((row[i] - max) * scale);
        }
        return total;
    }

    private static FloatVector exp(FloatVector x) {
        x = x.lanewise(VectorOperators.MAX, LOWEST);
        FloatVector t = x.mul(LOG2_E).add(ROUNDER);
        FloatVector n = t.sub(ROUNDER);
        FloatVector r = x.sub(n.mul(LN2_HIGH)).sub(n.mul(LN2_LOW));
        FloatVector p = r.mul(F7).add(F6);
        p = p.mul(r).add(F5);
        p = p.mul(r).add(F4);
        p = p.mul(r).add(F3);
        p = p.mul(r).add(F2);
        p = p.mul(r.mul(r)).add(r).add(1f);
        var exponent = t.reinterpretAsInts().sub(ROUNDER_BITS).lanewise(VectorOperators.LSHL, 23);
        return p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
    }

    /** {@code e^x} for x at most 0, by the same operations as the vectors. */
    static float exp(float argument) {
        float x = Math.max(argument, LOWEST);
        float t = x * LOG2_E + ROUNDER;
        float n = t - ROUNDER;
        float r = x - n * LN2_HIGH - n * LN2_LOW;
        float p = r * F7 + F6;
        p = p * r + F5;
        p = p * r + F4;
        p = p * r + F3;
        p = p * r + F2;
        p = p * (r * r) + r + 1f;
        int exponent = (Float.floatToRawIntBits(t) - ROUNDER_BITS) << 23;
        return Float.intBitsToFloat(Float.floatToRawIntBits(p) + exponent);
    }
}

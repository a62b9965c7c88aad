package io.jynamo.engine.tensor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * A weight matrix, re-laid so that a vector lane is an output row. Kept in native memory, aligned to cache lines.
 *
 * <p>A strip is four panels, a panel as many rows as a vector has lanes; a kernel takes a strip and reads it from front
 * to back. With 16 lanes and 4-bit codes with a scale and an m (Q4_1):
 *
 * <pre>
 *  strip 0: rows 0..63                                                       strip 1: rows 64..127 ...
 *  ┌ scales ──────────────────────────────┬ codes ────────────────────────────┐
 *  │ columns 0..31     columns 32..63 ... │ columns 0..7     columns 8..15 ...│
 *  └──────────────────────────────────────┴───────────────────────────────────┘
 *    scales, then m                         panel 0 │ panel 1 │ panel 2 │ panel 3
 *    panel 0 │ panel 1 │ panel 2 │ panel 3  row 0: 8 codes in an int
 *    row 0 ... row 15, a float each         ...
 *                                           row 15: 8 codes
 * </pre>
 *
 * <p>Scales, for each group of 32 (Q6_K: 16) columns: {@code [panel][lane]} floats that have the format's factor in
 * them, then the same of m where there is one. Floats, though files have halves: turning these into floats at every use
 * costs more than reading twice the bytes. Codes, for each 32 columns:
 *
 * <ul>
 *   <li>4 bits: {@code [8 columns][panel][lane]} ints; column k's code is at bit {@code (19 + 4k) mod 32}, so that
 *       rotating right by 4 brings one after another to the top of a float's mantissa
 *   <li>5 bits: {@code [panel][lane]} ints with column k's fifth bit at {@code (22 + k) mod 32}, then the others like 4
 *       bits, at bit {@code (18 + 4k) mod 32}
 *   <li>8 bits: {@code [column][panel][lane]} signed bytes
 *   <li>F16, BF16: {@code [2 columns][panel][lane]} ints, the first column below
 *   <li>F32: {@code [column][panel][lane]}
 * </ul>
 *
 * Rows are padded to whole strips and columns to a multiple of 32; padding weighs zero.
 */
public final class PackedMatrix {
    static final int PANELS = 4;

    /** Rows of a strip. */
    static final int ROWS = PANELS * Lanes.COUNT;

    final PackedFormat format;
    private final int rows;
    private final int columns;
    private final int strips;
    private final int blocks;
    private final long stripBytes;
    private final MemorySegment memory;

    PackedMatrix(PackedFormat format, int rows, int columns, MemorySegment memory) {
        this.format = format;
        this.rows = rows;
        this.columns = columns;
        this.strips = strips(rows);
        this.blocks = blocks(columns);
        this.stripBytes = stripBytes(format, columns);
        this.memory = memory;
        if (memory.byteSize() < stripBytes * strips) {
            throw new IllegalArgumentException("matrix of " + stripBytes * strips + " bytes in " + memory.byteSize());
        }
    }

    private static int strips(int rows) {
        return Lanes.roundUp(rows, ROWS) / ROWS;
    }

    private static int blocks(int columns) {
        return Lanes.roundUp(columns, 32) / 32;
    }

    private static long stripBytes(PackedFormat format, int columns) {
        long perBlock = (long) (32 / format.group) * format.scales.bytes + format.codes.bytes;
        return perBlock * blocks(columns) * ROWS;
    }

    static long bytes(PackedFormat format, int rows, int columns) {
        return strips(rows) * stripBytes(format, columns);
    }

    public int rows() {
        return rows;
    }

    public int columns() {
        return columns;
    }

    public int strips() {
        return strips;
    }

    public long sizeBytes() {
        return strips * stripBytes;
    }

    /** Blocks of 32 columns in a row, padding included. */
    int blocks() {
        return blocks;
    }

    /** Groups in a row, padding included. */
    int groups() {
        return blocks * (32 / format.group);
    }

    /** Offset of a strip's scales. */
    long scales(int strip) {
        return strip * stripBytes;
    }

    /** Offset of a strip's codes. */
    long codes(int strip) {
        return scales(strip) + (long) groups() * format.scales.bytes * ROWS;
    }

    long address() {
        return memory.address();
    }

    /** Decodes one row: what a token's embedding is. */
    public void row(int row, float[] out, int at) {
        for (int group = 0; group < groups(); group++) {
            float scale = scale(row, group);
            float m = m(row, group);
            int end = Math.min((group + 1) * format.group, columns);
            for (int column = group * format.group; column < end; column++) {
                out[at + column] = scale * (decoded(row, column) + format.bias) + m;
            }
        }
    }

    private long scaleAt(int row, int group) {
        return scales(row / ROWS) + (long) group * format.scales.bytes * ROWS;
    }

    /** A group's {@code scaleFactor * d}. */
    float scale(int row, int group) {
        if (format.scales == PackedFormat.Scales.NONE) {
            return 1;
        }
        return memory.get(JAVA_FLOAT_UNALIGNED, scaleAt(row, group) + 4L * (row % ROWS));
    }

    /** A group's m. */
    float m(int row, int group) {
        if (format.scales != PackedFormat.Scales.PAIR) {
            return 0;
        }
        return memory.get(JAVA_FLOAT_UNALIGNED, scaleAt(row, group) + 4L * (ROWS + row % ROWS));
    }

    /** What a kernel decodes the code of one weight into: {@code f(q)} of {@link PackedFormat}. */
    float decoded(int row, int column) {
        long block = codes(row / ROWS) + (long) (column / 32) * format.codes.bytes * ROWS;
        int in = row % ROWS;
        int k = column % 32;
        return switch (format.codes) {
            case FOUR -> {
                int word = memory.get(JAVA_INT_UNALIGNED, block + 4L * (k / 8 * ROWS + in));
                yield Float.intBitsToFloat(0x3F800000 | (Integer.rotateRight(word, 4 * (k % 8)) & 0x780000));
            }
            case FIVE -> {
                int high = Integer.rotateRight(memory.get(JAVA_INT_UNALIGNED, block + 4L * in), k) & 0x400000;
                int word = memory.get(JAVA_INT_UNALIGNED, block + 4L * ((k / 8 + 1) * ROWS + in));
                yield Float.intBitsToFloat(0x3F800000 | (Integer.rotateRight(word, 4 * (k % 8)) & 0x3C0000) | high);
            }
            case EIGHT -> memory.get(JAVA_BYTE, block + (long) k * ROWS + in);
            case HALF -> Float.float16ToFloat(memory.get(JAVA_SHORT_UNALIGNED, sixteen(block, k, in)));
            case BFLOAT -> Float.intBitsToFloat(memory.get(JAVA_SHORT_UNALIGNED, sixteen(block, k, in)) << 16);
            case FLOAT -> memory.get(JAVA_FLOAT_UNALIGNED, block + 4L * (k * ROWS + in));
        };
    }

    private static long sixteen(long block, int k, int in) {
        return block + 4L * (k / 2 * ROWS + in) + 2L * (k % 2);
    }
}

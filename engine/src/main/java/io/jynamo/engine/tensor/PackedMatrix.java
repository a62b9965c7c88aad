package io.jynamo.engine.tensor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * A weight matrix, re-laid so that a vector lane is an output row. Kept in native memory, 64-byte aligned.
 *
 * <p>How it lies, for 16 lanes and 4-bit codes with a pair of half-precision scales (Q4_1):
 *
 * <pre>
 *  panel 0 (rows 0..15)                                          panel 1 (rows 16..31) ...
 *  ┌───────────────────────────────┬──────────────────────────────────────────────┐
 *  │ scales: group 0, group 1, ... │ codes: group 0, group 1, ...                 │
 *  └───────────────────────────────┴──────────────────────────────────────────────┘
 *    a group's scales                a group's codes: 4 vectors of 8 codes a lane
 *    row 0   row 1   ... row 15      row 0          row 1          ... row 15
 *    d | m   d | m       d | m       k = 0..7       k = 0..7           k = 0..7
 *                                    k = 8..15      k = 8..15          ...
 * </pre>
 *
 * A group is 32 (Q6_K: 16) consecutive columns. Codes by width, for each 32 columns of a panel:
 *
 * <ul>
 *   <li>4 bits: 4 int vectors; column k's code is at bit {@code (19 + 4k) mod 32}, so that rotating right by 4 brings
 *       one after another to the top of a float's mantissa
 *   <li>5 bits: the same at bit {@code (18 + 4k) mod 32} for the low 4 bits, then one int vector with column k's fifth
 *       bit at {@code (22 + k) mod 32}
 *   <li>8 bits: 32 byte vectors, one a column, signed
 *   <li>F16, BF16: 16 int vectors; column 2i in the lower half, 2i + 1 in the upper
 *   <li>F32: 32 float vectors
 * </ul>
 *
 * Rows are padded to whole panels and columns to a multiple of 32; padding weighs zero.
 */
public final class PackedMatrix {
    final PackedFormat format;
    private final int rows;
    private final int columns;
    private final int panels;
    private final int blocks;
    private final long address;
    private final long panelBytes;
    private final MemorySegment memory;

    PackedMatrix(PackedFormat format, int rows, int columns, MemorySegment memory) {
        this.format = format;
        this.rows = rows;
        this.columns = columns;
        this.panels = panels(rows);
        this.blocks = blocks(columns);
        this.panelBytes = panelBytes(format, columns);
        this.memory = memory;
        this.address = memory.address();
        if (memory.byteSize() < panelBytes * panels) {
            throw new IllegalArgumentException("matrix of " + panelBytes * panels + " bytes in " + memory.byteSize());
        }
    }

    private static int panels(int rows) {
        return Lanes.roundUp(rows, Lanes.COUNT) / Lanes.COUNT;
    }

    private static int blocks(int columns) {
        return Lanes.roundUp(columns, 32) / 32;
    }

    private static long panelBytes(PackedFormat format, int columns) {
        long perBlock = (long) (32 / format.group) * format.scales.bytes + format.codes.bytes;
        return (perBlock * blocks(columns) * Lanes.COUNT + 63) / 64 * 64;
    }

    static long bytes(PackedFormat format, int rows, int columns) {
        return panels(rows) * panelBytes(format, columns);
    }

    public int rows() {
        return rows;
    }

    public int columns() {
        return columns;
    }

    public long sizeBytes() {
        return panels * panelBytes;
    }

    /** Columns with padding: what an input to it must have. */
    int paddedColumns() {
        return blocks * 32;
    }

    int panels() {
        return panels;
    }

    /** Groups in a row, padding included. */
    int groups() {
        return blocks * (32 / format.group);
    }

    long scales(int panel) {
        return address + panel * panelBytes;
    }

    long codes(int panel) {
        return scales(panel) + (long) groups() * format.scales.bytes * Lanes.COUNT;
    }

    /** Decodes one row: what a token's embedding is. */
    public void row(int row, float[] out, int at) {
        int panel = row / Lanes.COUNT;
        int lane = row % Lanes.COUNT;
        for (int group = 0; group < groups(); group++) {
            double scale = format.scaleFactor * (double) d(panel, group, lane);
            double offset = format.offsetFactor * (double) d(panel, group, lane) + m(panel, group, lane);
            for (int i = 0; i < format.group && group * format.group + i < columns; i++) {
                int column = group * format.group + i;
                out[at + column] = (float) (scale * decoded(panel, column, lane) + offset);
            }
        }
    }

    private long scaleAt(int panel, int group, int lane) {
        return scales(panel) - address + ((long) group * Lanes.COUNT + lane) * format.scales.bytes;
    }

    float d(int panel, int group, int lane) {
        long at = scaleAt(panel, group, lane);
        return switch (format.scales) {
            case NONE -> 1;
            case HALF, HALF_PAIR -> Float.float16ToFloat(memory.get(JAVA_SHORT_UNALIGNED, at));
            case FLOAT -> memory.get(JAVA_FLOAT_UNALIGNED, at);
            case FLOAT_PAIR -> memory.get(JAVA_FLOAT_UNALIGNED, scaleAt(panel, group, 0) + 4L * lane);
        };
    }

    float m(int panel, int group, int lane) {
        return switch (format.scales) {
            case NONE, HALF, FLOAT -> 0;
            case HALF_PAIR -> Float.float16ToFloat(memory.get(JAVA_SHORT_UNALIGNED, scaleAt(panel, group, lane) + 2));
            case FLOAT_PAIR -> memory.get(JAVA_FLOAT_UNALIGNED, scaleAt(panel, group, 0) + 4L * (Lanes.COUNT + lane));
        };
    }

    /** What a kernel decodes the code of one weight into: {@code f(q)} of {@link PackedFormat}. */
    float decoded(int panel, int column, int lane) {
        long block = codes(panel) - address + (long) (column / 32) * format.codes.bytes * Lanes.COUNT;
        int k = column % 32;
        return switch (format.codes) {
            case FOUR -> {
                int word = memory.get(JAVA_INT_UNALIGNED, block + 4L * (k / 8 * Lanes.COUNT + lane));
                int bits = Integer.rotateRight(word, 4 * (k % 8)) & 0x780000;
                yield Float.intBitsToFloat(0x3F800000 | bits);
            }
            case FIVE -> {
                int word = memory.get(JAVA_INT_UNALIGNED, block + 4L * (k / 8 * Lanes.COUNT + lane));
                int high = memory.get(JAVA_INT_UNALIGNED, block + 4L * (4 * Lanes.COUNT + lane));
                int bits = Integer.rotateRight(word, 4 * (k % 8)) & 0x3C0000;
                yield Float.intBitsToFloat(0x3F800000 | bits | (Integer.rotateRight(high, k) & 0x400000));
            }
            case EIGHT -> memory.get(JAVA_BYTE, block + (long) k * Lanes.COUNT + lane);
            case HALF ->
                Float.float16ToFloat(
                        memory.get(JAVA_SHORT_UNALIGNED, block + 4L * (k / 2 * Lanes.COUNT + lane) + 2L * (k % 2)));
            case BFLOAT ->
                Float.intBitsToFloat(memory.get(
                                JAVA_SHORT_UNALIGNED, block + 4L * (k / 2 * Lanes.COUNT + lane) + 2L * (k % 2))
                        << 16);
            case FLOAT -> memory.get(JAVA_FLOAT_UNALIGNED, block + 4L * (k * Lanes.COUNT + lane));
        };
    }
}

package io.jynamo.engine.tensor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.jynamo.engine.weights.TensorType;
import io.jynamo.engine.weights.WeightTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Lays tensors of a model file out as {@link PackedMatrix}. Codes move bit for bit; scales become floats,
 * a K-quant's two levels multiplied out. Both are exact.
 */
public final class MatrixPacker {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int ROWS = PackedMatrix.ROWS;
    private static final long LOW_NIBBLES = 0x0F0F0F0F0F0F0F0FL;

    private final PackedFormat format;
    private final MemorySegment file;
    private final MemorySegment out;
    private final PackedMatrix matrix;
    private final TensorType type;

    private MatrixPacker(WeightTensor tensor, MemorySegment out) {
        this.type = tensor.type();
        this.format = PackedFormat.of(type);
        this.file = tensor.data();
        this.out = out;
        this.matrix = new PackedMatrix(format, tensor.rows(), tensor.columns(), out);
    }

    /** Packs a tensor into {@code place}, its strips shared out over the team. */
    public static PackedMatrix pack(WeightTensor tensor, MatrixMemory place, ThreadTeam team) {
        long bytes = PackedMatrix.bytes(PackedFormat.of(tensor.type()), tensor.rows(), tensor.columns());
        // A vector load of narrow codes may reach past the last of them.
        MemorySegment memory = place.allocate(bytes + 64, "the tensor " + tensor.name());
        MatrixPacker packer = new MatrixPacker(tensor, memory);
        team.forEach(packer.matrix.strips(), 1, (strip, member) -> packer.strip(strip));
        return packer.matrix;
    }

    private void strip(int strip) {
        long scales = matrix.scales(strip);
        long codes = matrix.codes(strip);
        int rows = Math.min(ROWS, matrix.rows() - strip * ROWS);
        long rowBytes = type.bytes(matrix.columns());
        long[] eight = new long[8];
        for (int block = 0; block < matrix.blocks(); block++) {
            for (int row = 0; row < rows; row++) {
                long rowAt = (strip * (long) ROWS + row) * rowBytes;
                if (format.codes != PackedFormat.Codes.EIGHT) {
                    block(rowAt, block, row, scales, codes);
                } else if (row % 8 == 0) {
                    eightRows(rowAt, rowBytes, Math.min(8, rows - row), block, row, scales, codes, eight);
                }
            }
            codes += (long) format.codes.bytes * ROWS;
            scales += (long) (32 / format.group) * format.scales.bytes * ROWS;
        }
    }

    /** Packs 32 columns of one row. */
    private void block(long row, int block, int lane, long scales, long codes) {
        long at = row + (long) block * type.blockBytes();
        switch (type) {
            case F32 -> numbers(row, block, lane, codes, 4);
            case F16, BF16 -> numbers(row, block, lane, codes, 2);
            case Q4_0 -> {
                scale(half(at), scales, lane);
                nibbles(file.get(LONG, at + 2), file.get(LONG, at + 10), codes, lane, 19);
            }
            case Q4_1 -> {
                scale(half(at), scales, lane);
                out.set(FLOAT, scales + 4L * (ROWS + lane), half(at + 2));
                nibbles(file.get(LONG, at + 4), file.get(LONG, at + 12), codes, lane, 19);
            }
            case Q5_0 -> {
                scale(half(at), scales, lane);
                fifthBits(file.get(INT, at + 2), codes, lane);
                nibbles(file.get(LONG, at + 6), file.get(LONG, at + 14), codes + 4L * ROWS, lane, 18);
            }
            case Q5_1 -> {
                scale(half(at), scales, lane);
                out.set(FLOAT, scales + 4L * (ROWS + lane), half(at + 2));
                fifthBits(file.get(INT, at + 4), codes, lane);
                nibbles(file.get(LONG, at + 8), file.get(LONG, at + 16), codes + 4L * ROWS, lane, 18);
            }
            case Q4_K, Q5_K -> superblock(row, block, lane, scales, codes);
            case Q8_0, Q6_K -> throw new IllegalStateException(type + " goes by eight rows");
        }
    }

    /** Numbers without scales; columns that do not fill a block are zero. */
    private void numbers(long row, int block, int lane, long codes, int bytes) {
        int count = Math.min(32, matrix.columns() - block * 32);
        long at = row + 32L * block * bytes;
        for (int k = 0; k < count; k++) {
            if (bytes == 4) {
                out.set(FLOAT, codes + 4L * (k * ROWS + lane), file.get(FLOAT, at + 4L * k));
            } else {
                long to = codes + 4L * (k / 2 * ROWS + lane) + 2L * (k % 2);
                out.set(SHORT, to, file.get(SHORT, at + 2L * k));
            }
        }
    }

    /** Sixteen bytes whose low nibbles are columns 0 to 15 and whose high nibbles are 16 to 31. */
    private void nibbles(long first, long second, long codes, int lane, int shift) {
        word(first, codes, lane, shift);
        word(second, codes + 4L * ROWS, lane, shift);
        word(first >>> 4, codes + 8L * ROWS, lane, shift);
        word(second >>> 4, codes + 12L * ROWS, lane, shift);
    }

    private void word(long nibbles, long at, int lane, int shift) {
        int word = (int) Long.compress(nibbles, LOW_NIBBLES);
        out.set(INT, at + 4L * lane, Integer.rotateLeft(word, shift));
    }

    private void fifthBits(int bits, long codes, int lane) {
        out.set(INT, codes + 4L * lane, Integer.rotateLeft(bits, 22));
    }

    private float half(long at) {
        return Float.float16ToFloat(file.get(SHORT, at));
    }

    private void scale(float d, long scales, int lane) {
        out.set(FLOAT, scales + 4L * lane, d * format.scaleFactor);
    }

    /**
     * Q4_K and Q5_K: 256 columns with d, dmin, eight pairs of 6-bit scale and minimum in 12 bytes, for Q5_K 32 bytes of
     * fifth bits (bit j of byte k is column 32 j + k), and 128 bytes of nibbles (64 columns to 32 bytes).
     */
    private void superblock(long row, int block, int lane, long scales, long codes) {
        long at = row + (long) (block / 8) * type.blockBytes();
        int j = block % 8;
        float d = half(at);
        float dmin = half(at + 2);
        long packed = at + 4;
        int scale;
        int minimum;
        if (j < 4) {
            scale = file.get(JAVA_BYTE, packed + j) & 63;
            minimum = file.get(JAVA_BYTE, packed + j + 4) & 63;
        } else {
            int low = file.get(JAVA_BYTE, packed + j + 4);
            scale = (low & 0xF) | ((file.get(JAVA_BYTE, packed + j - 4) & 0xC0) >> 2);
            minimum = ((low >> 4) & 0xF) | ((file.get(JAVA_BYTE, packed + j) & 0xC0) >> 2);
        }
        scale(d * scale, scales, lane);
        out.set(FLOAT, scales + 4L * (ROWS + lane), -(dmin * minimum));
        boolean five = type == TensorType.Q5_K;
        long nibbles = at + 16 + (five ? 32 : 0) + (long) (j / 2) * 32;
        int shift = five ? 18 : 19;
        int half = 4 * (j % 2);
        long words = five ? codes + 4L * ROWS : codes;
        for (int w = 0; w < 4; w++) {
            word(file.get(LONG, nibbles + 8L * w) >>> half, words + 4L * w * ROWS, lane, shift);
        }
        if (five) {
            int bits = 0;
            for (int w = 0; w < 4; w++) {
                long eight = file.get(LONG, at + 16 + 8L * w);
                bits |= (int) Long.compress(eight, 0x0101010101010101L << j) << (8 * w);
            }
            fifthBits(bits, codes, lane);
        }
    }

    /** Packs 32 columns of up to eight rows whose codes are bytes: squares of eight by eight, turned in registers. */
    private void eightRows(
            long row, long rowBytes, int rows, int block, int lane, long scales, long codes, long[] square) {
        for (int r = 0; r < rows; r++) {
            long at = row + r * rowBytes;
            if (type == TensorType.Q8_0) {
                scale(half(at + (long) block * type.blockBytes()), scales, lane + r);
            } else {
                sixBitScales(at + (long) (block / 8) * type.blockBytes(), block, lane + r, scales);
            }
        }
        for (int column = 0; column < 32; column += 8) {
            for (int r = 0; r < 8; r++) {
                square[r] = r < rows ? eightColumns(row + r * rowBytes, block, column) : 0;
            }
            transpose(square);
            for (int k = 0; k < 8; k++) {
                out.set(LONG, codes + (long) (column + k) * ROWS + lane, square[k]);
            }
        }
    }

    private long eightColumns(long row, int block, int column) {
        return type == TensorType.Q8_0
                ? file.get(LONG, row + (long) block * type.blockBytes() + 2 + column)
                : sixBits(row + (long) (block / 8) * type.blockBytes(), block, column);
    }

    /** Turns a square of bytes: byte k of number r becomes byte r of number k. */
    private static void transpose(long[] square) {
        swap(square, 4, 32, 0x00000000FFFFFFFFL);
        swap(square, 2, 16, 0x0000FFFF0000FFFFL);
        swap(square, 1, 8, 0x00FF00FF00FF00FFL);
    }

    private static void swap(long[] square, int distance, int shift, long low) {
        for (int i = 0; i < 8; i++) {
            if ((i & distance) == 0) {
                long a = square[i];
                long b = square[i + distance];
                square[i] = (a & low) | ((b & low) << shift);
                square[i + distance] = ((a >>> shift) & low) | (b & ~low);
            }
        }
    }

    /**
     * Q6_K: 256 columns as 128 bytes of low nibbles, 64 of upper pairs of bits, sixteen signed 8-bit scales and d. A
     * half of 128 columns has its four quarters in the nibbles low, low, high, high of 64 bytes.
     *
     * @param at where the 256 columns begin
     * @return codes less 32 of eight columns, a byte each
     */
    private long sixBits(long at, int block, int column) {
        int half = block % 8 / 4;
        int quarter = block % 4;
        long nibbles = file.get(LONG, at + half * 64L + quarter % 2 * 32L + column) >>> (quarter / 2 * 4);
        long pairs = file.get(LONG, at + 128 + half * 32L + column) >>> (2 * quarter);
        long codes = (nibbles & LOW_NIBBLES) | ((pairs & 0x0303030303030303L) << 4);
        // The top bits keep bytes from borrowing of one another.
        return ((codes | 0x8080808080808080L) - 0x2020202020202020L) ^ 0x8080808080808080L;
    }

    private void sixBitScales(long at, int block, int lane, long scales) {
        float d = half(at + 208);
        long packed = at + 192 + 8L * (block % 8 / 4) + 2L * (block % 4);
        scale(d * file.get(JAVA_BYTE, packed), scales, lane);
        scale(d * file.get(JAVA_BYTE, packed + 1), scales + 4L * ROWS, lane);
    }
}

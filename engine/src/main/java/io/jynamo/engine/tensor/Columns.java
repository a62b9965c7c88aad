package io.jynamo.engine.tensor;

/**
 * The inputs of a matrix product: one column of numbers for each token of a step, in the order kernels read them.
 *
 * <p>A single column lies as it is. More lie in tiles of eight, a last one of four where four suffice; within a tile
 * number k of all its columns come together: {@code [tile][k][column]}. Columns are padded with zeros to whole tiles and
 * numbers to a multiple of 32. The sum of each 32 numbers of a column is kept beside them, for weights with an offset.
 */
public final class Columns {
    private static final int TILE = 8;

    private final int size;
    final int paddedSize;
    float[] numbers = new float[0];
    float[] sums = new float[0];
    private int count;

    /**
     * Holds no columns yet.
     *
     * @param size numbers in a column
     */
    public Columns(int size) {
        this.size = size;
        this.paddedSize = Lanes.roundUp(size, 32);
    }

    public int size() {
        return size;
    }

    public int count() {
        return count;
    }

    /** Columns with padding: what an output must have room for. */
    public int paddedCount() {
        return count == 1 ? 1 : Lanes.roundUp(count, 4);
    }

    /** Makes room for {@code count} columns; all numbers but the padding are undefined afterwards. */
    public void resize(int count) {
        this.count = count;
        int padded = paddedCount();
        if (numbers.length < padded * paddedSize) {
            int room = Lanes.roundUp(padded, count > 64 ? 64 : 1);
            numbers = new float[room * paddedSize];
            sums = new float[room * (paddedSize / 32)];
        }
        if (size < paddedSize || count < padded) {
            java.util.Arrays.fill(numbers, 0, padded * paddedSize, 0);
        }
    }

    /** Tiles of eight columns, the last one perhaps short. */
    public int tiles() {
        return (count + TILE - 1) / TILE;
    }

    /** Columns of a tile, padding included: 8, 4 or 1. */
    int width(int tile) {
        return Math.min(TILE, paddedCount() - tile * TILE);
    }

    int numbersAt(int tile) {
        return tile * TILE * paddedSize;
    }

    int sumsAt(int tile) {
        return tile * TILE * (paddedSize / 32);
    }

    /** Copies {@code length} numbers into a column, from its number {@code at} on. */
    public void put(int column, int at, float[] from, int fromAt, int length) {
        int tile = column / TILE;
        int width = width(tile);
        int to = numbersAt(tile) + at * width + column % TILE;
        if (width == 1) {
            System.arraycopy(from, fromAt, numbers, to, length);
            return;
        }
        for (int i = 0; i < length; i++) {
            numbers[to] = from[fromAt + i];
            to += width;
        }
    }

    /** Sums every 32 numbers of every column of a tile; to be called once all of them are put. */
    public void sum(int tile) {
        int width = width(tile);
        int from = numbersAt(tile);
        int to = sumsAt(tile);
        for (int block = 0; block < paddedSize / 32; block++) {
            if (width == 1) {
                sums[to] = sum32(from);
            } else {
                for (int column = 0; column < width; column++) {
                    float sum = 0;
                    for (int k = 0; k < 32; k++) {
                        sum += numbers[from + k * width + column];
                    }
                    sums[to + column] = sum;
                }
            }
            from += 32 * width;
            to += width;
        }
    }

    private float sum32(int from) {
        float sum = 0;
        for (int k = 0; k < 32; k++) {
            sum += numbers[from + k];
        }
        return sum;
    }

    /** {@link #sum} for all tiles. */
    public void sum() {
        for (int tile = 0; tile < tiles(); tile++) {
            sum(tile);
        }
    }
}

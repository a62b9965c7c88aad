package io.jynamo.engine.tensor;

/**
 * Multiplies strips of matrices with the columns of a step; one for each thread. An output's bits depend on its row and
 * its column alone: not on how many columns there are, nor on which thread computes it.
 */
public final class MatrixProduct {
    private final Strip strip = new Strip();
    private final TileKernels.Tile tile = new TileKernels.Tile();

    /** Rows of a strip. */
    public static int stripRows() {
        return PackedMatrix.ROWS;
    }

    /** Numbers that one output column of a matrix takes, padding included. */
    public static int outputSize(PackedMatrix matrix) {
        return matrix.strips() * PackedMatrix.ROWS;
    }

    /**
     * Adds the products of a strip's rows to {@code y}, which holds zeros or biases.
     *
     * @param y outputs, a row for each of {@code x.paddedCount()} columns
     * @param yAt where the strip's first row of the first column is
     * @param yStride from column to column
     */
    public void multiply(PackedMatrix matrix, int stripIndex, Columns x, float[] y, int yAt, int yStride) {
        if (x.size() != matrix.columns()) {
            throw new IllegalArgumentException(matrix.columns() + " columns times " + x.size() + " numbers");
        }
        strip.point(matrix, stripIndex);
        if (x.count() == 1) {
            DotKernels.dot(matrix.format.codes, strip, x, y, yAt);
        } else if (matrix.format.codes == PackedFormat.Codes.EIGHT && x.tiles() == 1 && x.width(0) == 8) {
            tileOfBytes(matrix, x, y, yAt, yStride);
        } else {
            tiles(matrix, x, y, yAt, yStride);
        }
    }

    private void tiles(PackedMatrix matrix, Columns x, float[] y, int yAt, int yStride) {
        long blockBytes = (long) matrix.format.codes.bytes * PackedMatrix.ROWS;
        long groupsPerBlock = 32 / strip.group;
        tile.yStride = yStride;
        for (int block = 0; block < matrix.blocks(); block += Strip.CHUNK / 32) {
            int count = Math.min(Strip.CHUNK / 32, matrix.blocks() - block);
            DecodeKernels.decode(matrix.format.codes, strip.codes + block * blockBytes, count, strip.weights);
            tile.groups = (int) (count * groupsPerBlock);
            for (int t = 0; t < x.tiles(); t++) {
                tile.width = x.width(t);
                for (int column = 0; column < tile.width; column += 4) {
                    tile.numbersAt = x.numbersAt(t) + block * 32 * tile.width + column;
                    tile.sumsAt = x.sumsAt(t) + block * tile.width + column;
                    for (int panel = 0; panel < PackedMatrix.PANELS; panel += 2) {
                        tile.weights = strip.weights + panel * Strip.VECTOR;
                        tile.scales = strip.scales + block * groupsPerBlock * strip.scaleStride + panel * Strip.VECTOR;
                        tile.yAt = yAt + (t * 8 + column) * yStride + panel * Lanes.COUNT;
                        TileKernels.four(tile, strip, x.numbers, x.sums, y);
                    }
                }
            }
        }
    }

    private void tileOfBytes(PackedMatrix matrix, Columns x, float[] y, int yAt, int yStride) {
        int groupsPerBlock = 32 / strip.group;
        tile.yStride = yStride;
        for (int block = 0; block < matrix.blocks(); block += Strip.CHUNK / 32) {
            tile.groups = Math.min(Strip.CHUNK / 32, matrix.blocks() - block) * groupsPerBlock;
            tile.numbersAt = x.numbersAt(0) + block * 32 * 8;
            for (int panel = 0; panel < PackedMatrix.PANELS; panel++) {
                long codes = strip.codes + (long) block * 32 * PackedMatrix.ROWS + (long) panel * Lanes.COUNT;
                tile.scales = strip.scales + (long) block * groupsPerBlock * strip.scaleStride + panel * Strip.VECTOR;
                tile.yAt = yAt + panel * Lanes.COUNT;
                TileKernels.eightOfBytes(tile, codes, strip, x.numbers, y);
            }
        }
    }
}

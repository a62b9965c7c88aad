package io.jynamo.engine.tensor;

/**
 * Multiplies one strip (four panels) of a matrix with the columns of a step. An output's bits depend on its row and its
 * column alone: not on how many columns there are, nor on which thread computes it.
 */
public final class MatrixProduct {
    private final Strip strip = new Strip();
    private final TileKernels.Tile tile = new TileKernels.Tile();

    /** Rows of a strip. */
    public static int stripRows() {
        return Strip.PANELS * Lanes.COUNT;
    }

    /** Strips of a matrix. */
    public static int strips(PackedMatrix matrix) {
        return (matrix.panels() + Strip.PANELS - 1) / Strip.PANELS;
    }

    /** Numbers that one output column of a matrix takes, padding included. */
    public static int outputSize(PackedMatrix matrix) {
        return strips(matrix) * stripRows();
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
            return;
        }
        int panels = Math.min(Strip.PANELS, matrix.panels() - stripIndex * Strip.PANELS);
        for (int pair = 0; pair < panels; pair += 2) {
            pair(matrix, pair, x, y, yAt, yStride);
        }
    }

    private void pair(PackedMatrix matrix, int pair, Columns x, float[] y, int yAt, int yStride) {
        int chunkBlocks = Strip.CHUNK / 32;
        int blocks = matrix.paddedColumns() / 32;
        long blockBytes = (long) matrix.format.codes.bytes * Lanes.COUNT;
        int groupsPerBlock = 32 / strip.group;
        tile.group = strip.group;
        tile.scaleStride = strip.scalesPerPanel();
        tile.yStride = yStride;
        for (int block = 0; block < blocks; block += chunkBlocks) {
            int count = Math.min(chunkBlocks, blocks - block);
            DecodeKernels.decode(matrix.format.codes, strip.codes(pair) + block * blockBytes, count, strip.weights, 0);
            DecodeKernels.decode(
                    matrix.format.codes, strip.codes(pair + 1) + block * blockBytes, count, strip.weights, Lanes.COUNT);
            tile.groups = count * groupsPerBlock;
            tile.scalesAt = pair * strip.scalesPerPanel() + block * groupsPerBlock * 2 * Lanes.COUNT;
            for (int t = 0; t < x.tiles(); t++) {
                int width = x.width(t);
                tile.numbersAt = x.numbersAt(t) + block * 32 * width;
                tile.sumsAt = x.sumsAt(t) + block * width;
                tile.y0 = yAt + t * 8 * yStride + pair * Lanes.COUNT;
                tile.y1 = yAt + t * 8 * yStride + (pair + 1) * Lanes.COUNT;
                if (width == 8) {
                    TileKernels.eight(tile, strip, x, y);
                } else {
                    TileKernels.four(tile, strip, x, y);
                }
            }
        }
    }
}

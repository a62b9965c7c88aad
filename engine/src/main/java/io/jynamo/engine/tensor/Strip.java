package io.jynamo.engine.tensor;

/**
 * Four neighbouring panels of a matrix and the scratch one thread multiplies them in. Where the matrix ends before the
 * fourth, the last panel stands in for the missing ones: their outputs are padding.
 */
final class Strip {
    static final int PANELS = 4;

    /** Columns of weights decoded at once: two panels of them stay in a core's first-level cache. */
    static final int CHUNK = 512;

    long codes0;
    long codes1;
    long codes2;
    long codes3;
    int groups;
    int group;

    /** Scales and offsets, {@code [panel][group][scale, offset][lane]}. */
    float[] scales = new float[0];

    /** Decoded codes, {@code [k][panel][lane]} of two panels. */
    final float[] weights = new float[2 * CHUNK * Lanes.COUNT];

    /** Sums of one group, {@code [column][panel][lane]}. */
    final float[] partial = new float[16 * Lanes.COUNT];

    /** Points at panels {@code 4 * strip ...} of the matrix and expands their scales. */
    void point(PackedMatrix matrix, int strip) {
        groups = matrix.groups();
        group = matrix.format.group;
        int last = matrix.panels() - 1;
        int first = strip * PANELS;
        codes0 = matrix.codes(first);
        codes1 = matrix.codes(Math.min(first + 1, last));
        codes2 = matrix.codes(Math.min(first + 2, last));
        codes3 = matrix.codes(Math.min(first + 3, last));
        if (scales.length < PANELS * scalesPerPanel()) {
            scales = new float[PANELS * scalesPerPanel()];
        }
        for (int i = 0; i < PANELS; i++) {
            ScaleKernels.expand(
                    matrix.format, matrix.scales(Math.min(first + i, last)), groups, scales, i * scalesPerPanel());
        }
    }

    int scalesPerPanel() {
        return groups * 2 * Lanes.COUNT;
    }

    long codes(int panel) {
        return switch (panel) {
            case 0 -> codes0;
            case 1 -> codes1;
            case 2 -> codes2;
            default -> codes3;
        };
    }
}

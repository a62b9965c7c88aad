package io.jynamo.engine.step;

/** The logits of one step: a row of vocabulary width for each row asked for. Reused from step to step. */
public final class Logits {
    private final int width;
    private float[][] rows = new float[0][];
    private int count;

    /** @param width vocabulary size */
    public Logits(int width) {
        this.width = width;
    }

    /** Makes room for {@code count} rows; contents are undefined until the runner writes them. */
    public void resize(int count) {
        if (count > rows.length) {
            float[][] more = new float[count][];
            System.arraycopy(rows, 0, more, 0, rows.length);
            for (int i = rows.length; i < count; i++) {
                more[i] = new float[width];
            }
            rows = more;
        }
        this.count = count;
    }

    public int count() {
        return count;
    }

    public int width() {
        return width;
    }

    /** The row itself, not a copy. */
    public float[] row(int index) {
        if (index >= count) {
            throw new IndexOutOfBoundsException("row " + index + " of " + count);
        }
        return rows[index];
    }
}

package io.jynamo.router;

/**
 * Which of a worker's digests are compared: all, unless one after the other shows a drift. Then its digests are likely to
 * be wrong, not its events, and it is read anew ever less often.
 */
final class DriftGuard {
    /** Drifts in a row that are believed. */
    private static final int BELIEVED = 4;

    private static final int MOST_DOUBLINGS = 8;

    private int row;
    private int passed;

    /** Whether to compare the digest that has come. */
    boolean isDue() {
        if (passed > 0) {
            passed--;
            return false;
        }
        return true;
    }

    void onMatch() {
        row = 0;
    }

    void onDrift() {
        row++;
        passed = row < BELIEVED ? 0 : 1 << Math.min(row - BELIEVED, MOST_DOUBLINGS);
    }

    /** Whether the last drift was the first that is not believed any more. */
    boolean turnedDoubtful() {
        return row == BELIEVED;
    }
}

package io.jynamo.text.tokenizer;

/** The best path to each byte of a text: scratch of the Unigram model. */
final class Lattice {
    private static final int KEPT = 1 << 18;

    double[] scores = new double[256];
    int[] ids = new int[256];
    int[] starts = new int[256];

    void ensure(int size) {
        if (scores.length < size) {
            int grown = Math.max(size, scores.length * 2);
            scores = new double[grown];
            ids = new int[grown];
            starts = new int[grown];
        }
    }

    void clear() {
        if (scores.length > KEPT) {
            scores = new double[256];
            ids = new int[256];
            starts = new int[256];
        }
    }
}

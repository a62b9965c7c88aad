package io.jynamo.frontend.embed;

import io.jynamo.protocol.EmbeddingResult.Vectors;

/** What is computed of vectors once they are there. Sums are doubles. */
final class VectorMeasure {
    private VectorMeasure() {}

    /** The cosine of the angle between two vectors; 0 where one has no length. */
    static float cosine(Vectors vectors, int a, int b) {
        int from = a * vectors.width();
        int other = b * vectors.width();
        double product = 0;
        double squares = 0;
        double otherSquares = 0;
        for (int i = 0; i < vectors.width(); i++) {
            double x = vectors.numbers()[from + i];
            double y = vectors.numbers()[other + i];
            product += x * y;
            squares += x * x;
            otherSquares += y * y;
        }
        double lengths = Math.sqrt(squares) * Math.sqrt(otherSquares);
        return lengths == 0 ? 0 : (float) Math.clamp(product / lengths, -1, 1);
    }

    /** The first {@code width} numbers of each vector, brought to length 1 anew. */
    static Vectors cut(Vectors vectors, int width) {
        float[] numbers = new float[vectors.count() * width];
        for (int vector = 0; vector < vectors.count(); vector++) {
            int from = vector * vectors.width();
            double squares = 0;
            for (int i = 0; i < width; i++) {
                squares += (double) vectors.numbers()[from + i] * vectors.numbers()[from + i];
            }
            double length = Math.max(Math.sqrt(squares), 1e-12);
            for (int i = 0; i < width; i++) {
                numbers[vector * width + i] = (float) (vectors.numbers()[from + i] / length);
            }
        }
        return new Vectors(width, numbers, vectors.tokens());
    }
}

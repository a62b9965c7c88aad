package io.jynamo.protocol;

/** What became of an {@link EmbeddingRequest}. */
public sealed interface EmbeddingResult {
    /**
     * The vectors of all texts.
     *
     * @param width numbers of one vector
     * @param numbers vector after vector, in the order of the texts; written no more
     * @param tokens that were computed
     */
    @SuppressWarnings("ArrayRecordComponent") // megabytes, read once
    record Vectors(int width, float[] numbers, int tokens) implements EmbeddingResult {
        public Vectors {
            if (width < 1 || numbers.length % width != 0) {
                throw new IllegalArgumentException(numbers.length + " numbers are no vectors of " + width);
            }
        }

        /** How many vectors there are. */
        public int count() {
            return numbers.length / width;
        }
    }

    /** There are none, and this is why. */
    record Failed(GenerationEnd.Failure failure) implements EmbeddingResult {
        public Failed(ErrorCode code, String message) {
            this(new GenerationEnd.Failure(code, message));
        }
    }
}

package io.jynamo.text;

/**
 * Turns ids into text one at a time. Never gives half a character and never loses one: bytes that do not yet form a
 * character wait for the next id. One decoder serves one stream and one thread.
 */
public interface IncrementalDecoder {
    /** The text that {@code id} completes, possibly empty. */
    String push(int id);

    /** What is still held back, malformed bytes as U+FFFD; the decoder is then as new. */
    String flush();
}

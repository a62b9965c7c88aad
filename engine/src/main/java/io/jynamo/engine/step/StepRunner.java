package io.jynamo.engine.step;

/** Computes steps over a block pool it owns the memory of. Used by one thread at a time. */
public interface StepRunner extends AutoCloseable {
    KvMemory memory();

    /** Ids are below this; the width of a logits row. */
    int vocabularySize();

    /**
     * Computes every slice of {@code step}: writes keys and values of its tokens into its blocks and the logits it asks
     * for into {@code logits}.
     */
    void run(Step step, Logits logits);

    /** Copies the first {@code tokens} tokens of one block over another, for forks that end inside a block. */
    void copyBlock(int from, int to, int tokens);

    @Override
    void close();
}

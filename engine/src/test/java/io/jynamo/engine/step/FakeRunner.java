package io.jynamo.engine.step;

import io.jynamo.engine.BlockSpace;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * A tiny "model" whose logits are a hash of every token before, read back through the blocks they were written to: any
 * mix-up of blocks, positions or copies changes what it says. A block that is handed over for other tokens while somebody
 * still reads it shows the same way.
 */
public final class FakeRunner implements StepRunner {
    private static final int EMPTY = -1;
    private static final long PRIME = 0x100000001B3L;

    private final int vocabulary;
    private final int blockTokens;
    private final int[] memory;
    private Consumer<Step> onRun = step -> {};

    public FakeRunner(int vocabulary, int blocks, int blockTokens) {
        this.vocabulary = vocabulary;
        this.blockTokens = blockTokens;
        memory = new int[blocks * blockTokens];
        Arrays.fill(memory, EMPTY);
    }

    /** Does this before each step: break, count, throw. */
    public FakeRunner before(Consumer<Step> action) {
        onRun = action;
        return this;
    }

    @Override
    public KvMemory memory() {
        return new KvMemory() {
            @Override
            public BlockSpace.Layout layout() {
                return new BlockSpace.Layout(1, 1, 1, BlockSpace.ElementType.F32, blockTokens);
            }

            @Override
            public int blocks() {
                return memory.length / blockTokens;
            }

            @Override
            public long address(int block) {
                return 4096L * block;
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public int vocabularySize() {
        return vocabulary;
    }

    @Override
    public void run(Step step, Logits logits) {
        onRun.accept(step);
        logits.resize(step.logitsRows());
        int row = 0;
        for (Step.Slice slice : step.slices()) {
            write(slice);
        }
        for (Step.Slice slice : step.slices()) {
            int end = slice.position() + slice.tokens().length;
            for (int i = 0; i < slice.logitsRows(); i++) {
                fill(logits.row(row++), hash(slice.blocks(), end - slice.logitsRows() + i + 1));
            }
        }
    }

    @Override
    public void copyBlock(int from, int to, int tokens) {
        System.arraycopy(memory, from * blockTokens, memory, to * blockTokens, tokens);
        Arrays.fill(memory, to * blockTokens + tokens, (to + 1) * blockTokens, EMPTY);
    }

    @Override
    public void close() {}

    private void write(Step.Slice slice) {
        for (int i = 0; i < slice.tokens().length; i++) {
            int position = slice.position() + i;
            memory[slice.blocks()[position / blockTokens] * blockTokens + position % blockTokens] = slice.tokens()[i];
        }
    }

    /** The hash of tokens 0 to {@code count}, as the blocks have them. */
    private long hash(int[] blocks, int count) {
        long hash = 0xCBF29CE484222325L;
        for (int position = 0; position < count; position++) {
            int token = memory[blocks[position / blockTokens] * blockTokens + position % blockTokens];
            if (token == EMPTY) {
                throw new IllegalStateException("position " + position + " was never written");
            }
            hash = (hash ^ token) * PRIME;
            hash ^= hash >>> 29;
        }
        return hash;
    }

    private void fill(float[] row, long hash) {
        long state = hash;
        for (int i = 0; i < row.length; i++) {
            state = state * 6364136223846793005L + 1442695040888963407L;
            row[i] = (state >>> 40) * 0x1p-22f - 2f;
        }
    }
}

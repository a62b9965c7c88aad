package io.jynamo.engine.transformer;

import io.jynamo.engine.BlockSpace;
import io.jynamo.engine.step.Step;
import io.jynamo.engine.tensor.AttentionKernels;
import io.jynamo.engine.tensor.Columns;
import io.jynamo.engine.tensor.Lanes;
import io.jynamo.engine.tensor.VectorMath;
import java.util.Arrays;

/**
 * Attention over the paged KV blocks of one runner. Scores lie at their absolute position modulo the vector width, and
 * sums run in order of position, so that a query's result does not depend on the step it came in.
 */
final class Attention {
    private final PagedKv kv;
    private final BlockSpace.Layout layout;
    private final int group;
    private final int window;
    private final Scratch[] scratch;

    /** What one thread computes in. */
    private static final class Scratch {
        float[] scores = new float[0];
        final float[] out;

        Scratch(int headSize) {
            out = new float[headSize];
        }
    }

    /**
     * Attends over the blocks of one pool.
     *
     * @param group query heads to a key/value head
     * @param window tokens that sliding layers see
     */
    Attention(PagedKv kv, int group, int window, int members) {
        this.kv = kv;
        this.layout = kv.layout();
        this.group = group;
        this.window = window;
        this.scratch = new Scratch[members];
        for (int i = 0; i < members; i++) {
            scratch[i] = new Scratch(layout.headSize());
        }
    }

    /** Puts the key and value of one token and head into its block. */
    void store(
            int layer, int head, Step.Slice slice, int position, float[] key, int keyAt, float[] value, int valueAt) {
        int size = layout.headSize();
        int token = position % layout.blockTokens();
        long address = kv.address(slice.blocks()[position / layout.blockTokens()])
                + kv.keys(layer, head)
                + (long) token * size * layout.elementType().bytes();
        AttentionKernels.store(layout.elementType(), key, keyAt, size, address);
        AttentionKernels.store(layout.elementType(), value, valueAt, size, address + kv.valuesAfterKeys());
    }

    /**
     * One query head of one token.
     *
     * @param query scaled already
     * @param column of {@code out} that its result goes to
     */
    void attend(
            int member,
            int layer,
            boolean sliding,
            int head,
            Step.Slice slice,
            int position,
            float[] query,
            int queryAt,
            Columns out,
            int column) {
        Scratch mine = scratch[member];
        int start = sliding ? Math.max(0, position - window + 1) : 0;
        int base = start / Lanes.COUNT * Lanes.COUNT;
        int length = (position - base) / Lanes.COUNT * Lanes.COUNT + Lanes.COUNT;
        if (mine.scores.length < length) {
            mine.scores = new float[length * 2];
        }
        float[] scores = mine.scores;
        Arrays.fill(scores, 0, start - base, Float.NEGATIVE_INFINITY);
        Arrays.fill(scores, position + 1 - base, length, Float.NEGATIVE_INFINITY);
        int size = layout.headSize();
        int perBlock = layout.blockTokens();
        long rowBytes = (long) size * layout.elementType().bytes();
        long keys = kv.keys(layer, head / group);
        for (int p = start; p <= position; ) {
            int in = p % perBlock;
            int count = Math.min(perBlock - in, position + 1 - p);
            long address = kv.address(slice.blocks()[p / perBlock]) + keys + in * rowBytes;
            AttentionKernels.scores(layout.elementType(), query, queryAt, size, address, count, scores, p - base);
            p += count;
        }
        float max = Float.NEGATIVE_INFINITY;
        for (int i = start - base; i <= position - base; i++) {
            max = Math.max(max, scores[i]);
        }
        float sum = VectorMath.expSum(scores, 0, length, max);
        Arrays.fill(mine.out, 0);
        for (int p = start; p <= position; ) {
            int in = p % perBlock;
            int count = Math.min(perBlock - in, position + 1 - p);
            long address = kv.address(slice.blocks()[p / perBlock]) + keys + kv.valuesAfterKeys() + in * rowBytes;
            AttentionKernels.weigh(layout.elementType(), scores, p - base, address, count, mine.out, 0, size);
            p += count;
        }
        for (int i = 0; i < size; i++) {
            mine.out[i] /= sum;
        }
        out.put(column, head * size, mine.out, 0, size);
    }
}

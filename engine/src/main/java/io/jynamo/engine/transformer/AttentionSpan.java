package io.jynamo.engine.transformer;

import io.jynamo.engine.BlockSpace;
import io.jynamo.engine.tensor.AttentionKernels;
import io.jynamo.engine.tensor.Lanes;
import io.jynamo.engine.tensor.NativeMemory;
import io.jynamo.engine.tensor.VectorMath;
import java.util.Arrays;

/**
 * Attention of one thread to one span of a sequence. Rows are queries: the heads of a token that share keys and values,
 * token by token, padded to whole tiles. Scores lie at their position, vectors of them at multiples of the lanes.
 */
final class AttentionSpan {
    /** Positions of a span. Their scores for a run of tokens stay in the second-level cache. */
    static final int TOKENS = 256;

    private static final int TILE = AttentionKernels.QUERIES;
    private static final int STRIDE = TOKENS + Lanes.COUNT;

    private final PagedKv kv;
    private final BlockSpace.Layout layout;
    private final int group;
    private final int size;

    /** {@code [tile][head size][query]}. */
    private float[] queries = new float[0];

    /** {@code [row][position - base]}: scores, then weights. */
    private float[] scores = new float[0];

    /** The first position of the scores. */
    private int base;

    /** Where each vector of keys begins, and how far its numbers are from one another. */
    private final long[] keys = new long[TOKENS / Lanes.COUNT + 1];

    private final long keyStride;

    /** Where the value of each position lies, from {@link #base} on. */
    private final long[] values = new long[TOKENS];

    /** Keys and values as floats, for a cache that holds them otherwise; zero where kernels read the cache itself. */
    private final long floatKeys;

    private final long floatValues;

    AttentionSpan(PagedKv kv, int group) {
        this.kv = kv;
        this.layout = kv.layout();
        this.group = group;
        this.size = layout.headSize();
        boolean floats = layout.elementType() == BlockSpace.ElementType.F32;
        boolean inPlace = floats && layout.blockTokens() % Lanes.COUNT == 0;
        this.keyStride = 4L * (inPlace ? layout.blockTokens() : Lanes.COUNT);
        this.floatKeys = inPlace ? 0 : scratch();
        this.floatValues = floats ? 0 : scratch();
    }

    private long scratch() {
        return NativeMemory.allocate(kv.arena(), 4L * TOKENS * size, "attention")
                .address();
    }

    /**
     * What one layer attends with.
     *
     * @param window tokens that a query sees
     * @param queries {@code [token][head]}
     * @param stride of {@code queries}, from token to token
     */
    @SuppressWarnings("ArrayRecordComponent") // the forward pass's own array, read in place
    record Input(int layer, int window, float[] queries, int stride) {}

    static int padded(int rows) {
        return (rows + TILE - 1) / TILE * TILE;
    }

    /** Takes the queries of a run to one key/value head. */
    void queries(Attention.Run run, int head, Input input) {
        int rows = padded(run.count() * group);
        if (queries.length < rows * size) {
            queries = new float[rows * size];
            scores = new float[rows * STRIDE];
        }
        for (int row = 0; row < rows; row++) {
            int to = row / TILE * TILE * size + row % TILE;
            int from = (run.token() + row / group) * input.stride() + (head * group + row % group) * size;
            boolean padding = row >= run.count() * group;
            for (int d = 0; d < size; d++) {
                queries[to + d * TILE] = padding ? 0 : input.queries()[from + d];
            }
        }
    }

    /** Attends to positions of span number {@code span}; the results are {@code rows} from {@code firstRow} on. */
    void attend(Attention.Run run, int head, int span, Input input, AttentionRows rows, int firstRow) {
        int start = Math.max(span * TOKENS, run.start(input.window()));
        int end = Math.min(span * TOKENS + TOKENS - 1, run.end());
        base = start / Lanes.COUNT * Lanes.COUNT;
        int vectors = (end - base) / Lanes.COUNT + 1;
        int count = run.count() * group;
        long headAt = kv.keys(input.layer(), head);
        findKeys(run, headAt, vectors);
        scores(count, vectors);
        for (int row = 0; row < count; row++) {
            int position = run.position() + row / group;
            int from = Math.max(start, position - input.window() + 1);
            int to = Math.min(end, position) + 1;
            weights(row, from, to, vectors * Lanes.COUNT, rows, firstRow + row);
        }
        findValues(run, headAt + kv.valuesAfterKeys(), start, end);
        values(run, start, end, count, input.window(), rows.out, firstRow);
    }

    private void findKeys(Attention.Run run, long headAt, int vectors) {
        if (floatKeys != 0) {
            widenKeys(run, headAt, vectors);
        }
        for (int i = 0; i < vectors; i++) {
            int position = base + i * Lanes.COUNT;
            keys[i] = floatKeys != 0
                    ? floatKeys + 4L * i * size * Lanes.COUNT
                    : address(run, position) + headAt + 4L * (position % layout.blockTokens());
        }
        keys[vectors] = keys[vectors - 1];
    }

    private void widenKeys(Attention.Run run, long headAt, int vectors) {
        int bytes = layout.elementType().bytes();
        int last = Math.min(base + vectors * Lanes.COUNT, run.blocks().length * layout.blockTokens());
        for (int position = base; position < last; ) {
            int token = position % layout.blockTokens();
            int lane = position % Lanes.COUNT;
            int count = Math.min(layout.blockTokens() - token, Math.min(Lanes.COUNT - lane, last - position));
            long from = address(run, position) + headAt + (long) token * bytes;
            long to = floatKeys + 4L * ((long) (position - base) / Lanes.COUNT * size * Lanes.COUNT + lane);
            for (int d = 0; d < size; d++) {
                long number = from + (long) d * layout.blockTokens() * bytes;
                AttentionKernels.widen(layout.elementType(), number, to + d * keyStride, count);
            }
            position += count;
        }
    }

    /** Address of the block that holds a position. */
    private long address(Attention.Run run, int position) {
        return kv.address(run.blocks()[position / layout.blockTokens()]);
    }

    /** Scores of all rows for all keys; a last odd vector goes twice, its second result into padding. */
    private void scores(int count, int vectors) {
        for (int i = 0; i < vectors; i += 2) {
            for (int row = 0; row < count; row += TILE) {
                AttentionKernels.scores(
                        queries,
                        row * size,
                        size,
                        keys[i],
                        keys[i + 1],
                        keyStride,
                        scores,
                        row * STRIDE + i * Lanes.COUNT,
                        STRIDE);
            }
        }
    }

    /** Turns the scores of a row into weights; it sees positions {@code from} to {@code to - 1}. */
    private void weights(int row, int from, int to, int length, AttentionRows rows, int target) {
        int at = row * STRIDE;
        if (from >= to) {
            Arrays.fill(scores, at, at + length, 0);
            rows.max[target] = Float.NEGATIVE_INFINITY;
            rows.sum[target] = 0;
            return;
        }
        Arrays.fill(scores, at, at + from - base, Float.NEGATIVE_INFINITY);
        Arrays.fill(scores, at + to - base, at + length, Float.NEGATIVE_INFINITY);
        float max = VectorMath.max(scores, at, length);
        rows.max[target] = max;
        rows.sum[target] = VectorMath.expSum(scores, at, length, max);
    }

    private void findValues(Attention.Run run, long headAt, int start, int end) {
        long bytes = (long) size * layout.elementType().bytes();
        for (int position = start; position <= end; position++) {
            long row = address(run, position) + headAt + position % layout.blockTokens() * bytes;
            if (floatValues != 0) {
                long to = floatValues + 4L * (position - start) * size;
                AttentionKernels.widen(layout.elementType(), row, to, size);
                row = to;
            }
            values[position - base] = row;
        }
    }

    /** Weighs values. A tile takes what any of its queries sees; what others do not see weighs nothing. */
    private void values(Attention.Run run, int start, int end, int count, int window, float[] out, int firstRow) {
        for (int row = 0; row < count; row += TILE) {
            int first = run.position() + row / group;
            int last = run.position() + Math.min(count - 1, row + TILE - 1) / group;
            int from = Math.max(start, first - window + 1);
            int to = Math.min(end, last) + 1;
            if (from < to) {
                AttentionKernels.weigh(
                        scores,
                        row * STRIDE + from - base,
                        STRIDE,
                        values,
                        from - base,
                        to - from,
                        out,
                        (firstRow + row) * size,
                        size);
            }
        }
    }
}
